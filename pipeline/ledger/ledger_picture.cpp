#include "pipeline/ledger/ledger_picture.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/ledger/integer_lists.hpp"
#include "pipeline/ledger/text_lists.hpp"

namespace rollcall {
namespace {

// Where a list goes on among the integers and among the texts. Behind a text no integer follows.
struct Continuation {
  bool integers = true;
  std::optional<std::uint64_t> after_integer;
  std::optional<std::string_view> after_text;
};

Continuation behind(const std::optional<OwnedRecordId>& after) {
  Continuation continuation;
  if (!after) return continuation;
  if (const auto* text = std::get_if<std::string>(&*after)) {
    continuation.integers = false;
    continuation.after_text = *text;
  } else {
    continuation.after_integer = std::get<std::uint64_t>(*after);
  }
  return continuation;
}

}  // namespace

std::vector<OwnedRecordId> LedgerPicture::ids(MaskExpression expression,
                                              const std::optional<OwnedRecordId>& after,
                                              std::size_t limit) const {
  const Continuation from = behind(after);
  std::vector<OwnedRecordId> found;
  if (from.integers) {
    for (const std::uint64_t id : matching_ids(integers_, expression, from.after_integer, limit)) {
      found.emplace_back(id);
    }
  }
  const std::size_t rest = limit - found.size();
  for (const std::string_view text : matching_texts(texts_, expression, from.after_text, rest)) {
    found.emplace_back(std::string(text));
  }
  return found;
}

std::vector<IntegerRange> LedgerPicture::runs(MaskExpression expression,
                                              std::optional<std::uint64_t> after,
                                              std::size_t limit) const {
  return matching_runs(integers_, expression, after, limit);
}

std::vector<DuplicateEntry> LedgerPicture::duplicates(const std::optional<OwnedRecordId>& after,
                                                      std::size_t limit) const {
  const Continuation from = behind(after);
  std::vector<DuplicateEntry> found;
  if (from.integers) append_repeated(integers_, from.after_integer, limit, found);
  append_repeated(texts_, from.after_text, limit - found.size(), found);
  return found;
}

}  // namespace rollcall
