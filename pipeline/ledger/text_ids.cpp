#include "pipeline/ledger/text_ids.hpp"

#include <utility>

namespace rollcall {

TextIds::Outcome TextIds::add(Side side, std::string_view text, const Fingerprint& fingerprint) {
  Outcome outcome;
  Mask* held = masks_.find(fingerprint);
  const Mask before = held != nullptr ? *held : Mask{0};
  const auto after = static_cast<Mask>(before | bit(side));
  outcome.of_side.before = before;
  if (before == after) {
    const Repeats repeats = add_repeats(side, fingerprint, 1, text);
    outcome.of_side.first_repeat = repeats.first;
    outcome.first_repeat_on_any_side = repeats.first_on_any_side;
    return outcome;
  }
  if (held != nullptr) {
    *held = after;
  } else {
    masks_.insert(fingerprint, after);
  }
  keep_text(before, after, fingerprint, text);
  if (is_littered()) clean(kCleanedPerAdd);
  return outcome;
}

TextIds::Repeats TextIds::add_repeats(Side side, const Fingerprint& fingerprint,
                                      std::uint64_t times, std::string_view text_or_empty) {
  if (extras_.empty()) extras_.resize(sides_);
  Repeats repeats{true, true};
  for (std::size_t s = 0; s < sides_; ++s) {
    if (extras_[s].get(fingerprint) == 0) continue;
    repeats.first_on_any_side = false;
    if (s == side) repeats.first = false;
  }
  if (repeats.first) {
    extras_[side].insert(fingerprint, times);
  } else {
    *extras_[side].find(fingerprint) += times;
  }
  if (repeats.first_on_any_side && text_or_empty.empty()) {
    awaiting_duplicate_text_.insert(fingerprint);
  } else if (repeats.first_on_any_side ||
             (!text_or_empty.empty() && awaiting_duplicate_text_.erase(fingerprint) > 0)) {
    duplicate_texts_.append(text_or_empty);
  }
  return repeats;
}

// Keeps the arena in step with an id's mask: exactly one text for each outstanding id.
void TextIds::keep_text(Mask before, Mask after, const Fingerprint& fingerprint,
                        std::string_view text_or_empty) {
  if (before == after) return;
  if (after == full_mask(sides_)) {
    if (before == 0) return;
    --outstanding_;
    if (!awaiting_text_.empty()) awaiting_text_.erase(fingerprint);
    return;
  }
  if (before == 0) ++outstanding_;
  if (before == 0 && text_or_empty.empty()) {
    awaiting_text_.insert(fingerprint);
  } else if (before == 0 || (!text_or_empty.empty() && awaiting_text_.erase(fingerprint) > 0)) {
    texts_.append(text_or_empty);
  }
}

bool TextIds::is_littered() const {
  const std::uint64_t living = outstanding_ - awaiting_text_.size();
  return texts_.texts() > 2 * living + kDeadTextsMax;
}

void TextIds::clean(std::size_t texts) {
  const Mask full = full_mask(sides_);
  for (; texts > 0; --texts) {
    const std::string_view oldest = texts_.take_oldest();
    if (masks_.get(fingerprint(oldest, seed_)) != full) texts_.append(oldest);
  }
  // What the next call will ask for, so that it finds it in the cache.
  texts_.peek_oldest(kCleanedPerAdd,
                     [&](std::string_view text) { masks_.prefetch(fingerprint(text, seed_)); });
}

void TextIds::absorb(Mask mask, const std::vector<Fingerprint>& fingerprints,
                     const std::vector<Stored>& texts, std::string_view bytes, MaskCounts& counts) {
  masks_.merge_sorted(fingerprints, [&](std::size_t index, Mask& held) {
    const Mask before = std::exchange(held, static_cast<Mask>(held | mask));
    counts.move(before, held, 1);
    keep_text(before, held, fingerprints[index],
              bytes.substr(texts[index].offset, texts[index].length));
  });
  while (is_littered()) clean(kCleanedPerAdd);
}

void TextIds::absorb_repeats(Side side, const Fingerprint& fingerprint, std::uint64_t times,
                             std::string_view text_or_empty, MaskCounts& counts) {
  const Repeats repeats = add_repeats(side, fingerprint, times, text_or_empty);
  counts.add_duplicates(side, times, repeats.first ? 1 : 0);
}

TextPicture TextIds::picture() {
  TextPicture picture{
      sides_, seed_, masks_.snapshot(), texts_.snapshot(), {}, duplicate_texts_.snapshot()};
  for (auto& extras : extras_) picture.extras.push_back(extras.snapshot());
  return picture;
}

std::size_t TextIds::bytes() const {
  std::size_t sum = masks_.bytes() + texts_.bytes() + duplicate_texts_.bytes();
  for (const auto& extras : extras_) sum += extras.bytes();
  return sum;
}

}  // namespace rollcall
