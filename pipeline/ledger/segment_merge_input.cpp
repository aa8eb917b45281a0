#include "pipeline/ledger/segment_merge_input.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rollcall::segment {

std::optional<Stage> MergeReader::stage() const {
  if (next_section_ == sections_.size()) return std::nullopt;
  return sections_[next_section_].stage;
}

Result<void> MergeReader::open() {
  open_stage_ = sections_[next_section_].stage;
  streams_.clear();
  while (next_section_ < sections_.size() &&
         sections_[next_section_].stage.order() == open_stage_.order()) {
    std::vector<std::unique_ptr<Stream>> more = open_streams(sections_[next_section_++], sides_);
    std::move(more.begin(), more.end(), std::back_inserter(streams_));
  }
  for (const auto& stream : streams_) {
    if (!stream->ok()) return damaged_section(stream->kind());
    if (last_ && stream->key() <= *last_)
      return damaged("does not go on where the one before it ended");
  }
  live_ = streams_.size();
  return {};
}

Result<bool> MergeReader::go_on(const Stream& ended) {
  if (!ended.ok()) return damaged_section(ended.kind());
  if (--live_ > 0) return false;
  for (const auto& stream : streams_) last_ = std::max(last_, std::optional<Key>(stream->last()));
  const unsigned stage_before = open_stage_.order();
  streams_.clear();
  if (next_section_ == sections_.size()) {
    if (auto pulled = pull(); !pulled) return pulled.error();
  }
  const std::optional<Stage> next = stage();
  if (next && next->order() == stage_before) {
    if (auto opened = open(); !opened) return opened.error();
    return true;
  }
  if (next && next->order() < stage_before)
    return damaged("does not go on where the one before it ended");
  last_.reset();
  return false;
}

Result<void> MergeReader::pull() {
  sections_.clear();
  next_section_ = 0;
  Result<std::optional<std::string>> chunk = input_.next_chunk();
  if (!chunk) return chunk.error();
  if (!*chunk) return {};
  bytes_ = std::move(**chunk);
  Result<OpenChunk> opened = open_chunk(bytes_);
  if (!opened) return opened.error();
  if (opened->sides != sides_) {
    return damaged("is of " + std::to_string(opened->sides) + " sides, its batch has " +
                   std::to_string(sides_));
  }
  sections_ = std::move(opened->sections);
  return {};
}

}  // namespace rollcall::segment
