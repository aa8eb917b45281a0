#include "connectors/http/write_answer.hpp"

#include <algorithm>
#include <utility>
#include <xxhash.h>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/json/event_lines.hpp"

namespace rollcall::http {
namespace {

Response refused(const Request& request, unsigned status, std::string_view code,
                 std::string detail) {
  const Problem problem{status, code, std::move(detail), {}, {}};
  return to_response(problem, request.id);
}

std::uint64_t fingerprint_of(const Request& request) {
  const std::string head = std::string{to_string(request.method)} + ' ' + request.target + '\n';
  const std::uint64_t seed = XXH3_64bits(head.data(), head.size());
  return XXH3_64bits_withSeed(request.body.data(), request.body.size(), seed);
}

}  // namespace

std::optional<Response> refuse_write(const Request& request, const Service& service) {
  if (auto unready = refuse_unready(request, service)) return unready;
  const std::string& key = request.idempotency_key;
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (key.size() <= kWriteKeyBytesMax && visible) return std::nullopt;
  const Problem problem{422,
                        "bad_idempotency_key",
                        "An Idempotency-Key has 1 to 255 visible ASCII characters.",
                        {{"/header/Idempotency-Key", "must be 1 to 255 visible ASCII characters"}},
                        {}};
  return to_response(problem, request.id);
}

std::optional<WriteKey> whole_key(const Request& request) {
  if (request.idempotency_key.empty()) return std::nullopt;
  return WriteKey{request.idempotency_key, fingerprint_of(request), 0, true};
}

Response malformed_body(const Request& request, bool is_json) {
  if (is_json) return refused(request, 422, "not_an_object", "The body must be a JSON object.");
  return refused(request, 400, "malformed_json", "The body is not one JSON text in UTF-8.");
}

Response unsupported_value(const Request& request) {
  return refused(request, 422, "unsupported_value",
                 "The body holds a value that cannot be held here: a number beyond 64 bits.");
}

std::string unknown_side(const WriteAnswer& answer, std::size_t place) {
  std::string text{json::message_of(BadRecordReason::unknown_side)};
  if (place >= answer.sides_there.size()) return text;
  text += ", which has";
  for (std::size_t side = 0; side < answer.sides_there[place].size(); ++side)
    text += (side == 0 ? " " : ", ") + answer.sides_there[place][side];
  return text;
}

Response invalid_fields(const Request& request, const json::BodyErrors& errors) {
  Problem problem{422, "invalid_field", "A field of the body is not as it must be.", {}, {}};
  if (errors.count() > errors.first().size()) {
    problem.detail = std::to_string(errors.count()) +
                     " fields of the body are not as they must be; the first are told.";
  }
  for (const json::BodyError& error : errors.first())
    problem.errors.push_back({error.pointer, error.message});
  return to_response(problem, request.id);
}

std::optional<Response> refuse_fields(const Request& request, json::BodyObject& body) {
  if (body.syntax() == json::BodyObject::Syntax::unsupported) return unsupported_value(request);
  if (body.syntax() != json::BodyObject::Syntax::object)
    return malformed_body(request, body.syntax() == json::BodyObject::Syntax::not_an_object);
  if (body.errors().empty()) return std::nullopt;
  return invalid_fields(request, body.errors());
}

Response not_durable(const Request& request, const Service& service, const Failure& failure) {
  Problem problem{503, "not_durable", "Not written: " + failure.message + '.', {}, {}};
  return unavailable(std::move(problem), request.id, service.options.retry_after);
}

Response not_applied(const Request& request, const WriteAnswer& answer) {
  switch (answer.outcome) {
    case WriteOutcome::no_such_batch:
      return refused(request, 404, "not_found", "There is no such batch.");
    case WriteOutcome::batch_exists:
      return refused(request, 409, "batch_exists",
                     "A batch of that name exists; its number is " +
                         std::to_string(answer.batch ? answer.batch->number : 0) + '.');
    case WriteOutcome::key_reused:
      return refused(request, 422, "idempotency_key_reused",
                     "This Idempotency-Key came with another request before; take a new one.");
    case WriteOutcome::number_taken:
      return refused(request, 409, "already_extracted", "This number was extracted before.");
    case WriteOutcome::too_many_sources:
      return refused(request, 422, "too_many_sources",
                     "There can be " + std::to_string(kSidesMax) + " sources at most.");
    case WriteOutcome::no_such_source:
      return refused(request, 404, "not_found",
                     "There is no such source; GET /api/v1/sources lists them.");
    case WriteOutcome::nothing_to_reset:
      return refused(request, 409, "nothing_to_reset",
                     "There is nothing to reset: " + answer.reset.why + ".");
    case WriteOutcome::unknown_side:
    case WriteOutcome::applied:
      break;
  }
  return refused(request, 422, "invalid_field", "The write does not fit the batch.");
}

boost::asio::awaitable<Written> write(const Request& request, const Service& service,
                                      Change change) {
  Written written;
  Write one{std::move(change), whole_key(request)};
  auto answer = co_await service.writes.write(std::move(one), service.options.commit);
  if (!answer) {
    written.refused = not_durable(request, service, answer.error());
    co_return written;
  }
  written.answer = std::move(*answer);
  if (written.answer.outcome != WriteOutcome::applied)
    written.refused = not_applied(request, written.answer);
  co_return written;
}

}  // namespace rollcall::http
