#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"
#include "connectors/http/router.hpp"
#include "connectors/json/body_error.hpp"
#include "connectors/json/body_object.hpp"
#include "pipeline/ports/writes.hpp"

// What the endpoints that change something have in common.
namespace rollcall::http {

// 503 while nothing can be written, 422 for an Idempotency-Key that is none.
[[nodiscard]] std::optional<Response> refuse_write(const Request& request, const Service& service);

// The key under which the request may be repeated: its body, path and method tell whether another
// one has the same key. Nothing where the client gave none.
[[nodiscard]] std::optional<WriteKey> whole_key(const Request& request);

// 400 for a body that is no JSON, 422 for one that is no object.
[[nodiscard]] Response malformed_body(const Request& request, bool is_json);
// 422 for a body that is JSON and holds a number that we cannot.
[[nodiscard]] Response unsupported_value(const Request& request);
// 422 with a pointer to each wrong field.
[[nodiscard]] Response invalid_fields(const Request& request, const json::BodyErrors& errors);
// 400 or 422 where the body is not what was asked for.
[[nodiscard]] std::optional<Response> refuse_fields(const Request& request, json::BodyObject& body);

// 503: the write is not, or not known to be, durable.
[[nodiscard]] Response not_durable(const Request& request, const Service& service,
                                   const Failure& failure);
// Why the line at that place of the answer's refused ones was: its side is none of these.
[[nodiscard]] std::string unknown_side(const WriteAnswer& answer, std::size_t place);
// What stands in the way of a write that could not be applied.
[[nodiscard]] Response not_applied(const Request& request, const WriteAnswer& answer);

// A write and what to answer where it is not durable or not applied; otherwise the caller says what
// was done. One that takes an outcome for something else than a refusal looks at `answer` first.
struct Written {
  std::optional<Response> refused;
  WriteAnswer answer;
};
[[nodiscard]] boost::asio::awaitable<Written> write(const Request& request, const Service& service,
                                                    Change change);

}  // namespace rollcall::http
