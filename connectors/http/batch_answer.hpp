#pragma once

#include <optional>
#include <string>

#include "connectors/http/json_writer.hpp"
#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"
#include "connectors/http/router.hpp"

// What the endpoints about batches have in common.
namespace rollcall::http {

// How a path names a batch; nothing where no batch can have that number.
[[nodiscard]] std::optional<BatchRef> batch_ref(const Request& request);
// The batch that a path names: digits are a number unless the route says {name}.
[[nodiscard]] std::optional<BatchSummary> find_batch(const Request& request,
                                                     const Service& service);
[[nodiscard]] Response no_such_batch(const Request& request);

// 503: what only the store knows cannot be read now.
// The member lag_records: null where it is not known.
void append_lag(JsonWriter& json, std::optional<std::uint64_t> lag_records);

[[nodiscard]] Response store_unavailable(const Request& request, const Service& service);

// 503 while the sets are still being restored: an answer from half of them would be wrong.
[[nodiscard]] std::optional<Response> refuse_unready(const Request& request,
                                                     const Service& service);
// 406 where the client does not take JSON.
[[nodiscard]] std::optional<Response> refuse_not_json(const Request& request);

// The state of a record that these sides have named, as a word.
[[nodiscard]] std::string_view state_of(const BatchRow& row, Mask sides);

// 409: of a batch whose sides are compared nothing is missing or unexpected.
[[nodiscard]] Response no_such_sides(const Request& request);

// 409 where a list would have to name texts that were let go.
[[nodiscard]] std::optional<Response> refuse_unlisted(const Request& request,
                                                      const BatchSummary& batch,
                                                      MaskExpression expression);

// The headers of a list that tell what it is of.
// A number that producers decide, and that may have no end: null where it has none.
void append_bounded(JsonWriter& json, std::uint64_t number);
void tell_revision(Response& response, const std::string& etag, std::uint64_t revision,
                   const Verdict& verdict);

// 304 where the client has this version already; otherwise nothing, and the caller puts the tag on
// its answer.
[[nodiscard]] std::optional<Response> not_modified(const Request& request, const std::string& etag);
// The tag of what is said about one batch, in one form.
[[nodiscard]] std::string etag_of(const BatchSummary& batch, const Service& service,
                                  const Verdict& verdict, std::string_view form = {});

// The status object of one batch, as /api/v1/batches/{batch} answers it.
void append_status(JsonWriter& json, const BatchSummary& batch, const Service& service,
                   const Verdict& verdict);

}  // namespace rollcall::http
