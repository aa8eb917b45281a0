#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/body_reading.hpp"
#include "connectors/http/cursor.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/list_writer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"
#include "connectors/http/write_answer.hpp"
#include "connectors/json/customers_body.hpp"

// Customers of several systems: a batch with one side for each source, whose details are names and
// addresses.
namespace rollcall::http {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kBatch = "customers";
constexpr std::uint64_t kCustomersMax = 1000;  // of a page: they come from the store, one by one
constexpr MaskExpression kAnywhere{};

AddRecords change_of(const std::vector<json::Customer>& customers) {
  AddRecords change;
  change.gathers_sources = true;
  change.lines = customers.size();
  for (const json::Customer& customer : customers) {
    auto side = std::find(change.sides.begin(), change.sides.end(), customer.source);
    if (side == change.sides.end()) side = change.sides.insert(side, customer.source);
    NamedRecord record;
    record.line = static_cast<std::uint32_t>(change.records.size());
    // More sources than a batch can have are refused whole, whatever this index says.
    record.side =
        static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(side - change.sides.begin(), kSidesMax));
    if (const auto* number = std::get_if<std::uint64_t>(&customer.id)) {
      record.first = *number;
    } else {
      const auto& text = std::get<std::string>(customer.id);
      record.kind = NamedRecord::Kind::text;
      record.first = change.texts.size();
      record.second = text.size();
      change.texts += text;
    }
    change.details.push_back(
        {change.records.size(), change.detail_bytes.size(), customer.detail.size()});
    change.detail_bytes += customer.detail;
    change.records.push_back(record);
  }
  change.runs = {{std::string{kBatch}, 0, change.records.size()}};
  return change;
}

std::optional<Response> refuse_body(const Request& request, const json::CustomersBody& body) {
  if (body.syntax != json::CustomersBody::Syntax::object)
    return malformed_body(request, body.syntax == json::CustomersBody::Syntax::not_an_object);
  if (!body.errors.empty()) return invalid_fields(request, body.errors);
  return std::nullopt;
}

void append_customer(JsonWriter& json, const OwnedRecordId& id, std::string_view detail,
                     std::string_view source) {
  json.open('{').key("customer_id").id(id);
  json.raw(detail.substr(1, detail.size() - 2));  // the members of an object of ours
  json.member("source", source).close('}');
}

std::string cursor_behind(const RecordDetail& last) {
  std::string name = std::to_string(unsigned{last.side}) + ':';
  if (const auto* number = std::get_if<std::uint64_t>(&last.id)) {
    name.append("i").append(std::to_string(*number));
  } else {
    name.append("t").append(std::get<std::string>(last.id));
  }
  return encode_name_cursor(CursorKind::customers, name);
}

std::optional<std::pair<OwnedRecordId, Side>> read_cursor(std::string_view cursor) {
  const auto name = decode_name_cursor(CursorKind::customers, cursor);
  if (!name) return std::nullopt;
  const auto colon = name->find(':');
  if (colon == std::string::npos || colon + 2 > name->size()) return std::nullopt;
  unsigned side = 0;
  const auto end = std::from_chars(name->data(), name->data() + colon, side);
  if (end.ec != std::errc{} || end.ptr != name->data() + colon || side >= kSidesMax)
    return std::nullopt;
  const std::string id = name->substr(colon + 2);
  const auto number = canonical_integer(id);
  const bool is_number = (*name)[colon + 1] == 'i';
  if (is_number != number.has_value() || (!is_number && id.empty())) return std::nullopt;
  return std::pair{number ? OwnedRecordId{*number} : OwnedRecordId{id}, static_cast<Side>(side)};
}

struct PageQuery {
  std::size_t limit = 0;
  std::optional<std::pair<OwnedRecordId, Side>> after;
};

std::optional<Problem> read(PageQuery& wanted, const Request& request, const Options& options) {
  QueryReader query{request.query};
  const auto limit = query.integer("limit", options.list_limit_default, 1, options.list_limit_max);
  wanted.limit = std::min(limit, kCustomersMax);
  const auto cursor = query.text("cursor");
  if (auto problem = query.problem()) return problem;
  if (!cursor) return std::nullopt;
  wanted.after = read_cursor(*cursor);
  if (!wanted.after) return bad_cursor();
  return std::nullopt;
}

// The sources there are, also before anybody named a customer.
std::vector<std::string> sources(const std::optional<BatchSummary>& batch) {
  if (batch) return batch->row->sides;
  return {"salesforce", "hubspot", "internal"};
}

std::uint64_t sum(const std::vector<std::uint64_t>& numbers) {
  std::uint64_t total = 0;
  for (const std::uint64_t number : numbers) total += number;
  return total;
}

// A page of what the store knows, of one source or of all.
asio::awaitable<Response> answer_page(const Request& request, const Service& service,
                                      std::optional<Side> side) {
  PageQuery wanted;
  if (const auto problem = read(wanted, request, service.options))
    co_return to_response(*problem, request.id);
  std::vector<RecordDetail> found;
  if (const auto batch = service.answers.batch(kBatch)) {
    DetailQuery query{batch->row->number, side, wanted.after, std::nullopt, wanted.limit + 1};
    auto details = co_await service.answers.details(std::move(query));
    if (!details) co_return store_unavailable(request, service);
    found = std::move(*details);
  }
  const auto batch = service.answers.batch(kBatch);  // it may have gone meanwhile
  const bool more = found.size() > wanted.limit;
  if (more) found.pop_back();
  if (!batch) found.clear();
  const std::vector<std::string> names = sources(batch);
  Response response;
  JsonWriter json{response.body};
  json.open('{').key("items").open('[');
  for (const RecordDetail& detail : found)
    append_customer(json, detail.id, detail.json, names.at(detail.side));
  json.close(']').key("next_cursor");
  more && !found.empty() ? json.text(cursor_behind(found.back())) : json.null();
  const std::uint64_t total = !batch ? 0 : (side ? batch->totals.at(*side) : sum(batch->totals));
  json.member("total", total).close('}');
  response.headers.emplace_back("Cache-Control", "no-cache");
  co_return response;
}

std::optional<Response> refuse_read(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return refused;
  return refuse_unready(request, service);
}

std::optional<Response> refuse_analysis(const Request& request, const Service& service) {
  if (auto refused = refuse_read(request, service)) return refused;
  if (const auto problem = QueryReader{request.query}.problem())
    return to_response(*problem, request.id);
  return std::nullopt;
}

Response answer_lists(const Service& service, const BatchSummary& batch, ListsFrame frame) {
  Response response;
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.producer = make_lists(service.answers.view(batch.row->number), std::move(frame));
  response.whole_list = true;
  return response;
}

Response answer_text(std::string body) {
  Response response;
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = std::move(body);
  return response;
}

}  // namespace

asio::awaitable<Response> post_customer(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  const json::CustomersBody body = json::read_customer(request.body);
  if (auto refused = refuse_body(request, body)) co_return std::move(*refused);
  Change change{change_of(body.customers)};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  const json::Customer& customer = body.customers.front();
  Response response;
  response.status = 201;
  JsonWriter json{response.body};
  append_customer(json, customer.id, customer.detail, customer.source);
  co_return response;
}

asio::awaitable<Response> post_customers(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  auto reading = read_body(service.query, request.body, json::read_customers);
  const json::CustomersBody body = co_await std::move(reading);
  if (auto refused = refuse_body(request, body)) co_return std::move(*refused);
  Change change{change_of(body.customers)};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  response.status = 201;
  JsonWriter{response.body}
      .open('{')
      .member("accepted", written.answer.receipt.accepted)
      .member("duplicates", written.answer.receipt.duplicates)
      .close('}');
  co_return response;
}

asio::awaitable<Response> delete_customers(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  Change change{DeleteBatch{std::string{kBatch}}};
  Written written = co_await write(request, service, std::move(change));
  const bool none_there = written.answer.outcome == WriteOutcome::no_such_batch;
  if (written.refused && !none_there) co_return std::move(*written.refused);
  Response response;
  response.status = 204;
  co_return response;
}

asio::awaitable<Response> get_customers(Request& request, const Service& service) {
  if (auto refused = refuse_read(request, service)) co_return std::move(*refused);
  auto answering = answer_page(request, service, std::nullopt);
  co_return co_await std::move(answering);
}

asio::awaitable<Response> get_customers_of_source(Request& request, const Service& service) {
  if (auto refused = refuse_read(request, service)) co_return std::move(*refused);
  const std::vector<std::string> names = sources(service.answers.batch(kBatch));
  const auto source = std::find(names.begin(), names.end(), request.argument.text);
  if (source == names.end()) co_return not_found(request, "No customer has that source.");
  auto answering = answer_page(request, service, static_cast<Side>(source - names.begin()));
  co_return co_await std::move(answering);
}

Response get_deduplication(const Request& request, const Service& service) {
  if (auto refused = refuse_analysis(request, service)) return std::move(*refused);
  const auto batch = service.answers.batch(kBatch);
  const std::uint64_t total = batch ? sum(batch->totals) : 0;
  const std::uint64_t unique =
      batch ? service.answers.count(batch->row->number, kAnywhere).value_or(0) : 0;
  std::string head;
  JsonWriter json{head};
  json.open('{').member("total_records", total).member("unique_customers", unique);
  json.member("duplicates_found", total - unique).key("unique_customer_ids").open('[');
  if (!batch) return answer_text(head + "]}");
  ListsFrame frame;
  frame.lists = {{std::move(head), kAnywhere}};
  frame.tail = "]}";
  return answer_lists(service, *batch, std::move(frame));
}

Response get_source_comparison(const Request& request, const Service& service) {
  if (auto refused = refuse_analysis(request, service)) return std::move(*refused);
  const auto batch = service.answers.batch(kBatch);
  const std::vector<std::string> names = sources(batch);
  const Mask all = full_mask(names.size());
  ListsFrame frame;
  frame.lists.push_back({"{\"in_all_sources\":[", {all, 0}});
  for (std::size_t side = 0; side < names.size(); ++side) {
    const Mask own = bit(static_cast<Side>(side));
    frame.lists.push_back(
        {"],\"only_in_" + names[side] + "\":[", {own, static_cast<Mask>(all & ~unsigned{own})}});
  }
  frame.tail = "]";
  for (std::size_t side = 0; side < names.size(); ++side) {
    frame.tail += ",\"" + names[side] + "_count\":";
    append_integer(frame.tail, batch ? batch->totals.at(side) : 0);
  }
  frame.tail += '}';
  if (batch) return answer_lists(service, *batch, std::move(frame));
  std::string text;
  for (const ListsFrame::List& list : frame.lists) text += list.before;
  return answer_text(text + frame.tail);
}

}  // namespace rollcall::http
