#include "pipeline/ledger/text_lists.hpp"

#include <string>

#include "pipeline/ledger/smallest.hpp"

namespace rollcall {

std::vector<std::string_view> matching_texts(const TextPicture& picture, MaskExpression expression,
                                             std::optional<std::string_view> after,
                                             std::size_t limit) {
  Smallest<std::string_view> smallest(after, limit);
  if (limit == 0) return {};
  const Mask full = full_mask(picture.sides);
  picture.outstanding.for_each([&](std::string_view text) {
    if (!smallest.wants(text)) return;
    const Mask mask = picture.masks.get(fingerprint(text, picture.seed));
    if (mask != full && expression.matches(mask)) smallest.put(text);
  });
  return smallest.take_sorted();
}

void append_repeated(const TextPicture& picture, std::optional<std::string_view> after,
                     std::size_t limit, std::vector<DuplicateEntry>& entries) {
  Smallest<std::string_view> smallest(after, limit);
  if (limit == 0) return;
  picture.duplicates.for_each([&](std::string_view text) {
    if (smallest.wants(text)) smallest.put(text);
  });
  for (const std::string_view text : smallest.take_sorted()) {
    DuplicateEntry entry{std::string(text), std::vector<std::uint64_t>(picture.sides)};
    const Fingerprint key = fingerprint(text, picture.seed);
    for (std::size_t s = 0; s < picture.sides; ++s) entry.extra[s] = picture.extras[s].get(key);
    entries.push_back(std::move(entry));
  }
}

}  // namespace rollcall
