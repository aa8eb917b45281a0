#include "tests/ledger/segment_content.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <roaring/roaring.hh>

namespace rollcall {
namespace {

constexpr Seed kSeed = 7;

class ContentVisitor final : public SegmentVisitor {
 public:
  explicit ContentVisitor(SegmentContent& content) : content_(content) {}

  void integers(Mask mask, std::vector<std::uint64_t>& sorted) override {
    CHECK(mask != 0);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (i > 0 && sorted[i - 1] >= sorted[i]) FAIL("ids are not ascending");
      once(content_.integers.emplace(sorted[i], mask).second);
    }
  }
  void cluster(std::uint32_t high, Mask mask, Roaring low) override {
    CHECK(mask != 0);
    CHECK_FALSE(low.isEmpty());
    for (const std::uint32_t id : low) {
      once(content_.integers.emplace((std::uint64_t{high} << 32U) | id, mask).second);
    }
  }
  void text(Fingerprint fingerprint, Mask mask, std::string_view text_or_empty) override {
    once(content_.texts.emplace(fingerprint, SegmentContent::Text{mask, std::string(text_or_empty)})
             .second);
  }
  void duplicate(Side side, std::uint64_t id, std::uint64_t extra) override {
    CHECK(extra != 0);
    once(content_.duplicates.emplace(std::pair{side, id}, extra).second);
  }
  void duplicate_cluster(Side side, std::uint32_t high, unsigned weight_log2,
                         Roaring low) override {
    CHECK_FALSE(low.isEmpty());
    for (const std::uint32_t id : low) {
      auto& extra = content_.duplicates[{side, (std::uint64_t{high} << 32U) | id}];
      once(((extra >> weight_log2) & 1U) == 0);
      extra += std::uint64_t{1} << weight_log2;
    }
  }
  void duplicate_text(Side side, Fingerprint fingerprint, std::uint64_t extra,
                      std::string_view text_or_empty) override {
    SegmentContent::DuplicateText entry{extra, std::string(text_or_empty)};
    once(content_.duplicate_texts.emplace(std::pair{side, fingerprint}, std::move(entry)).second);
  }

 private:
  // What the encoder wrote names each id in one place.
  static void once(bool is_new) {
    if (!is_new) FAIL("an id stands in two places");  // REQUIRE is slow for millions
  }

  SegmentContent& content_;
};

std::string text_in(const LedgerDelta& delta, const LedgerDelta::Text& text) {
  if (text.offset == LedgerDelta::kNoText) return {};
  return delta.text_bytes.substr(text.offset, text.length);
}

template <class Visit>
void for_each_integer(const LedgerDelta::Adds& adds, Visit visit) {
  for (const std::uint64_t id : adds.integers) visit(id);
  for (const auto& [lo, hi] : adds.ranges) {
    for (std::uint64_t i = 0; i <= hi - lo; ++i) visit(lo + i);
  }
}

}  // namespace

std::uint64_t SegmentContent::records() const {
  return integers.size() + texts.size() + duplicates.size() + duplicate_texts.size();
}

SegmentContent content_of(const LedgerDelta& delta) {
  SegmentContent content;
  for (std::size_t i = 0; i < delta.sides.size(); ++i) {
    const auto side = static_cast<Side>(i);
    const LedgerDelta::Adds& added = delta.sides[i].added;
    const LedgerDelta::Adds& duplicates = delta.sides[i].duplicates;
    for_each_integer(added, [&](std::uint64_t id) { content.integers[id] |= bit(side); });
    for_each_integer(duplicates, [&](std::uint64_t id) { ++content.duplicates[{side, id}]; });
    for (const auto& text : added.texts) {
      auto& entry = content.texts[text.fingerprint];
      entry.mask |= bit(side);
      if (entry.text.empty()) entry.text = text_in(delta, text);
    }
    for (const auto& text : duplicates.texts) {
      auto& entry = content.duplicate_texts[{side, text.fingerprint}];
      ++entry.extra;
      if (entry.text.empty()) entry.text = text_in(delta, text);
    }
  }
  for (auto& [fingerprint, entry] : content.texts) {
    if (entry.mask == full_mask(delta.sides.size())) entry.text.clear();
  }
  return content;
}

Result<SegmentContent> try_content_of(const SegmentRun& run) {
  SegmentContent content;
  ContentVisitor visitor{content};
  for (const SegmentChunk& chunk : run) {
    if (auto decoded = decode(chunk.payload, visitor); !decoded) return decoded.error();
  }
  return content;
}

SegmentContent content_of(const SegmentRun& run) {
  Result<SegmentContent> content = try_content_of(run);
  REQUIRE_MESSAGE(content.has_value(), content.error().message);
  std::uint64_t records = 0;
  for (const SegmentChunk& chunk : run) records += chunk.records;
  CHECK(records == content->records());
  return std::move(*content);
}

void add_text(LedgerDelta& delta, LedgerDelta::Adds& adds, const std::string& text,
              bool keep_text) {
  LedgerDelta::Text entry{fingerprint(text, kSeed), LedgerDelta::kNoText, 0};
  if (keep_text) {
    entry.offset = static_cast<std::uint32_t>(delta.text_bytes.size());
    entry.length = static_cast<std::uint32_t>(text.size());
    delta.text_bytes += text;
  }
  adds.texts.push_back(entry);
}

MergeInput input_of(SegmentRun run) {
  // Shared by the copies of the function alone.
  auto rest = std::make_shared<SegmentRun>(std::move(run));
  return {[rest, next = std::size_t{0}]() mutable -> Result<std::optional<std::string>> {
    if (next == rest->size()) return std::optional<std::string>{};
    return std::optional<std::string>{std::move((*rest)[next++].payload)};
  }};
}

SegmentRun merged(const std::vector<SegmentRun>& runs, std::size_t sides,
                  std::size_t chunk_bytes_max) {
  std::vector<MergeInput> inputs;
  inputs.reserve(runs.size());
  for (const SegmentRun& run : runs) inputs.push_back(input_of(run));
  SegmentRun out;
  const auto push = [&](SegmentChunk chunk) -> Result<void> {
    out.push_back(std::move(chunk));
    return {};
  };
  const Result<void> done = merge(inputs, sides, push, chunk_bytes_max);
  REQUIRE_MESSAGE(done.has_value(), done.error().message);
  return out;
}

}  // namespace rollcall
