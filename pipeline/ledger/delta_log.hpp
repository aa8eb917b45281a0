#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pipeline/ledger/ledger_delta.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// Gathers what changes in a ledger until the next cut. Remembers how large the last delta became
// and asks for as much at once, so that in a steady stream no vector moves to grow.
// Owner:   the ledger. Runs on: its thread.
// Limits:  text of less than 4 GiB in one delta; back-pressure cuts far earlier.
class DeltaLog {
 public:
  explicit DeltaLog(std::size_t sides) : expected_(sides) { delta_.sides.resize(sides); }

  void added(Side side, std::uint64_t id) { push(side, kAdded, id); }
  void repeated(Side side, std::uint64_t id) { push(side, kRepeated, id); }
  // The range may hold ids that the side had named: naming again changes no mask. `fresh`: how many it had not.
  void added(Side side, IntegerRange range, std::uint64_t fresh);
  void repeated(Side side, const std::vector<IntegerRange>& runs);
  // `keep`: whether the segments need the text itself.
  void added(Side side, const Fingerprint& fingerprint, std::string_view text, bool keep) {
    push(delta_.sides[side].added, fingerprint, text, keep);
  }
  void repeated(Side side, const Fingerprint& fingerprint, std::string_view text, bool keep) {
    push(delta_.sides[side].duplicates, fingerprint, text, keep);
  }

  [[nodiscard]] LedgerDelta take();
  [[nodiscard]] std::size_t bytes() const { return delta_.bytes; }

 private:
  enum Kind : std::uint8_t { kAdded, kRepeated };
  struct Expected {
    std::size_t integers[2] = {0, 0};  // by Kind: how many the last delta held
  };
  static constexpr std::size_t kReservedMax = std::size_t{1} << 20U;

  void push(Side side, Kind kind, std::uint64_t id) {
    LedgerDelta::OfSide& of_side = delta_.sides[side];
    std::vector<std::uint64_t>& ids =
        (kind == kAdded ? of_side.added : of_side.duplicates).integers;
    if (ids.capacity() == 0) ids.reserve(expected_[side].integers[kind]);
    ids.push_back(id);
    delta_.bytes += sizeof id;
  }
  void push(std::vector<IntegerRange>& ranges, IntegerRange range);
  void push(LedgerDelta::Adds& adds, const Fingerprint& fingerprint, std::string_view text,
            bool keep);

  LedgerDelta delta_;
  std::vector<Expected> expected_;  // for each side
};

}  // namespace rollcall
