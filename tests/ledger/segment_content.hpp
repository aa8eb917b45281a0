#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/ledger/segment.hpp"

namespace rollcall {

// What segments say, in the plainest form: what tests compare by.
struct SegmentContent {
  struct Text {
    Mask mask = 0;
    std::string text;
    friend bool operator==(const Text&, const Text&) = default;
  };
  struct DuplicateText {
    std::uint64_t extra = 0;
    std::string text;
    friend bool operator==(const DuplicateText&, const DuplicateText&) = default;
  };
  std::map<std::uint64_t, Mask> integers;
  std::map<Fingerprint, Text> texts;
  std::map<std::pair<Side, std::uint64_t>, std::uint64_t> duplicates;
  std::map<std::pair<Side, Fingerprint>, DuplicateText> duplicate_texts;
  friend bool operator==(const SegmentContent&, const SegmentContent&) = default;

  [[nodiscard]] std::uint64_t records() const;
};

// The content of a delta, worked out without any of the code under test.
[[nodiscard]] SegmentContent content_of(const LedgerDelta& delta);
// The content of chunks, after checks that they are in order and whole. Fails the test on damage.
[[nodiscard]] SegmentContent content_of(const SegmentRun& run);
[[nodiscard]] Result<SegmentContent> try_content_of(const SegmentRun& run);

// Appends what a ledger would append.
void add_text(LedgerDelta& delta, LedgerDelta::Adds& adds, const std::string& text,
              bool keep_text = true);

[[nodiscard]] MergeInput input_of(SegmentRun run);
// Fails the test when the merge fails.
[[nodiscard]] SegmentRun merged(const std::vector<SegmentRun>& runs, std::size_t sides,
                                std::size_t chunk_bytes_max = kSegmentChunkBytesMax);

}  // namespace rollcall
