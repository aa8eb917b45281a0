#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_merge_input.hpp"
#include "pipeline/ledger/segment_stream.hpp"
#include "pipeline/ledger/segment_writer.hpp"

namespace rollcall {
namespace segment {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// The streams of one stage, of all inputs, as a heap by the entry that each stands before.
class StageMerge {
 public:
  StageMerge(std::vector<MergeReader>& readers, Stage stage, ChunkWriter& out)
      : readers_(readers), stage_(stage), out_(out), sink_{{combine(), out}, {combine(), out}} {}

  Result<void> run() {
    out_.begin(stage_);
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      const std::optional<Stage> next = readers_[i].stage();
      if (!next || next->order() != stage_.order()) continue;
      if (auto opened = readers_[i].open(); !opened) return opened;
      push_streams(i);
    }
    while (!heap_.empty() && !out_.failed()) {
      if (auto stepped = step(); !stepped) return stepped;
    }
    sink_.integers.finish();
    sink_.texts.finish();
    return {};
  }

 private:
  struct Head {
    Key key;  // of the entry that the stream stands before
    Stream* stream = nullptr;
    std::size_t reader = 0;
  };
  // std's heaps keep the greatest on top, this one the lowest key.
  static constexpr auto kLater = [](const Head& a, const Head& b) { return b.key < a.key; };

  [[nodiscard]] Combine combine() const {
    return stage_.duplicates_of ? Combine::add_counts : Combine::or_masks;
  }

  void push_streams(std::size_t reader) {
    for (const auto& stream : readers_[reader].streams()) {
      heap_.push_back({stream->key(), stream.get(), reader});
      std::push_heap(heap_.begin(), heap_.end(), kLater);
    }
  }

  // Lets the stream with the lowest entry deliver until it is another's turn.
  Result<void> step() {
    Head& head = heap_.front();
    if (head.stream->deliver(next_key(), sink_)) {
      head.key = head.stream->key();
      sink_front();
    } else {
      const std::size_t reader = head.reader;
      const Stream& ended = *head.stream;
      std::pop_heap(heap_.begin(), heap_.end(), kLater);
      heap_.pop_back();
      const Result<bool> more = readers_[reader].go_on(ended);
      if (!more) return more.error();
      if (*more) push_streams(reader);
    }
    if (!stage_.text && !heap_.empty()) sink_.integers.settle(heap_.front().key.high);
    return {};
  }

  // The lowest key but that of the front.
  [[nodiscard]] Key next_key() const {
    Key lowest{kMax, kMax};
    for (std::size_t i = 1; i < std::min<std::size_t>(heap_.size(), 3); ++i) {
      lowest = std::min(lowest, heap_[i].key);
    }
    return lowest;
  }

  // Moves the front to where its key belongs: half the work of taking it out and in again.
  void sink_front() {
    const Head head = heap_.front();
    std::size_t at = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 2 * at + 1) {
      if (child + 1 < heap_.size() && heap_[child + 1].key < heap_[child].key) ++child;
      if (!(heap_[child].key < head.key)) break;
      heap_[at] = heap_[child];
      at = child;
    }
    heap_[at] = head;
  }

  std::vector<MergeReader>& readers_;
  const Stage stage_;
  ChunkWriter& out_;
  StageSink sink_;
  std::vector<Head> heap_;
};

// The earliest stage that any input still has.
std::optional<Stage> next_stage(const std::vector<MergeReader>& readers) {
  std::optional<Stage> earliest;
  for (const MergeReader& reader : readers) {
    const std::optional<Stage> stage = reader.stage();
    if (stage && (!earliest || stage->order() < earliest->order())) earliest = stage;
  }
  return earliest;
}

}  // namespace
}  // namespace segment

Result<void> merge(const std::vector<MergeInput>& inputs, std::size_t sides,
                   const std::function<Result<void>(SegmentChunk)>& push,
                   std::size_t chunk_bytes_max) {
  using namespace segment;
  std::vector<MergeReader> readers;
  readers.reserve(inputs.size());
  for (const MergeInput& input : inputs) {
    readers.emplace_back(input, sides);
    if (auto started = readers.back().start(); !started) return started;
  }
  ChunkWriter out{sides, chunk_bytes_max, push};
  while (const std::optional<Stage> stage = next_stage(readers)) {
    StageMerge stage_merge{readers, *stage, out};
    if (auto merged = stage_merge.run(); !merged) return merged;
    if (out.failed()) break;
  }
  return out.finish();
}

}  // namespace rollcall
