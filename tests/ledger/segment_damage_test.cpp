#include <cstring>
#include <doctest/doctest.h>
#include <roaring/roaring.hh>
#include <string>
#include <xxhash.h>

#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_format.hpp"
#include "pipeline/ledger/segment_sets.hpp"
#include "tests/ledger/random_delta.hpp"
#include "tests/ledger/segment_content.hpp"

namespace rollcall {
namespace {

std::string small_chunk() {
  Random random{21};
  LedgerDelta delta = random_delta(random, 3, 12);
  delta.sides[0].added.ranges = {{3'000'000, 3'000'100}, {4'000'000, 4'100'000}};
  const SegmentRun run = encode(delta);
  REQUIRE(run.size() == 1);
  return run[0].payload;
}

std::string resealed(const std::string& payload) {
  return segment::seal_chunk(payload, 2, 0).payload;
}

// A chunk with one section of one group.
std::string chunk_with(segment::SectionKind kind, const std::string& body) {
  std::string payload(segment::kHeaderBytes, '\0');
  segment::put_section(payload, kind, 0, body);
  return resealed(payload);
}

std::string group_with(std::uint64_t value, const std::string& body) {
  std::string group;
  segment::put_group(group, value, body);
  return group;
}

std::string refusal(const std::string& chunk) {
  const Result<SegmentContent> content = try_content_of(SegmentRun{{chunk, 0, 0}});
  REQUIRE(content.has_error());
  CHECK(content.error().kind == FailureKind::fatal);
  CHECK_FALSE(content.error().advice.empty());
  return content.error().message;
}

std::string portable(const Roaring& set) {
  std::string bytes(set.getSizeInBytes(), '\0');
  set.write(bytes.data());
  return bytes;
}

}  // namespace

TEST_CASE("every single flipped bit is refused") {
  const std::string chunk = small_chunk();
  for (std::size_t i = 0; i < chunk.size() * 8; ++i) {
    std::string flipped = chunk;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    CAPTURE(i);
    CHECK(try_content_of(SegmentRun{{flipped, 0, 0}}).has_error());
  }
}

TEST_CASE("a chunk cut short at any length is refused, and so is one with more behind it") {
  const std::string chunk = small_chunk();
  for (std::size_t size = 0; size < chunk.size(); ++size) {
    CHECK(try_content_of(SegmentRun{{chunk.substr(0, size), 0, 0}}).has_error());
  }
  CHECK(refusal(chunk + '\0') == "segment fails its checksum");
}

TEST_CASE("a refusal says what is wrong") {
  const std::string chunk = small_chunk();
  CHECK(refusal("RC") == "segment is 2 bytes short of a header");
  CHECK(refusal("X" + chunk.substr(1)) == "segment does not begin with RCSG");
  std::string newer = chunk;
  newer[4] = 9;
  CHECK(refusal(newer).starts_with("segment has format 9, this rollcall reads up to 1"));
  CHECK(refusal(resealed(std::string(16, '\0'))) == "segment has no section");
  CHECK(refusal(resealed(std::string(17, '\0'))) ==
        "segment has a section of unknown kind or wrong length");
}

TEST_CASE("a wrong content with a right checksum is refused") {
  using segment::SectionKind;
  const auto lists = [](const std::string& body) { return chunk_with(SectionKind::ids, body); };
  const std::string id("\x05", 1);
  CHECK(try_content_of(SegmentRun{{lists(group_with(1, id)), 0, 0}}).has_value());
  const std::string damaged = "segment is damaged in its section of ids";
  CHECK(refusal(lists(group_with(0, id))) == damaged);                          // mask of no side
  CHECK(refusal(lists(group_with(4, id))) == damaged);                          // side unknown
  CHECK(refusal(lists(group_with(2, id) + group_with(1, id))) == damaged);      // out of order
  CHECK(refusal(lists(group_with(1, id) + group_with(1, id))) == damaged);      // twice
  CHECK(refusal(lists(group_with(1, ""))) == damaged);                          // empty
  CHECK(refusal(lists(group_with(1, id) + "\x02")) == damaged);                 // trailing byte
  CHECK(refusal(lists(group_with(1, std::string("\x80\x00", 2)))) == damaged);  // overlong varint
  const std::string last("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
  CHECK(try_content_of(SegmentRun{{lists(group_with(1, last)), 0, 0}}).has_value());
  CHECK(refusal(lists(group_with(1, last + std::string(1, '\0')))) == damaged);  // beyond 2^64-1
  CHECK(refusal(lists(group_with(1, id + last))) == damaged);
  const auto texts = [](const std::string& body) { return chunk_with(SectionKind::texts, body); };
  const std::string print(16, 'f');
  CHECK(try_content_of(SegmentRun{{texts(group_with(3, print)), 0, 0}}).has_value());
  CHECK(refusal(texts(group_with(3, print + print))) ==
        "segment is damaged in its section of texts");
  CHECK(refusal(texts(group_with(1, print + "\x05" + "abc"))) ==
        "segment is damaged in its section of texts");
}

TEST_CASE("Roaring's portable format is checked in full before CRoaring sees it") {
  Roaring set;
  set.addRange(10, 500);                                                      // becomes a run
  for (std::uint32_t i = 0; i < 6; ++i) set.add(100'000 + i * i * 3);         // an array
  for (std::uint32_t i = 0; i < 9000; ++i) set.add(200'000 + i * 7 % 65536);  // a bitset
  for (const bool with_runs : {false, true}) {
    if (with_runs) set.runOptimize();
    const std::string bytes = portable(set);
    CHECK(segment::is_portable_roaring(bytes));
    CHECK_FALSE(segment::is_portable_roaring(bytes + '\0'));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CHECK_FALSE(segment::is_portable_roaring(std::string_view(bytes).substr(0, size)));
    }
    // What passes after a flip is another bitmap in perfect order.
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
      std::string flipped = bytes;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
      if (!segment::is_portable_roaring(flipped)) continue;
      const Roaring read = Roaring::readSafe(flipped.data(), flipped.size());
      REQUIRE(portable(read) == flipped);
      REQUIRE_FALSE(read == set);
    }
  }
  CHECK_FALSE(segment::is_portable_roaring(portable(Roaring{})));
}

}  // namespace rollcall
