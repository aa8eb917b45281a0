#include "pipeline/flow/ledger_laws.hpp"

#include <cstdint>

namespace rollcall {
namespace {

std::uint64_t ids_of(const LedgerDelta::Adds& adds) {
  return adds.integers.size() + adds.texts.size();
}

std::uint64_t repeats_of(const LedgerDelta::Adds& adds) {
  std::uint64_t repeats = ids_of(adds);
  for (const IntegerRange range : adds.ranges) repeats += range.hi - range.lo + 1;
  return repeats;
}

std::string differ(const Batch& batch, const std::string& what, std::uint64_t is,
                   std::uint64_t should_be) {
  return "batch " + std::to_string(batch.row.number) + " (" + batch.row.name + "): " + what +
         " is " + std::to_string(is) + ", not " + std::to_string(should_be);
}

}  // namespace

std::vector<NamedAtCut> named_now(const Ledger& ledger) {
  std::vector<NamedAtCut> named;
  for (Side side = 0; side < static_cast<Side>(ledger.sides()); ++side)
    named.push_back({ledger.total(side), ledger.duplicates(side)});
  return named;
}

std::string broken_law(const Batch& batch, const LedgerChange& cut) {
  const Ledger& ledger = *batch.ledger;
  std::uint64_t sum = 0;
  for (const auto& [mask, count] : cut.after.counts) sum += count;
  if (sum != ledger.ids()) return differ(batch, "the sum of its masks", sum, ledger.ids());
  for (std::size_t side = 0; side < ledger.sides(); ++side) {
    const auto at = static_cast<Side>(side);
    const auto name = [side] { return "of place " + std::to_string(side); };
    std::uint64_t of_masks = 0;
    for (const auto& [mask, count] : cut.after.counts)
      of_masks += (mask >> side & 1U) != 0 ? count : 0;
    if (of_masks != ledger.total(at))
      return differ(batch, "the sum of the masks " + name(), of_masks, ledger.total(at));
    const NamedAtCut before = side < batch.at_cut.size() ? batch.at_cut[side] : NamedAtCut{};
    const LedgerDelta::OfSide& delta = cut.delta.sides[side];
    const std::uint64_t ids = before.ids + ids_of(delta.added) + delta.fresh_of_ranges;
    if (ids != ledger.total(at)) {
      return differ(batch, "the number of ids " + name() + " by what changed", ids,
                    ledger.total(at));
    }
    const std::uint64_t repeats = before.repeats + repeats_of(delta.duplicates);
    if (repeats != ledger.duplicates(at)) {
      return differ(batch, "the number of repetitions " + name() + " by what changed", repeats,
                    ledger.duplicates(at));
    }
  }
  return {};
}

}  // namespace rollcall
