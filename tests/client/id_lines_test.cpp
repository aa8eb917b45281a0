#include "connectors/client/id_lines.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

namespace rollcall::client {
namespace {

struct Read {
  std::vector<std::string> ids;
  bool fed = true;
  Result<std::uint64_t> end = std::uint64_t{0};
};

Read read(std::string_view stream, std::size_t piece) {
  Read result;
  IdLines lines([&](std::string_view id) {
    result.ids.emplace_back(id);
    return true;
  });
  while (!stream.empty() && result.fed) {
    const auto now = stream.substr(0, piece);
    result.fed = lines.feed(now);
    stream.remove_prefix(now.size());
  }
  result.end = lines.finish();
  return result;
}

TEST_CASE("a whole list gives its ids, however it arrives") {
  for (const std::size_t piece : {1U, 3U, 1'000U}) {
    const auto list = read("17\n\"a\\nb\"\n{\"_end\":true,\"count\":2}\n", piece);
    CHECK(list.fed);
    CHECK(list.ids == std::vector<std::string>{"17", "\"a\\nb\""});
    REQUIRE(list.end.has_value());
    CHECK(*list.end == 2);
  }
}

TEST_CASE("a list without its last line was cut") {
  for (const auto* const stream : {"", "17\n", "17\n18", "17\n{\"_end\":true,\"count\":1}"}) {
    CAPTURE(stream);
    const auto list = read(stream, 1'000);
    CHECK_FALSE(list.end.has_value());
    CHECK(list.end.error().kind == FailureKind::transient);
    CHECK(list.end.error().message.find("cut") != std::string::npos);
  }
}

TEST_CASE("a list that is not what its last line says is no list") {
  for (const auto* const stream :
       {"17\n{\"_end\":true,\"count\":2}\n", "{\"_end\":true}\n", "{\"count\":0}\n",
        "{\"_end\":true,\"count\":0}\n17\n", "1x\n{\"_end\":true,\"count\":1}\n"}) {
    CAPTURE(stream);
    const auto list = read(stream, 1'000);
    CHECK_FALSE(list.fed);
    CHECK_FALSE(list.end.has_value());
  }
  CHECK_FALSE(read(std::string(70'000, '1'), 1'000).fed);
}

TEST_CASE("who wants no more ids gets none") {
  int taken = 0;
  IdLines lines([&](std::string_view) { return ++taken < 2; });
  CHECK_FALSE(lines.feed("1\n2\n3\n"));
  CHECK(taken == 2);
}

}  // namespace
}  // namespace rollcall::client
