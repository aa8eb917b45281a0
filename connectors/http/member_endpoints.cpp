#include <algorithm>
#include <string>
#include <vector>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/list_query.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"

namespace rollcall::http {
namespace {

constexpr Mask kUnknownSide = 0;

// The sides that a comma-separated parameter names.
Mask read_sides(const std::optional<std::string>& names, std::string_view parameter,
                const BatchRow& row, std::vector<FieldError>& errors) {
  Mask mask = 0;
  std::string_view rest = names ? std::string_view{*names} : std::string_view{};
  while (!rest.empty()) {
    const auto end = rest.find(',');
    const std::string_view name = rest.substr(0, end);
    const auto found = std::find(row.sides.begin(), row.sides.end(), name);
    const Mask side =
        found == row.sides.end() ? kUnknownSide : bit(static_cast<Side>(found - row.sides.begin()));
    if (side == kUnknownSide) {
      errors.push_back({std::string{"/query/"}.append(parameter),
                        "\"" + std::string{name} + "\" is not a side of this batch"});
    }
    mask = static_cast<Mask>(mask | side);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return mask;
}

struct MemberQuery {
  ListQuery list;
  std::optional<std::string> in;
  std::optional<std::string> not_in;
  bool count_only = false;
};

std::optional<Problem> read(MemberQuery& wanted, const Request& request, const Options& options) {
  QueryReader query{request.query};
  wanted.in = query.text("in");
  wanted.not_in = query.text("not_in");
  wanted.count_only = query.word("count_only", {"true", "false"}) == "true";
  return read_list(wanted.list, query, request, options, CursorKind::members);
}

Response count_answer(const BatchSummary& batch, std::uint64_t count) {
  Response response;
  JsonWriter{response.body}
      .open('{')
      .member("count", count)
      .member("revision", batch.revision)
      .close('}');
  return response;
}

}  // namespace

Response get_members(const Request& request, const Service& service) {
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  MemberQuery wanted;
  if (const auto problem = read(wanted, request, service.options))
    return to_response(*problem, request.id);
  const auto batch = find_batch(request, service);
  if (!batch) return no_such_batch(request);

  Problem wrong{422, "invalid_parameter", "A parameter is outside what is allowed.", {}, {}};
  MaskExpression expression;
  expression.in = read_sides(wanted.in, "in", *batch->row, wrong.errors);
  expression.not_in = read_sides(wanted.not_in, "not_in", *batch->row, wrong.errors);
  if ((expression.in & expression.not_in) != 0)
    wrong.errors.push_back({"/query/not_in", "names a side that `in` names, too"});
  if (!wrong.errors.empty()) return to_response(wrong, request.id);

  const BatchNumber number = batch->row->number;
  const std::uint64_t count = service.answers.count(number, expression).value_or(0);
  if (wanted.count_only) {
    Response response = count_answer(*batch, count);
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }
  if (auto refused = refuse_unlisted(request, *batch, expression)) return std::move(*refused);
  ListSubject subject{nullptr, CursorKind::members, expression, batch->row->sides};
  return answer_list(request, service, *batch, std::move(subject), std::move(wanted.list), count);
}

Response get_record(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return std::move(*refused);
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  if (const auto problem = QueryReader{request.query}.problem())
    return to_response(*problem, request.id);
  const auto batch = find_batch(request, service);
  if (!batch) return no_such_batch(request);
  const RecordId id = RecordId::from_text(request.second_argument);
  const auto record = service.answers.record(batch->row->number, id);
  if (!record || record->sides == 0)
    return not_found(request, "No side of this batch has named that record.");

  const BatchRow& row = *batch->row;
  Response response;
  JsonWriter json{response.body};
  json.open('{').member("batch_id", row.number).member("batch_name", row.name).key("record_id");
  json.id(id.is_integer() ? OwnedRecordId{id.integer()} : OwnedRecordId{std::string{id.text()}});
  json.member("state", state_of(row, record->sides)).key("sides").open('{');
  for (std::size_t side = 0; side < row.sides.size(); ++side)
    json.foreign_key(row.sides[side]).boolean((record->sides & bit(static_cast<Side>(side))) != 0);
  json.close('}').key("duplicates").open('{');
  for (std::size_t side = 0; side < row.sides.size(); ++side)
    json.foreign_key(row.sides[side]).number(record->repeats.at(side));
  json.close('}').member("revision", batch->revision).close('}');
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

}  // namespace rollcall::http
