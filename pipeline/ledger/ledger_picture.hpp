#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "pipeline/ledger/integer_ids.hpp"
#include "pipeline/ledger/ledger_view.hpp"
#include "pipeline/ledger/text_ids.hpp"

namespace rollcall {

// The view that a ledger hands out: both kinds of ids as of one moment.
class LedgerPicture final : public LedgerView {
 public:
  LedgerPicture(IntegerPicture integers, TextPicture texts)
      : integers_(std::move(integers)), texts_(std::move(texts)) {}

  [[nodiscard]] std::vector<OwnedRecordId> ids(MaskExpression expression,
                                               const std::optional<OwnedRecordId>& after,
                                               std::size_t limit) const override;
  [[nodiscard]] std::vector<IntegerRange> runs(MaskExpression expression,
                                               std::optional<std::uint64_t> after,
                                               std::size_t limit) const override;
  [[nodiscard]] std::vector<DuplicateEntry> duplicates(const std::optional<OwnedRecordId>& after,
                                                       std::size_t limit) const override;

 private:
  const IntegerPicture integers_;
  const TextPicture texts_;
};

}  // namespace rollcall
