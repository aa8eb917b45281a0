#include "pipeline/ledger/segment_texts.hpp"

namespace rollcall::segment {
namespace {

constexpr std::size_t kEntryBytes = sizeof(Fingerprint) + 10;  // at most, without its text

}  // namespace

void TextAssembler::add(Fingerprint fingerprint, std::uint64_t value,
                        std::string_view text_or_empty) {
  if (value_ == 0 || fingerprint != fingerprint_) {
    finish();
    fingerprint_ = fingerprint;
    value_ = value;
    text_.assign(text_or_empty);
    return;
  }
  value_ = combine_ == Combine::or_masks ? value_ | value : value_ + value;
  if (text_.empty()) text_.assign(text_or_empty);
}

void TextAssembler::finish() {
  if (value_ == 0) return;
  out_.make_room(kEntryBytes + text_.size());
  out_.add_text(fingerprint_, value_, text_);
  value_ = 0;
}

}  // namespace rollcall::segment
