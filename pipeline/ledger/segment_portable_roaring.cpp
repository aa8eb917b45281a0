#include <bit>

#include "pipeline/ledger/segment_sets.hpp"

// https://github.com/RoaringBitmap/RoaringFormatSpec, 32-bit form.
namespace rollcall::segment {
namespace {

constexpr std::uint32_t kCookieWithoutRuns = 12346;
constexpr std::uint32_t kCookieWithRuns = 12347;
constexpr std::uint32_t kContainersMax = 65536;
constexpr std::uint32_t kArrayIdsMax = 4096;  // a container with more is a bitset
constexpr std::size_t kBitsetWords = 1024;
constexpr std::uint32_t kOffsetsFromContainers =
    4;  // with runs, fewer containers have no table of offsets

void check_run(ByteReader& reader, std::uint32_t ids) {
  const auto runs = reader.fixed<std::uint16_t>();
  std::uint32_t total = 0;
  std::uint32_t smallest = 0;  // where the next run may begin
  for (std::uint32_t i = 0; i < runs && reader.ok(); ++i) {
    const std::uint32_t begin = reader.fixed<std::uint16_t>();
    const std::uint32_t end = begin + reader.fixed<std::uint16_t>() + 1U;
    if (begin < smallest || end > 65536U) reader.fail();
    smallest = end + 1;  // runs that touch would be one
    total += end - begin;
  }
  if (total != ids) reader.fail();
}

void check_bitset(ByteReader& reader, std::uint32_t ids) {
  const std::string_view bytes = reader.bytes(kBitsetWords * sizeof(std::uint64_t));
  if (!reader.ok()) return;
  ByteReader words{bytes};
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < kBitsetWords; ++i) {
    total += static_cast<std::uint32_t>(std::popcount(words.fixed<std::uint64_t>()));
  }
  if (total != ids) reader.fail();
}

void check_array(ByteReader& reader, std::uint32_t ids) {
  ByteReader values{reader.bytes(ids * sizeof(std::uint16_t))};
  std::uint32_t smallest = 0;
  while (!values.at_end()) {
    const std::uint32_t value = values.fixed<std::uint16_t>();
    if (value < smallest) reader.fail();
    smallest = value + 1;
  }
}

struct Containers {
  std::uint32_t count = 0;
  std::string_view run_flags;  // one bit for each, empty where none is a run container
  std::string_view keys;       // for each: u16 key, u16 ids - 1
  std::string_view offsets;    // for each: u32 from the beginning; empty where there is no table
};

// Whether the last byte of flags has one set for a container that does not exist.
bool has_spare_flags(const Containers& table) {
  if (table.run_flags.empty() || table.count % 8 == 0) return false;
  return (static_cast<unsigned char>(table.run_flags.back()) >> (table.count % 8)) != 0;
}

Containers read_table(ByteReader& reader) {
  Containers table;
  const auto cookie = reader.fixed<std::uint32_t>();
  const bool with_runs = (cookie & 0xFFFFU) == kCookieWithRuns;
  if (with_runs) {
    table.count = (cookie >> 16U) + 1;
    table.run_flags = reader.bytes((table.count + 7) / 8);
    if (has_spare_flags(table)) reader.fail();
  } else {
    if (cookie != kCookieWithoutRuns) reader.fail();
    table.count = reader.fixed<std::uint32_t>();
  }
  if (table.count == 0 || table.count > kContainersMax) {
    reader.fail();
    return {};
  }
  table.keys = reader.bytes(std::uint64_t{table.count} * 4);
  if (!with_runs || table.count >= kOffsetsFromContainers)
    table.offsets = reader.bytes(std::uint64_t{table.count} * 4);
  return table;
}

}  // namespace

bool is_portable_roaring(std::string_view bytes) {
  ByteReader reader{bytes};
  const Containers table = read_table(reader);
  ByteReader keys{table.keys};
  ByteReader offsets{table.offsets};
  std::uint32_t smallest_key = 0;
  for (std::uint32_t i = 0; i < table.count && reader.ok(); ++i) {
    const std::uint32_t key = keys.fixed<std::uint16_t>();
    const std::uint32_t ids = keys.fixed<std::uint16_t>() + 1U;
    if (key < smallest_key) return false;
    smallest_key = key + 1;
    const std::size_t at = bytes.size() - reader.remaining();
    if (!table.offsets.empty() && offsets.fixed<std::uint32_t>() != at) return false;
    const bool run = !table.run_flags.empty() &&
                     ((static_cast<unsigned char>(table.run_flags[i / 8]) >> (i % 8)) & 1U) != 0;
    if (run) {
      check_run(reader, ids);
    } else if (ids > kArrayIdsMax) {
      check_bitset(reader, ids);
    } else {
      check_array(reader, ids);
    }
  }
  return reader.ok() && reader.at_end();
}

}  // namespace rollcall::segment
