#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "pipeline/ledger/ledger_view.hpp"
#include "pipeline/ledger/sides.hpp"
#include "pipeline/ledger/text_ids.hpp"

namespace rollcall {

// The first `limit` outstanding texts behind `after` that match, by their bytes. The views point
// into the picture. One pass over the texts; the table is asked only about those that may be among
// the first.
[[nodiscard]] std::vector<std::string_view> matching_texts(const TextPicture& picture,
                                                           MaskExpression expression,
                                                           std::optional<std::string_view> after,
                                                           std::size_t limit);
// Appends the first `limit` texts that a side has named more than once.
void append_repeated(const TextPicture& picture, std::optional<std::string_view> after,
                     std::size_t limit, std::vector<DuplicateEntry>& entries);

}  // namespace rollcall
