#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/segment.hpp"
#include "pipeline/ledger/segment_assembler.hpp"
#include "pipeline/ledger/segment_ranges.hpp"
#include "pipeline/ledger/segment_sort.hpp"
#include "pipeline/ledger/segment_texts.hpp"

namespace rollcall {
namespace segment {
namespace {

using Adds = LedgerDelta::Adds;

// Everything of one stage, side by side with the bit that it sets in its ids' values.
struct Source {
  const Adds* adds = nullptr;
  unsigned bit = 0;
};

void write_integers(const std::vector<Source>& sources, Combine combine, Stage stage,
                    ChunkWriter& out) {
  std::vector<IdValue> ids;
  std::map<std::uint32_t, Planes> sets;
  std::size_t total = 0;
  for (const auto& [adds, bit] : sources) total += adds->integers.size();
  ids.reserve(total);
  for (const auto& [adds, bit] : sources) {
    const std::uint64_t value = std::uint64_t{1} << bit;
    for (const std::uint64_t id : adds->integers) ids.push_back({id, value});
    split_ranges(adds->ranges, bit, combine, ids, sets);
  }
  if (ids.empty() && sets.empty()) return;
  sort_by_key(ids, [](const IdValue& entry) { return entry.id; });

  out.begin(stage);
  IntegerAssembler assembler{combine, out};
  auto next_sets = sets.begin();
  const auto add_sets_up_to = [&](std::uint32_t high) {
    for (; next_sets != sets.end() && next_sets->first <= high; ++next_sets) {
      next_sets->second.take_each([&](unsigned bit, Roaring low) {
        assembler.add_set(next_sets->first, bit, std::move(low));
      });
    }
  };
  for (const IdValue& entry : ids) {
    add_sets_up_to(high_of(entry.id));
    assembler.add_id(entry.id, entry.value);
  }
  add_sets_up_to(std::numeric_limits<std::uint32_t>::max());
  assembler.finish();
}

// Sorted texts lie anywhere in memory; some entries before its turn, one is brought near.
constexpr std::size_t kTextsAhead = 12;

// An entry by its key, so that sorting moves few bytes.
struct TextRef {
  std::uint64_t key = 0;  // upper half of the fingerprint
  std::uint32_t source = 0;
  std::uint32_t index = 0;
};

void write_texts(const std::vector<Source>& sources, const std::string& bytes, Combine combine,
                 Stage stage, ChunkWriter& out) {
  std::vector<TextRef> refs;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const std::vector<LedgerDelta::Text>& texts = sources[i].adds->texts;
    for (std::uint32_t k = 0; k < texts.size(); ++k)
      refs.push_back({texts[k].fingerprint.high, i, k});
  }
  if (refs.empty()) return;
  const auto text_of = [&](const TextRef& ref) -> const LedgerDelta::Text& {
    return sources[ref.source].adds->texts[ref.index];
  };
  sort_by_key(refs, [](const TextRef& ref) { return ref.key; });
  for (auto begin = refs.begin();
       begin != refs.end();) {  // equal upper halves are equal texts, or astronomically rare
    const auto end =
        std::find_if(begin, refs.end(), [&](const TextRef& ref) { return ref.key != begin->key; });
    if (end - begin > 1) {
      std::stable_sort(begin, end, [&](const auto& a, const auto& b) {
        return text_of(a).fingerprint < text_of(b).fingerprint;
      });
    }
    begin = end;
  }

  out.begin(stage);
  TextAssembler assembler{combine, out};
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (i + 2 * kTextsAhead < refs.size()) {
      __builtin_prefetch(&text_of(refs[i + 2 * kTextsAhead]));
      const std::uint32_t offset = text_of(refs[i + kTextsAhead]).offset;
      if (offset != LedgerDelta::kNoText) __builtin_prefetch(bytes.data() + offset);
    }
    const LedgerDelta::Text& text = text_of(refs[i]);
    const bool known = text.offset != LedgerDelta::kNoText;
    assembler.add(
        text.fingerprint, std::uint64_t{1} << sources[refs[i].source].bit,
        known ? std::string_view(bytes).substr(text.offset, text.length) : std::string_view{});
  }
  assembler.finish();
}

}  // namespace
}  // namespace segment

SegmentRun encode(const LedgerDelta& delta, std::size_t chunk_bytes_max) {
  using namespace segment;
  SegmentRun run;
  const ChunkWriter::Push push = [&](SegmentChunk chunk) -> Result<void> {
    run.push_back(std::move(chunk));
    return {};
  };
  ChunkWriter out{delta.sides.size(), chunk_bytes_max, push};
  std::vector<Source> added;
  for (const LedgerDelta::OfSide& side : delta.sides)
    added.push_back({&side.added, static_cast<unsigned>(added.size())});
  write_integers(added, Combine::or_masks, Stage{false, std::nullopt}, out);
  write_texts(added, delta.text_bytes, Combine::or_masks, Stage{true, std::nullopt}, out);
  for (std::size_t i = 0; i < delta.sides.size(); ++i) {
    const std::vector<Source> again{{&delta.sides[i].duplicates, 0}};
    const auto side = static_cast<Side>(i);
    write_integers(again, Combine::add_counts, Stage{false, side}, out);
    write_texts(again, delta.text_bytes, Combine::add_counts, Stage{true, side}, out);
  }
  const Result<void> finished = out.finish();
  ENSURE(finished.has_value());  // pushing onto a vector does not fail
  return run;
}

}  // namespace rollcall
