#include "pipeline/ledger/segment_stream.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "pipeline/ledger/segment_lists.hpp"

namespace rollcall::segment {
namespace {

class IdStream final : public Stream {
 public:
  IdStream(SectionKind kind, const Group& group)
      : Stream(kind), list_(group.body), value_(group.value) {
    more_ = list_.next(key_.high);
  }

  bool deliver(Key limit, StageSink& sink) override {
    do {
      sink.integers.add_id(key_.high, value_);
      last_ = key_;
      more_ = list_.next(key_.high);
    } while (more_ && key_ <= limit);
    return more_;
  }
  [[nodiscard]] bool ok() const override { return list_.ok(); }

 private:
  IdList list_;
  std::uint64_t value_;
  bool more_ = false;
};

class TextStream final : public Stream {
 public:
  TextStream(SectionKind kind, const Group& group, bool keeps_text)
      : Stream(kind), list_(group.body, keeps_text), value_(group.value) {
    advance();
  }

  bool deliver(Key limit, StageSink& sink) override {
    bool more = false;
    do {
      sink.texts.add(entry_.fingerprint, value_, entry_.text_or_empty);
      last_ = key_;
      more = advance();
    } while (more && key_ <= limit);
    return more;
  }
  [[nodiscard]] bool ok() const override { return list_.ok(); }

 private:
  bool advance() {
    const bool more = list_.next(entry_);
    key_ = entry_.fingerprint;
    return more;
  }

  TextList list_;
  std::uint64_t value_;
  TextList::Entry entry_;
};

// Holds one part decoded; its key is the smallest id in it.
class SetStream final : public Stream {
 public:
  SetStream(const Section& section, std::size_t sides)
      : Stream(section.kind),
        list_(section.body, section.stage.label_max(sides)),
        counts_(section.stage.duplicates_of.has_value()) {
    advance();
  }

  bool deliver(Key, StageSink& sink) override {
    const std::uint64_t base = std::uint64_t{part_.high} << 32U;
    for (LabelledSet& set : part_.sets) {
      last_ = std::max(last_, Key{base | set.low.maximum(), 0});
      deliver_set(set, sink.integers);
    }
    return advance();
  }
  [[nodiscard]] bool ok() const override { return list_.ok(); }

 private:
  void deliver_set(LabelledSet& set, IntegerAssembler& integers) const {
    if (counts_) {
      integers.add_set(part_.high, static_cast<unsigned>(set.label - 1), std::move(set.low));
      return;
    }
    for (std::uint64_t mask = set.label; mask != 0; mask &= mask - 1) {
      integers.add_set(part_.high, static_cast<unsigned>(std::countr_zero(mask)), set.low);
    }
  }

  bool advance() {
    if (!list_.next(part_)) return false;
    std::uint32_t low = std::numeric_limits<std::uint32_t>::max();
    for (const LabelledSet& set : part_.sets) low = std::min(low, set.low.minimum());
    key_ = {(std::uint64_t{part_.high} << 32U) | low, 0};
    return true;
  }

  SetList list_;
  bool counts_;
  SetPart part_;
};

// Stands for a section whose groups cannot be told apart.
class DamagedStream final : public Stream {
 public:
  using Stream::Stream;
  bool deliver(Key, StageSink&) override { return false; }
  [[nodiscard]] bool ok() const override { return false; }
};

}  // namespace

std::vector<std::unique_ptr<Stream>> open_streams(const Section& section, std::size_t sides) {
  std::vector<std::unique_ptr<Stream>> streams;
  const Stage& stage = section.stage;
  if (!stage.text && section.kind == stage.sets()) {
    streams.push_back(std::make_unique<SetStream>(section, sides));
    return streams;
  }
  GroupList groups{section.body, stage.value_max(sides)};
  for (Group group; groups.next(group);) {
    if (stage.text) {
      streams.push_back(
          std::make_unique<TextStream>(section.kind, group, stage.keeps_text(group.value, sides)));
    } else {
      streams.push_back(std::make_unique<IdStream>(section.kind, group));
    }
  }
  if (!groups.ok()) streams.push_back(std::make_unique<DamagedStream>(section.kind));
  return streams;
}

}  // namespace rollcall::segment
