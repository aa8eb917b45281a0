#include <algorithm>
#include <string>
#include <utility>

#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/write_answer.hpp"
#include "connectors/json/body_object.hpp"
#include "connectors/json/slices.hpp"

// An import says that it begins and that it has ended, so that its batch is in doubt in between, and for the rows that
// it could not read.
namespace rollcall::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kImportBytesMax = 400;
constexpr std::size_t kSideBytesMax = 256;
constexpr std::size_t kFieldBytesMax = 1'000;
constexpr std::size_t kRefusedMax = 1'000;  // told one by one; the others by their number
constexpr std::uint64_t kRowsMax = std::uint64_t{1} << 53U;

// Cut rather than refused: a sample of something unreadable is as good in part.
std::string sample_of(json::BodyObject& row, std::string_view name) {
  return row.text(name, kSampleBytesMax).value_or("");
}

void read_refused(json::BodyObject& body, std::string_view text, ImportEvent& event) {
  std::size_t at = 0;
  for (const std::string_view element : json::elements_of(text)) {
    if (event.refused.size() == kRefusedMax) {
      body.errors().add("/refused", "must have at most " + std::to_string(kRefusedMax) +
                                        " rows; tell the number of all in refused_total");
      return;
    }
    json::BodyObject row{element};
    const std::string pointer = "/refused/" + std::to_string(at++);
    if (row.syntax() != json::BodyObject::Syntax::object) {
      body.errors().add(pointer, "must be an object with line and reason");
      continue;
    }
    RefusedRow refused;
    refused.line = row.required_integer("line", 0, kRowsMax).value_or(0);
    refused.field = row.required_text("reason", kFieldBytesMax);
    refused.sample = sample_of(row, "sample");
    for (const json::BodyError& error : row.errors().first())
      body.errors().add(pointer + error.pointer, error.message);
    event.refused.push_back(std::move(refused));
  }
}

void read_end(json::BodyObject& body, const std::string& text, ImportEvent& event) {
  if (body.syntax() != json::BodyObject::Syntax::object) return;
  const std::string_view rows = json::member_of(text, "refused");
  if (!rows.empty() && rows.front() == '[') {
    read_refused(body, rows, event);
  } else if (!rows.empty() && rows != "null") {
    body.errors().add("/refused", "must be a list of rows");
  }
  const auto total = body.integer("refused_total", 0, kRowsMax);
  const std::uint64_t listed = event.refused.size();
  event.refused_unlisted = std::max(total.value_or(listed), listed) - listed;
}

asio::awaitable<Response> post_import_event(Request& request, const Service& service,
                                            ImportEvent::Kind kind) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  json::BodyObject body{request.body};
  ImportEvent event;
  event.kind = kind;
  event.import = body.required_text("import", kImportBytesMax);
  event.batch = body.text("batch_name", kBatchNameBytesMax).value_or("");
  event.side = body.text("side", kSideBytesMax);
  event.by = request.client;
  if (kind == ImportEvent::Kind::ended) read_end(body, request.body, event);
  if (auto refused = refuse_fields(request, body)) co_return std::move(*refused);
  Response response;
  JsonWriter json{response.body};
  json.open('{').member("import", event.import).key("batch_name");
  if (event.batch.empty()) {
    json.null();
  } else {
    json.text(event.batch);
  }
  json.optional_member("side", event.side);
  json.member("state", kind == ImportEvent::Kind::begun ? "unfinished" : "ended");
  json.member("refused", event.refused.size() + event.refused_unlisted).close('}');
  Change change{std::move(event)};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  co_return response;
}

}  // namespace

asio::awaitable<Response> post_import(Request& request, const Service& service) {
  return post_import_event(request, service, ImportEvent::Kind::begun);
}

asio::awaitable<Response> post_import_end(Request& request, const Service& service) {
  return post_import_event(request, service, ImportEvent::Kind::ended);
}

}  // namespace rollcall::http
