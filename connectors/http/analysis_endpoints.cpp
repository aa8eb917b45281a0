#include <utility>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/fresh_look.hpp"
#include "connectors/http/list_writer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"

// What clients of small reconciliation services ask: everything about a batch in one object.
namespace rollcall::http {
namespace {

constexpr MaskExpression kOnExpected{bit(kExpected), 0};
constexpr MaskExpression kOnProcessed{bit(kProcessed), 0};

// The batch that is asked for, or why there is no analysis of it.
struct Subject {
  std::optional<BatchSummary> batch;
  Verdict verdict;
  std::string etag;
  std::optional<Response> refused;
};

Subject find_subject(const Request& request, const Service& service, std::string_view form) {
  Subject subject;
  subject.refused = refuse_not_json(request);
  if (!subject.refused) subject.refused = refuse_unready(request, service);
  if (subject.refused) return subject;
  QueryReader query{request.query};
  take_fresh(query);
  if (const auto problem = query.problem()) {
    subject.refused = to_response(*problem, request.id);
    return subject;
  }
  subject.batch = find_batch(request, service);
  if (!subject.batch) {
    subject.refused = no_such_batch(request);
  } else if (!names_missing(subject.batch->row->kind)) {
    subject.refused = no_such_sides(request);
  } else {
    subject.verdict = service.answers.verdict(*subject.batch);
    subject.etag = etag_of(*subject.batch, service, subject.verdict, form);
    subject.refused = not_modified(request, subject.etag);
  }
  return subject;
}

JsonWriter begin(std::string& out, const BatchSummary& batch) {
  JsonWriter json{out};
  json.open('{').member("batch_id", batch.row->number).member("batch_name", batch.row->name);
  return json;
}

void append_totals(JsonWriter& json, const BatchSummary& batch) {
  json.member("total_expected", batch.totals.at(kExpected))
      .member("total_processed", batch.totals.at(kProcessed));
}

ListsFrame missing_frame(const BatchSummary& batch) {
  ListsFrame frame;
  std::string head;
  JsonWriter json = begin(head, batch);
  append_totals(json, batch);
  json.member("missing_count", batch.missing).key("missing_records").open('[');
  std::string middle = "],\"processing_rate\":";
  append_percentage(middle, batch.matched, batch.totals.at(kExpected));
  middle += ",\"unexpected_count\":";
  append_integer(middle, batch.unexpected);
  middle += ",\"unexpected_records\":[";
  frame.lists = {{std::move(head), kMissing}, {std::move(middle), kUnexpected}};
  frame.tail = "]}";
  return frame;
}

ListsFrame status_frame(const BatchSummary& batch) {
  ListsFrame frame;
  std::string head;
  JsonWriter json = begin(head, batch);
  append_totals(json, batch);
  json.key("expected_records").open('[');
  frame.lists = {{std::move(head), kOnExpected}, {"],\"processed_records\":[", kOnProcessed}};
  frame.tail = "]}";
  return frame;
}

Response answer_lists(const Request& request, const Service& service, Subject& subject,
                      ListsFrame frame) {
  const auto view = service.answers.view(subject.batch->row->number);
  if (!view) return no_such_batch(request);
  Response response;
  tell_revision(response, subject.etag, subject.batch->revision, subject.verdict);
  response.producer = make_lists(view, std::move(frame));
  response.whole_list = true;
  return response;
}

}  // namespace

Response get_analysis_missing(const Request& request, const Service& service) {
  Subject subject = find_subject(request, service, "missing");
  if (subject.refused) return std::move(*subject.refused);
  return answer_lists(request, service, subject, missing_frame(*subject.batch));
}

Response get_analysis_status(const Request& request, const Service& service) {
  Subject subject = find_subject(request, service, "status");
  if (subject.refused) return std::move(*subject.refused);
  if (auto refused = refuse_unlisted(request, *subject.batch, kMatched)) return std::move(*refused);
  return answer_lists(request, service, subject, status_frame(*subject.batch));
}

Response get_analysis_statistics(const Request& request, const Service& service) {
  Subject subject = find_subject(request, service, "statistics");
  if (subject.refused) return std::move(*subject.refused);
  const BatchSummary& batch = *subject.batch;
  Response response;
  tell_revision(response, subject.etag, batch.revision, subject.verdict);
  JsonWriter json = begin(response.body, batch);
  json.optional_member("record_type", batch.row->record_type);
  append_totals(json, batch);
  json.member("successful_count", batch.matched)
      .member("missing_count", batch.missing)
      .member("unexpected_count", batch.unexpected)
      .key("processing_rate")
      .percentage(batch.matched, batch.totals.at(kExpected));
  json.key("created_at").time(batch.row->created_at_ms).close('}');
  return response;
}

}  // namespace rollcall::http
