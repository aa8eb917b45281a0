#include "pipeline/ledger/segment_format.hpp"

#include <array>
#include <utility>
#include <xxhash.h>

namespace rollcall::segment {
namespace {

constexpr std::string_view kMagic = "RCSG";
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kSidesAt = 6;
constexpr std::size_t kChecksumAt = 8;
constexpr std::array<std::string_view, 7> kSectionNames{
    "", "ids", "id sets", "texts", "duplicate ids", "duplicate id sets", "duplicate texts"};

// The eight bytes before the checksum are its seed, so that it covers them too.
std::uint64_t checksum_of(std::string_view bytes) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof(seed));
  return XXH3_64bits_withSeed(bytes.data() + kHeaderBytes, bytes.size() - kHeaderBytes, seed);
}

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number value{};
  std::memcpy(&value, bytes.data() + at, sizeof(Number));
  return value;
}

Result<void> check_header(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes)
    return damaged("is " + std::to_string(bytes.size()) + " bytes short of a header");
  if (!bytes.starts_with(kMagic)) return damaged("does not begin with RCSG");
  const auto version = number_at<std::uint16_t>(bytes, kVersionAt);
  if (version > kSegmentFormat) {
    return fatal("segment has format " + std::to_string(version) + ", this rollcall reads up to " +
                     std::to_string(kSegmentFormat) + " (or it is damaged)",
                 "Run the version of rollcall that wrote it, or a newer one.");
  }
  if (checksum_of(bytes) != number_at<std::uint64_t>(bytes, kChecksumAt))
    return damaged("fails its checksum");
  if (version != kSegmentFormat) return damaged("has format 0");
  const auto sides = number_at<std::uint16_t>(bytes, kSidesAt);
  if (sides < 1 || sides > kSidesMax) return damaged("names " + std::to_string(sides) + " sides");
  return {};
}

std::optional<Stage> stage_of(SectionKind kind, Side side, std::size_t sides) {
  if (kind < SectionKind::ids || kind > SectionKind::duplicate_texts) return std::nullopt;
  const bool text = kind == SectionKind::texts || kind == SectionKind::duplicate_texts;
  if (kind >= SectionKind::duplicate_ids) {
    if (side >= sides) return std::nullopt;
    return Stage{text, side};
  }
  if (side != 0) return std::nullopt;
  return Stage{text, std::nullopt};
}

}  // namespace

Result<OpenChunk> open_chunk(std::string_view bytes) {
  if (auto checked = check_header(bytes); !checked) return checked.error();
  OpenChunk chunk{number_at<std::uint16_t>(bytes, kSidesAt), {}};
  ByteReader reader{bytes.substr(kHeaderBytes)};
  unsigned previous = 0;
  while (!reader.at_end()) {
    const auto kind = static_cast<SectionKind>(reader.fixed<std::uint8_t>());
    const auto side = reader.fixed<Side>();
    const std::string_view body = reader.bytes(reader.fixed<std::uint32_t>());
    const std::optional<Stage> stage = stage_of(kind, side, chunk.sides);
    if (!reader.ok() || !stage || body.empty())
      return damaged("has a section of unknown kind or wrong length");
    const unsigned order = stage->order() * 8 + static_cast<unsigned>(kind);
    if (order <= previous) return damaged("has its sections out of order");
    previous = order;
    chunk.sections.push_back({kind, *stage, body});
  }
  if (chunk.sections.empty()) return damaged("has no section");
  return chunk;
}

void put_section(std::string& payload, SectionKind kind, Side side, std::string_view body) {
  put_fixed(payload, static_cast<std::uint8_t>(kind));
  put_fixed(payload, side);
  put_fixed(payload, static_cast<std::uint32_t>(body.size()));
  payload.append(body);
}

SegmentChunk seal_chunk(std::string payload, std::size_t sides, std::uint64_t records) {
  const std::uint16_t version = kSegmentFormat;
  const auto sides_stored = static_cast<std::uint16_t>(sides);
  std::memcpy(payload.data(), kMagic.data(), kMagic.size());
  std::memcpy(payload.data() + kVersionAt, &version, sizeof(version));
  std::memcpy(payload.data() + kSidesAt, &sides_stored, sizeof(sides_stored));
  const std::uint64_t checksum = checksum_of(payload);
  std::memcpy(payload.data() + kChecksumAt, &checksum, sizeof(checksum));
  return {std::move(payload), checksum, records};
}

void put_group(std::string& out, std::uint64_t value, std::string_view body) {
  put_varint(out, value);
  put_varint(out, body.size());
  out.append(body);
}

Group read_group(ByteReader& section, std::uint64_t previous, std::uint64_t value_max) {
  const std::uint64_t value = section.varint();
  const std::string_view body = section.bytes(section.varint());
  if (value <= previous || value > value_max || body.empty()) section.fail();
  return {value, body};
}

Failure damaged(std::string_view what) {
  return fatal("segment " + std::string(what),
               "Restore the segment table from a backup, or delete the batch and feed it again.");
}

Failure damaged_section(SectionKind kind) {
  const std::string_view name = kSectionNames.at(static_cast<std::size_t>(kind));
  return damaged("is damaged in its section of " + std::string(name));
}

}  // namespace rollcall::segment
