#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/ledger/ledger_view.hpp"

namespace rollcall::http {

// Walks over the ids of a view page by page. Large pages, because finding the next one may cost a
// view a pass over all it holds; but of about kPageBytes, because an id may be a text of 512 bytes.
class IdPages {
 public:
  IdPages(std::shared_ptr<const LedgerView> view, MaskExpression expression,
          std::optional<OwnedRecordId> after)
      : view_(std::move(view)), expression_(expression), after_(std::move(after)) {}

  // The next ids; fewer than asked for, so maybe none, only at the end.
  [[nodiscard]] std::vector<OwnedRecordId> next() {
    auto ids = view_->ids(expression_, after_, limit_);
    at_end_ = ids.size() < limit_;
    if (ids.empty()) return ids;
    after_ = ids.back();
    limit_ = std::clamp(kPageBytes / (held_bytes(ids) / ids.size()), kIdsMin, kIdsMax);
    return ids;
  }
  [[nodiscard]] bool at_end() const { return at_end_; }

 private:
  static constexpr std::size_t kPageBytes = std::size_t{4} << 20U;
  static constexpr std::size_t kIdsMin = std::size_t{4} << 10U;
  static constexpr std::size_t kIdsMax = std::size_t{32} << 10U;

  static std::size_t held_bytes(const std::vector<OwnedRecordId>& ids) {
    std::size_t bytes = ids.size() * sizeof(OwnedRecordId);
    for (const OwnedRecordId& id : ids) {
      if (const auto* text = std::get_if<std::string>(&id)) bytes += text->size();
    }
    return bytes;
  }

  std::shared_ptr<const LedgerView> view_;  // shared with the ledger that may still hand it out
  MaskExpression expression_;
  std::optional<OwnedRecordId> after_;
  std::size_t limit_ = kIdsMin;
  bool at_end_ = false;
};

}  // namespace rollcall::http
