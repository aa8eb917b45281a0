#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ledger/add_outcome.hpp"
#include "pipeline/ledger/extendible_table.hpp"
#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/mask_counts.hpp"
#include "pipeline/ledger/text_arena.hpp"

namespace rollcall {

// The text ids of a ledger as of one moment; shares its memory with the ledger, so it is never
// changed.
struct TextPicture {
  using Counts = ExtendibleTable<Fingerprint, std::uint64_t>;
  std::size_t sides = 0;
  Seed seed = 0;
  ExtendibleTable<Fingerprint, Mask> masks;
  TextArena outstanding;  // texts of ids that are not on every side, among some that are by now
  std::vector<Counts> extras;  // for each side: occurrences beyond the first
  TextArena duplicates;        // texts of the ids in `extras`, each once
};

// The text ids of a ledger: a table from fingerprint to mask, and the text only while an id is
// outstanding, that is, not on every side. A text that is needed no longer stays in the arena until
// the dead ones outnumber the living; then the oldest texts are taken off, looked up, and those
// alive put in at the end again, a few for each id that is added.
// Owner:   the ledger. Runs on: its thread.
// Limits:  dead texts <= living ones + kDeadTextsMax.
class TextIds {
 public:
  struct Outcome {
    AddOutcome of_side;
    bool first_repeat_on_any_side = false;
  };
  // One text that a stored segment names; `length` 0 where it does not carry the bytes.
  struct Stored {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };

  TextIds(std::size_t sides, Seed seed) : sides_(sides), seed_(seed) {}

  Outcome add(Side side, std::string_view text, const Fingerprint& fingerprint);
  void prefetch(const Fingerprint& fingerprint) const { masks_.prefetch(fingerprint); }

  // What a stored segment says. Fingerprints ascend strictly; texts[i] of each is in `bytes`.
  void absorb(Mask mask, const std::vector<Fingerprint>& fingerprints,
              const std::vector<Stored>& texts, std::string_view bytes, MaskCounts& counts);
  void absorb_repeats(Side side, const Fingerprint& fingerprint, std::uint64_t times,
                      std::string_view text_or_empty, MaskCounts& counts);

  [[nodiscard]] TextPicture picture();
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::uint64_t ids() const { return masks_.size(); }
  [[nodiscard]] std::uint64_t outstanding() const { return outstanding_; }
  [[nodiscard]] std::uint64_t unlisted() const { return masks_.size() - outstanding_; }
  [[nodiscard]] Mask mask_of(const Fingerprint& fingerprint) const {
    return masks_.get(fingerprint);
  }
  // How often the side has named the id again.
  [[nodiscard]] std::uint64_t repeats(Side side, const Fingerprint& fingerprint) const {
    return extras_.empty() ? 0 : extras_[side].get(fingerprint);
  }

 private:
  static constexpr std::uint64_t kDeadTextsMax = 4096;
  static constexpr std::size_t kCleanedPerAdd = 8;

  struct Repeats {
    bool first = false;
    bool first_on_any_side = false;
  };
  Repeats add_repeats(Side side, const Fingerprint& fingerprint, std::uint64_t times,
                      std::string_view text_or_empty);
  void keep_text(Mask before, Mask after, const Fingerprint& fingerprint,
                 std::string_view text_or_empty);
  [[nodiscard]] bool is_littered() const;
  void clean(std::size_t texts);

  std::size_t sides_;
  Seed seed_;
  ExtendibleTable<Fingerprint, Mask> masks_;
  TextArena texts_;
  std::uint64_t outstanding_ = 0;
  std::vector<TextPicture::Counts> extras_;  // empty until there is a first one
  TextArena duplicate_texts_;
  // Ids whose text a stored segment left out because a later one has it; empty once all are
  // restored.
  std::set<Fingerprint> awaiting_text_;
  std::set<Fingerprint> awaiting_duplicate_text_;
};

}  // namespace rollcall
