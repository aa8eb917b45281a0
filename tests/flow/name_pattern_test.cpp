#include "pipeline/flow/name_pattern.hpp"

#include <doctest/doctest.h>
#include <random>
#include <string>

namespace rollcall {
namespace {

// The definition, word by word.
bool by_definition(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*') {
    return !name.empty() && name.front() == pattern.front() &&
           by_definition(pattern.substr(1), name.substr(1));
  }
  for (std::size_t taken = 0; taken <= name.size(); ++taken) {
    if (by_definition(pattern.substr(1), name.substr(taken))) return true;
  }
  return false;
}

TEST_CASE("a star stands for any text, everything else for itself") {
  CHECK(matches_pattern("orders-*", "orders-2026-11-21"));
  CHECK(matches_pattern("orders-*", "orders-"));
  CHECK_FALSE(matches_pattern("orders-*", "orders"));
  CHECK_FALSE(matches_pattern("orders-*", "new-orders-1"));
  CHECK(matches_pattern("*-nightly", "a-nightly-nightly"));
  CHECK(matches_pattern("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches_pattern("a*b*c", "a-c-b"));
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("**", "x\ny"));
  CHECK(matches_pattern("a.?[b]", "a.?[b]"));
  CHECK_FALSE(matches_pattern("a.?[b]", "axb"));
  CHECK_FALSE(matches_pattern("Orders", "orders"));
}

TEST_CASE("it means the same as its definition, for any pattern and name") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937_64 random{seed};
  const auto word = [&random](std::string_view letters) {
    std::string text(random() % 8, ' ');
    for (char& c : text) c = letters[random() % letters.size()];
    return text;
  };
  int matched = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string pattern = word("ab**");
    const std::string name = word("ab");
    INFO(pattern, " ", name);
    REQUIRE(matches_pattern(pattern, name) == by_definition(pattern, name));
    matched += by_definition(pattern, name) ? 1 : 0;
  }
  CHECK(matched > 1'000);
}

}  // namespace
}  // namespace rollcall
