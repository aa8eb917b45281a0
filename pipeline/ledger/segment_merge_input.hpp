#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/failure.hpp"
#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_format.hpp"
#include "pipeline/ledger/segment_stream.hpp"

namespace rollcall::segment {

// One input of a merge: holds one chunk of its run at a time and takes its stages in turn.
// Fails: fatal for damage, for chunks out of order, for other sides than the merge's; else with what next_chunk said.
class MergeReader {
 public:
  MergeReader(const MergeInput& input, std::size_t sides) : input_(input), sides_(sides) {}

  // Pulls the first chunk.
  [[nodiscard]] Result<void> start() { return pull(); }
  // The stage of what comes next; none at the end of the run.
  [[nodiscard]] std::optional<Stage> stage() const;
  // Opens the streams of that stage in the present chunk. Those opened before are gone.
  [[nodiscard]] Result<void> open();
  // To be told of each stream that has no more to deliver, which may be because of damage. After the last one: opens the
  // stage's streams in the next chunk, and is true if there are any.
  [[nodiscard]] Result<bool> go_on(const Stream& ended);

  [[nodiscard]] const std::vector<std::unique_ptr<Stream>>& streams() const { return streams_; }

 private:
  [[nodiscard]] Result<void> pull();

  const MergeInput& input_;
  const std::size_t sides_;
  std::string bytes_;
  std::vector<Section> sections_;  // views into bytes_
  std::size_t next_section_ = 0;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::size_t live_ = 0;  // streams that have more
  Stage open_stage_;
  std::optional<Key> last_;  // the highest key delivered in the open stage
};

}  // namespace rollcall::segment
