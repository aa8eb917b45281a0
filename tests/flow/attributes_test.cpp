// What is kept of what was said about records, and how much of it.
#include "pipeline/flow/attributes.hpp"

#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace rollcall;

namespace {

constexpr std::size_t kBytesMax = 10'000;

struct World {
  Attributes attributes{kBytesMax};
  std::set<std::uint64_t> matched;

  void put(std::uint64_t id, std::string_view json) {
    attributes.put(1, id, json, [this](BatchNumber, const OwnedRecordId& record) {
      return !matched.contains(std::get<std::uint64_t>(record));
    });
    CHECK(attributes.bytes() <= kBytesMax);
  }
  [[nodiscard]] std::string said(std::uint64_t id) const {
    const std::string* json = attributes.find(1, id);
    return json == nullptr ? "" : *json;
  }
};

std::string text_of(std::size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; }

TEST_CASE("what was said last is kept") {
  World world;
  world.put(1, "{}");
  world.put(1, "\"longer\"");
  world.put(2, "{}");
  CHECK(world.said(1) == "\"longer\"");
  CHECK(world.said(2) == "{}");
  CHECK(world.said(3).empty());
  CHECK(world.attributes.find(2, std::uint64_t{1}) == nullptr);
}

TEST_CASE("what finds no room is counted, be it new or longer than before") {
  World world;
  for (std::uint64_t id = 1; id <= 20; ++id) world.put(id, "{}");
  CHECK(world.attributes.not_kept() == 0);
  world.put(1, text_of(4000));
  CHECK(world.said(1) == text_of(4000));
  world.put(2, text_of(4000));  // what it said before is not what it says
  CHECK(world.said(2).empty());
  world.put(21, text_of(4000));
  CHECK(world.said(21).empty());
  CHECK(world.attributes.not_kept() == 2);
  world.put(2, "{}");
  CHECK(world.said(2) == "{}");
}

TEST_CASE("records that are matched make room") {
  World world;
  world.put(1, text_of(4000));
  world.put(2, text_of(4000));
  world.put(3, text_of(4000));
  CHECK(world.said(3).empty());
  world.matched = {1, 2};
  world.put(3, text_of(4000));
  CHECK(world.said(1).empty());
  CHECK(world.said(3) == text_of(4000));
  world.attributes.clear();
  CHECK(world.said(3).empty());
  CHECK(world.attributes.bytes() == 0);
}

}  // namespace
