#include <algorithm>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/cursor.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/fresh_look.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"

namespace rollcall::http {
namespace {

// A status is half a KiB and is written on the loop: a page of more than this would hold it up. The
// cursor tells that there is more.
constexpr std::uint64_t kBatchesMax = 1000;
// Counting what a filter matches looks at each batch, on the loop too: beyond this the total stays
// unknown.
constexpr std::size_t kCountedMax = 2000;

// What the query of the list of batches asks for.
struct BatchListQuery {
  BatchPage page;
  bool open_ones = true;  // the only state that a batch can be in so far

  [[nodiscard]] bool by_name() const {
    return page.order == BatchPage::Order::by_name || page.order == BatchPage::Order::by_name_down;
  }
};

BatchPage::Order order_named(const std::optional<std::string>& name) {
  if (name == "-id") return BatchPage::Order::by_number_down;
  if (name == "name") return BatchPage::Order::by_name;
  if (name == "-name") return BatchPage::Order::by_name_down;
  return BatchPage::Order::by_number;
}

std::optional<Problem> read(BatchListQuery& wanted, const Request& request,
                            const Options& options) {
  QueryReader query{request.query};
  const auto limit = query.integer("limit", options.list_limit_default, 1, options.list_limit_max);
  wanted.page.limit = std::min(limit, kBatchesMax);
  wanted.page.part_of_name = query.text("q").value_or("");
  const auto state = query.word(
      "state", {"open", "sealing", "sealed", "closing", "closed", "archived", "aborted"});
  wanted.open_ones = state.value_or("open") == "open";
  wanted.page.order = order_named(query.word("sort", {"id", "-id", "name", "-name"}));
  const auto cursor = query.text("cursor");
  take_fresh(query);
  if (auto problem = query.problem()) return problem;
  if (!cursor) return std::nullopt;
  if (wanted.by_name()) {
    wanted.page.after_name = decode_name_cursor(CursorKind::batches, *cursor);
    if (!wanted.page.after_name) return bad_cursor();
  } else {
    wanted.page.after_number = decode_number_cursor(CursorKind::batches, *cursor);
    if (!wanted.page.after_number) return bad_cursor();
  }
  return std::nullopt;
}

std::string cursor_behind(const BatchListQuery& wanted, const BatchRow& last) {
  if (wanted.by_name()) return encode_name_cursor(CursorKind::batches, last.name);
  return encode_cursor(CursorKind::batches, static_cast<std::uint64_t>(last.number));
}

std::optional<std::size_t> count(const Answers& answers, const BatchListQuery& wanted) {
  if (!wanted.open_ones) return 0;
  if (wanted.page.part_of_name.empty()) return answers.batch_count();
  BatchPage all;
  all.part_of_name = wanted.page.part_of_name;
  all.limit = kCountedMax + 1;
  const std::size_t found = answers.batches(all).size();
  if (found > kCountedMax) return std::nullopt;
  return found;
}

// What each batch is in doubt of changes without its revision.
void append_doubt_to(std::string& form, const Verdict& verdict) {
  const InDoubt& doubt = verdict.in_doubt;
  if (!doubt.any()) return;
  for (const std::uint64_t part :
       {doubt.expected, doubt.processed, doubt.unknown, doubt.gaps, doubt.imports, doubt.unread})
    form.append("/").append(std::to_string(part));
}

}  // namespace

Response get_batches(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return std::move(*refused);
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  BatchListQuery wanted;
  if (const auto problem = read(wanted, request, service.options))
    return to_response(*problem, request.id);

  std::vector<BatchSummary> items;
  const std::size_t limit = wanted.page.limit++;
  if (wanted.open_ones) items = service.answers.batches(wanted.page);
  const bool more = items.size() > limit;
  if (more) items.resize(limit);
  const auto total = count(service.answers, wanted);
  // Each revision only grows, so their sum changes whenever one of them does; which batches they are
  // of is told by the numbers.
  std::uint64_t revision = 0;
  std::vector<Verdict> verdicts;
  std::string form = std::string{request.query} + '#';
  form += std::to_string(total.value_or(kCountedMax + 1));
  for (const BatchSummary& batch : items) {
    revision += batch.revision;
    form.append(",").append(std::to_string(batch.row->number));
    verdicts.push_back(service.answers.verdict(batch));
    append_doubt_to(form, verdicts.back());
  }

  const Verdict verdict = service.answers.verdict();
  const std::string etag =
      make_etag({service.answers.epoch(), revision, service.answers.lag_records(), &verdict, form});
  if (auto unchanged = not_modified(request, etag)) return std::move(*unchanged);

  Response response;
  JsonWriter json{response.body};
  json.open('{').key("items").open('[');
  for (std::size_t i = 0; i < items.size(); ++i)
    append_status(json, items[i], service, verdicts[i]);
  json.close(']').key("next_cursor");
  if (more) {
    json.text(cursor_behind(wanted, *items.back().row));
  } else {
    json.null();
  }
  json.key("total");
  if (total) {
    json.number(*total);
  } else {
    json.null();
  }
  json.member("revision", revision).close('}');
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

Response get_batch(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return std::move(*refused);
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  if (!request.query.empty()) {
    QueryReader query{request.query};
    take_fresh(query);
    if (const auto problem = query.problem()) return to_response(*problem, request.id);
  }
  const auto batch = find_batch(request, service);
  if (!batch) return no_such_batch(request);

  const Verdict verdict = service.answers.verdict(*batch);
  const std::string etag = etag_of(*batch, service, verdict);
  if (auto unchanged = not_modified(request, etag)) return std::move(*unchanged);

  constexpr std::size_t kUsualBytes = 1024;
  Response response;
  response.body.reserve(kUsualBytes);
  JsonWriter json{response.body};
  append_status(json, *batch, service, verdict);
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

}  // namespace rollcall::http
