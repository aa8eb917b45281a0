#include <array>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/list_writer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"

namespace rollcall::http {
namespace {

constexpr std::array kIdFormats{Format::json, Format::ndjson, Format::csv, Format::text,
                                Format::ranges};
constexpr std::array kDuplicateFormats{Format::json, Format::ndjson, Format::csv, Format::text};

struct ListQuery {
  Format format = Format::json;
  std::uint64_t limit = 0;
  std::optional<OwnedRecordId> after;
};

std::optional<Problem> read(ListQuery& wanted, const Request& request, const Options& options,
                            CursorKind kind) {
  QueryReader query{request.query};
  wanted.limit = query.integer("limit", options.list_limit_default, 1, options.list_limit_max);
  const bool duplicates = kind == CursorKind::duplicates;
  const auto named = duplicates ? query.word("format", {"json", "ndjson", "csv", "text"})
                                : query.word("format", {"json", "ndjson", "csv", "text", "ranges"});
  const auto cursor = query.text("cursor");
  if (auto problem = query.problem()) return problem;

  const std::span<const Format> offered =
      duplicates ? std::span<const Format>{kDuplicateFormats} : kIdFormats;
  const auto format = named ? format_named(*named) : negotiate(request.accept, offered);
  if (!format)
    return Problem{
        406, "not_acceptable", "The list can be had as JSON, NDJSON, CSV or text.", {}, {}};
  wanted.format = *format;
  if (!cursor) return std::nullopt;
  wanted.after = decode_cursor(kind, *cursor);
  if (!wanted.after) return bad_cursor();
  return std::nullopt;
}

Response no_such_sides(const Request& request) {
  const Problem problem{
      409,
      "not_a_reconciliation",
      "This batch compares other sides than expected and processed, so nothing in it is missing or "
      "unexpected.",
      {},
      {}};
  return to_response(problem, request.id);
}

std::optional<std::uint64_t> total_of(const BatchSummary& batch, CursorKind kind) {
  if (kind == CursorKind::missing) return batch.missing;
  if (kind == CursorKind::unexpected) return batch.unexpected;
  // Exact only while a single side has duplicates: an id of two sides would count twice.
  std::uint64_t ids = 0;
  for (const std::uint64_t of_side : batch.duplicate_ids) {
    if (ids > 0 && of_side > 0) return std::nullopt;
    ids += of_side;
  }
  return ids;
}

void tell_revision(Response& response, const std::string& etag, std::uint64_t revision,
                   const Verdict& verdict) {
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("X-Revision", std::to_string(revision));
  response.headers.emplace_back("X-Confidence", to_string(verdict.confidence));
}

Response get_list(const Request& request, const Service& service, CursorKind kind) {
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  ListQuery wanted;
  if (const auto problem = read(wanted, request, service.options, kind))
    return to_response(*problem, request.id);
  const auto batch = find_batch(request, service);
  if (!batch) return no_such_batch(request);
  if (kind != CursorKind::duplicates && !is_reconciliation(*batch->row))
    return no_such_sides(request);

  const Verdict verdict = service.answers.verdict();
  const std::string form = std::string{to_string(wanted.format)} + '?' + std::string{request.query};
  const std::string etag = make_etag(
      {service.answers.epoch(), batch->revision, service.answers.lag_records(), &verdict, form});
  if (auto unchanged = not_modified(request, etag)) return std::move(*unchanged);

  // Taken in the same turn of the loop as the summary: both are of one revision.
  ListSubject subject{service.answers.view(batch->row->number), kind, kMissing, batch->row->sides};
  if (!subject.view) return no_such_batch(request);
  if (kind == CursorKind::unexpected) subject.expression = kUnexpected;

  Response response;
  response.content_type = content_type_of(wanted.format);
  response.headers.emplace_back("Vary", "Accept");
  tell_revision(response, etag, batch->revision, verdict);
  if (wanted.format == Format::json) {
    PageRequest page{std::move(wanted.after), wanted.limit, total_of(*batch, kind),
                     batch->revision};
    response.producer = make_page(std::move(subject), std::move(page));
  } else {
    response.producer = make_stream(std::move(subject), wanted.format, std::move(wanted.after));
    response.whole_list = true;
  }
  return response;
}

AnalysisFrame frame_of(const BatchSummary& batch) {
  AnalysisFrame frame;
  JsonWriter json{frame.head};
  json.open('{').member("batch_id", batch.row->number).member("batch_name", batch.row->name);
  json.member("total_expected", batch.totals.at(kExpected))
      .member("total_processed", batch.totals.at(kProcessed));
  json.member("missing_count", batch.missing).key("missing_records").open('[');
  frame.middle = "],\"processing_rate\":";
  append_percentage(frame.middle, batch.matched, batch.totals.at(kExpected));
  frame.middle += ",\"unexpected_count\":";
  append_integer(frame.middle, batch.unexpected);
  frame.middle += ",\"unexpected_records\":[";
  frame.tail = "]}";
  return frame;
}

}  // namespace

Response get_missing(const Request& request, const Service& service) {
  return get_list(request, service, CursorKind::missing);
}

Response get_unexpected(const Request& request, const Service& service) {
  return get_list(request, service, CursorKind::unexpected);
}

Response get_duplicates(const Request& request, const Service& service) {
  return get_list(request, service, CursorKind::duplicates);
}

Response get_analysis_missing(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return std::move(*refused);
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  if (const auto problem = QueryReader{request.query}.problem())
    return to_response(*problem, request.id);
  const auto batch = find_batch(request, service);
  if (!batch) return no_such_batch(request);
  if (!is_reconciliation(*batch->row)) return no_such_sides(request);

  const Verdict verdict = service.answers.verdict();
  const std::string etag = make_etag({service.answers.epoch(), batch->revision,
                                      service.answers.lag_records(), &verdict, "analysis"});
  if (auto unchanged = not_modified(request, etag)) return std::move(*unchanged);

  const auto view = service.answers.view(batch->row->number);
  if (!view) return no_such_batch(request);
  Response response;
  tell_revision(response, etag, batch->revision, verdict);
  response.producer = make_analysis(view, frame_of(*batch));
  response.whole_list = true;
  return response;
}

}  // namespace rollcall::http
