#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/record_reader.hpp"

namespace rollcall::files::test {

// What a reader makes of a file, line by line: "2 {...}", or "3 field: why" for a refusal.
struct Collected final : public RecordSink {
  void record(std::uint64_t line, std::string_view event) override {
    records.push_back(std::to_string(line) + " " + std::string{event});
  }
  void refused(const Refusal& refusal) override {
    refusals.push_back(std::to_string(refusal.line) + " " + refusal.field + ": " + refusal.message);
  }

  std::vector<std::string> records;
  std::vector<std::string> refusals;
  std::string failure;  // empty: the file was read to its end
};

// In pieces of that many bytes; 0: all at once.
inline Collected read_whole(const ReaderOptions& options, std::string_view bytes,
                            std::size_t piece = 0) {
  Collected collected;
  RecordReader reader(options, collected);
  Result<void> read;
  while (read && !bytes.empty()) {
    const auto now = bytes.substr(0, piece == 0 ? bytes.size() : piece);
    read = reader.feed(now);
    bytes.remove_prefix(now.size());
  }
  if (read) read = reader.finish();
  if (!read) collected.failure = read.error().message;
  return collected;
}

// However the bytes are cut, the outcome is the same; the caller compares them.
inline bool is_same(const Collected& a, const Collected& b) {
  return a.records == b.records && a.refusals == b.refusals && a.failure == b.failure;
}

}  // namespace rollcall::files::test
