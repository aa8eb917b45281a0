#include <string>
#include <utility>
#include <vector>

#include "pipeline/ledger/ledger_sets.hpp"
#include "pipeline/ledger/segment.hpp"

namespace rollcall {

// Takes the contents of one chunk into the sets. Texts are gathered as long as mask and order allow
// and then merged into the table in one pass over each bucket.
// Owner:   one call of absorb().
class Ledger::Restorer final : public SegmentVisitor {
 public:
  explicit Restorer(Sets& sets) : sets_(sets) {}

  void integers(Mask mask, std::vector<std::uint64_t>& sorted) override {
    sets_.integers.absorb(mask, sorted, sets_.counts);
  }
  void cluster(std::uint32_t high, Mask mask, Roaring low) override {
    sets_.integers.absorb(mask, high, std::move(low), sets_.counts);
  }
  void text(Fingerprint fingerprint, Mask mask, std::string_view text_or_empty) override {
    const bool ascends = fingerprints_.empty() || fingerprints_.back() < fingerprint;
    if (mask != mask_ || !ascends) flush();
    mask_ = mask;
    fingerprints_.push_back(fingerprint);
    texts_.push_back({static_cast<std::uint32_t>(bytes_.size()),
                      static_cast<std::uint32_t>(text_or_empty.size())});
    bytes_.append(text_or_empty);
  }
  void duplicate(Side side, std::uint64_t id, std::uint64_t extra) override {
    sets_.integers.absorb_repeats(side, id, extra, sets_.counts);
  }
  void duplicate_cluster(Side side, std::uint32_t high, unsigned weight_log2,
                         Roaring low) override {
    sets_.integers.absorb_repeats(side, high, weight_log2, std::move(low), sets_.counts);
  }
  void duplicate_text(Side side, Fingerprint fingerprint, std::uint64_t extra,
                      std::string_view text_or_empty) override {
    sets_.texts.absorb_repeats(side, fingerprint, extra, text_or_empty, sets_.counts);
  }

  void flush() {
    sets_.texts.absorb(mask_, fingerprints_, texts_, bytes_, sets_.counts);
    fingerprints_.clear();
    texts_.clear();
    bytes_.clear();
  }

 private:
  Sets& sets_;
  Mask mask_ = 0;
  std::vector<Fingerprint> fingerprints_;
  std::vector<TextIds::Stored> texts_;
  std::string bytes_;
};

Result<void> Ledger::absorb(std::string_view chunk) {
  sets_->changed = true;
  Restorer restorer(*sets_);
  Result<void> decoded = decode(chunk, restorer);
  restorer.flush();
  return decoded;
}

}  // namespace rollcall
