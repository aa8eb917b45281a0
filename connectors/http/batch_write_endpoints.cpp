#include <algorithm>
#include <set>
#include <string>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/write_answer.hpp"
#include "connectors/json/body_object.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kTypeBytesMax = 256;
constexpr std::size_t kDescriptionBytesMax = 4096;
constexpr std::size_t kSideBytesMax = 256;

void check_sides(const std::vector<std::string>& sides, json::BodyErrors& errors) {
  if (sides.size() < kSidesMin) {
    errors.add("/sides", "must have " + std::to_string(kSidesMin) + " to " +
                             std::to_string(kSidesMax) + " names");
  }
  std::set<std::string> seen;
  for (std::size_t at = 0; at < sides.size(); ++at) {
    const std::string pointer = "/sides/" + std::to_string(at);
    if (!seen.insert(sides[at]).second) errors.add(pointer, "is there twice");
    if (sides[at].find(',') != std::string::npos)
      errors.add(pointer, "must not contain a comma, which separates names in a query");
  }
}

CreateBatch read_batch(json::BodyObject& body) {
  CreateBatch create;
  create.name = body.required_text("batch_name", kBatchNameBytesMax);
  create.record_type = body.text("record_type", kTypeBytesMax);
  create.description = body.text("description", kDescriptionBytesMax);
  create.deadline_ms = body.time_ms("deadline");
  create.range = body.range("range");
  if (auto sides = body.texts("sides", kSidesMax, kSideBytesMax)) {
    check_sides(*sides, body.errors());
    create.sides = std::move(*sides);
  }
  if (const auto kind = body.text("kind", kTypeBytesMax)) {
    create.kind = batch_kind_named(*kind);
    if (!create.kind || create.kind == BatchKind::numbers)
      body.errors().add("/kind", "must be reconciliation or comparison");
  }
  return create;
}

}  // namespace

asio::awaitable<Response> post_batch(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  json::BodyObject body{request.body};
  const CreateBatch create = read_batch(body);
  if (auto refused = refuse_fields(request, body)) co_return std::move(*refused);

  Change change{create};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  const Receipt& receipt = written.answer.receipt;
  Response response;
  response.status = 201;
  response.headers.emplace_back("Location", "/api/v1/batches/" + std::to_string(receipt.batch));
  JsonWriter json{response.body};
  json.open('{').member("id", receipt.batch).member("batch_name", create.name);
  json.optional_member("record_type", create.record_type);
  json.optional_member("description", create.description);
  json.key("created_at").time(receipt.at_ms).close('}');
  co_return response;
}

asio::awaitable<Response> delete_batch(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  const auto batch = batch_ref(request);
  if (!batch) co_return no_such_batch(request);
  Change change{DeleteBatch{*batch}};
  Written written = co_await write(request, service, std::move(change));
  if (written.answer.outcome == WriteOutcome::no_such_batch) co_return no_such_batch(request);
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  response.status = 204;
  co_return response;
}

asio::awaitable<Response> delete_batches(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  Change change{DeleteAllBatches{}};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace rollcall::http
