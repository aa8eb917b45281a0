#pragma once

#include <cstdint>
#include <optional>

#include "connectors/http/list_writer.hpp"
#include "connectors/http/query.hpp"
#include "connectors/http/router.hpp"

// What the endpoints that list ids of a batch have in common.
namespace rollcall::http {

struct ListQuery {
  Format format = Format::json;
  std::uint64_t limit = 0;
  std::optional<OwnedRecordId> after;
};

// Reads limit, format and cursor, and tells what is wrong with these or with what the caller read
// before.
[[nodiscard]] std::optional<Problem> read_list(ListQuery& wanted, QueryReader& query,
                                               const Request& request, const Options& options,
                                               CursorKind kind);

// A page or all of a list; takes the view that `subject` is to be of.
[[nodiscard]] Response answer_list(const Request& request, const Service& service,
                                   const BatchSummary& batch, ListSubject subject, ListQuery wanted,
                                   std::optional<std::uint64_t> total);

}  // namespace rollcall::http
