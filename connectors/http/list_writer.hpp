#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/http/cursor.hpp"
#include "connectors/http/media_type.hpp"
#include "connectors/http/response.hpp"
#include "pipeline/ledger/ledger_view.hpp"

// The bodies that walk over ids. Each holds an immutable view for as long as it lives, so a list is
// of one revision however long its client takes.
namespace rollcall::http {

// What a list is of. Shared owners of the view: the ledger that may still hand it out, and the
// list.
struct ListSubject {
  std::shared_ptr<const LedgerView> view;
  CursorKind kind = CursorKind::missing;
  MaskExpression expression;       // for all but duplicates
  std::vector<std::string> sides;  // for duplicates: the columns
};

// One page: {"items":[...],"next_cursor":...,"total":N,"revision":N}.
struct PageRequest {
  std::optional<OwnedRecordId> after;
  std::size_t limit = 0;
  std::optional<std::uint64_t> total;  // none: counted on the query thread
  std::uint64_t revision = 0;
};
[[nodiscard]] std::unique_ptr<BodyProducer> make_page(ListSubject subject, PageRequest page);

// The whole list after `after`, in any form but json:
//   ndjson  one item on each line, as in a page's items, then {"_end":true,"count":N}
//   csv     a header, then one id on each line; duplicates have a column for each side
//   text    one id on each line; backslash, line feed and carriage return inside an id as \\, \n
//           and \r
//   ranges  NDJSON of runs of consecutive integers, {"start":5,"end":6,"count":2}, then texts as
//           JSON strings, then {"_end":true,"count":N} with the number of ids; not for duplicates
[[nodiscard]] std::unique_ptr<BodyProducer> make_stream(ListSubject subject, Format format,
                                                        std::optional<OwnedRecordId> after);

// A JSON object with complete lists of ids in it.
struct ListsFrame {
  struct List {
    std::string before;  // up to the first item
    MaskExpression expression;
  };
  std::vector<List> lists;
  std::string tail;  // from the last item of the last list on
};
[[nodiscard]] std::unique_ptr<BodyProducer> make_lists(
    const std::shared_ptr<const LedgerView>& view, ListsFrame frame);

}  // namespace rollcall::http
