#include <string>
#include <utility>

#include "connectors/http/body_reading.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/write_answer.hpp"
#include "connectors/json/records_body.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

std::optional<Response> refuse_records(const Request& request, const json::RecordsBody& body) {
  if (body.syntax != json::RecordsBody::Syntax::object)
    return malformed_body(request, body.syntax == json::RecordsBody::Syntax::not_an_object);
  if (!body.errors.empty()) return invalid_fields(request, body.errors);
  return std::nullopt;
}

Response refuse_sides(const Request& request, const WriteAnswer& answer, bool single) {
  json::BodyErrors errors;
  for (std::size_t at = 0; at < answer.refused_lines.size(); ++at) {
    const std::string line = std::to_string(answer.refused_lines[at]);
    errors.add(single ? "/status" : "/records/" + line + "/status", unknown_side(answer, at));
  }
  return invalid_fields(request, errors);
}

}  // namespace

asio::awaitable<Response> post_records(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  auto reading = read_body(service.query, request.body, json::read_records);
  json::RecordsBody body = co_await std::move(reading);
  if (auto refused = refuse_records(request, body)) co_return std::move(*refused);

  Change change{std::move(body.change)};
  Written written = co_await write(request, service, std::move(change));
  if (written.answer.outcome == WriteOutcome::unknown_side)
    co_return refuse_sides(request, written.answer, false);
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  response.status = 201;
  JsonWriter{response.body}
      .open('{')
      .member("batch_id", *body.batch)
      .member("accepted", written.answer.receipt.accepted)
      .member("duplicates", written.answer.receipt.duplicates)
      .close('}');
  co_return response;
}

asio::awaitable<Response> post_record(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  json::RecordsBody body = json::read_record(request.body);
  if (auto refused = refuse_records(request, body)) co_return std::move(*refused);

  const NamedRecord record = body.change.records.front();
  OwnedRecordId id = record.first;
  if (record.kind == NamedRecord::Kind::text)
    id = body.change.texts.substr(record.first, record.second);
  const std::string side = body.change.sides[record.side];
  Change change{std::move(body.change)};
  Written written = co_await write(request, service, std::move(change));
  if (written.answer.outcome == WriteOutcome::unknown_side)
    co_return refuse_sides(request, written.answer, true);
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  response.status = 201;
  JsonWriter json{response.body};
  json.open('{').member("batch_id", *body.batch).key("record_id").id(id);
  json.member("status", side).key("record_metadata").raw(body.metadata).close('}');
  co_return response;
}

}  // namespace rollcall::http
