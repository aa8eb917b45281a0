#include "pipeline/ledger/ledger.hpp"

#include <limits>
#include <utility>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/ledger_picture.hpp"
#include "pipeline/ledger/ledger_sets.hpp"

namespace rollcall {

Ledger::Ledger(std::size_t sides, Seed seed) : sets_(std::make_unique<Sets>(sides, seed)) {
  ENSURE(sides >= kSidesMin && sides <= kSidesMax);
}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

bool Ledger::add(Side side, const RecordId& id) {
  Sets& sets = *sets_;
  sets.changed = true;
  if (!id.is_integer()) return sets.add_text(side, id.text());
  const AddOutcome outcome = sets.integers.add(side, id.integer());
  const bool fresh = sets.count(side, outcome);
  if (fresh) {
    sets.delta.added(side, id.integer());
  } else {
    sets.delta.repeated(side, id.integer());
  }
  return fresh;
}

bool Ledger::Sets::add_text(Side side, std::string_view text) {
  const Fingerprint key = fingerprint(text, seed);
  const TextIds::Outcome outcome = texts.add(side, text, key);
  const bool fresh = count(side, outcome.of_side);
  if (fresh) {
    const bool outstanding = (outcome.of_side.before | bit(side)) != full_mask(counts.sides());
    delta.added(side, key, text, outstanding);
  } else {
    delta.repeated(side, key, text, outcome.first_repeat_on_any_side);
  }
  return fresh;
}

void Ledger::add(Side side, IntegerRange range) {
  PendingRange pending{range};
  while (!pending.done) {
    std::size_t budget = std::numeric_limits<std::size_t>::max();
    add(side, pending, budget);
  }
}

void Ledger::add(Side side, PendingRange& range, std::size_t& budget) {
  ENSURE(range.rest.lo <= range.rest.hi && !range.done);
  sets_->changed = true;
  std::vector<IntegerRange> repeated;
  const std::uint64_t before = sets_->counts.total(side);
  const std::uint64_t first = range.rest.lo;
  sets_->integers.add(side, range, budget, sets_->counts, repeated);
  const std::uint64_t last = range.done ? range.rest.hi : range.rest.lo - 1;
  const std::uint64_t fresh = sets_->counts.total(side) - before;
  if (fresh > 0) sets_->delta.added(side, {first, last}, fresh);
  sets_->delta.repeated(side, repeated);
}

void Ledger::prefetch(const RecordId& id) const {
  if (id.is_integer()) {
    sets_->integers.prefetch(id.integer());
  } else {
    sets_->texts.prefetch(fingerprint(id.text(), sets_->seed));
  }
}

std::size_t Ledger::sides() const { return sets_->counts.sides(); }
std::uint64_t Ledger::count(Mask exact) const { return sets_->counts.exactly(exact); }
std::uint64_t Ledger::count(MaskExpression expression) const {
  return sets_->counts.matching(expression);
}
std::uint64_t Ledger::ids() const {
  return sets_->integers.clustered_count() + sets_->integers.spread_count() + sets_->texts.ids();
}
std::uint64_t Ledger::total(Side side) const { return sets_->counts.total(side); }
std::uint64_t Ledger::duplicates(Side side) const { return sets_->counts.duplicates(side); }
std::uint64_t Ledger::duplicate_ids(Side side) const { return sets_->counts.duplicate_ids(side); }

Mask Ledger::sides_of(const RecordId& id) const {
  if (id.is_integer()) return sets_->integers.mask_of(id.integer());
  return sets_->texts.mask_of(fingerprint(id.text(), sets_->seed));
}

std::uint64_t Ledger::repeats(Side side, const RecordId& id) const {
  if (id.is_integer()) return sets_->integers.repeats(side, id.integer());
  return sets_->texts.repeats(side, fingerprint(id.text(), sets_->seed));
}

std::uint64_t Ledger::unlisted_texts() const { return sets_->texts.unlisted(); }

std::size_t Ledger::memory_bytes() const {
  return sizeof(Sets) + sets_->counts.bytes() + sets_->integers.bytes() + sets_->texts.bytes() +
         sets_->delta.bytes();
}

LedgerDelta Ledger::take_delta() { return sets_->delta.take(); }
std::size_t Ledger::delta_bytes() const { return sets_->delta.bytes(); }

std::shared_ptr<const LedgerView> Ledger::view() {
  auto view = sets_->latest_view.lock();
  if (view && !sets_->changed) return view;
  view = std::make_shared<const LedgerPicture>(sets_->integers.picture(), sets_->texts.picture());
  sets_->latest_view = view;
  sets_->changed = false;
  return view;
}

}  // namespace rollcall
