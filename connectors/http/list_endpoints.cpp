#include <array>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/etag.hpp"
#include "connectors/http/fresh_look.hpp"
#include "connectors/http/list_query.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"

namespace rollcall::http {
namespace {

constexpr std::array kIdFormats{Format::json, Format::ndjson, Format::csv, Format::text,
                                Format::ranges};
constexpr std::array kDuplicateFormats{Format::json, Format::ndjson, Format::csv, Format::text};

}  // namespace

std::optional<Problem> read_list(ListQuery& wanted, QueryReader& query, const Request& request,
                                 const Options& options, CursorKind kind) {
  wanted.limit = query.integer("limit", options.list_limit_default, 1, options.list_limit_max);
  const bool duplicates = kind == CursorKind::duplicates;
  const auto named = duplicates ? query.word("format", {"json", "ndjson", "csv", "text"})
                                : query.word("format", {"json", "ndjson", "csv", "text", "ranges"});
  const auto cursor = query.text("cursor");
  take_fresh(query);
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

Response answer_list(const Request& request, const Service& service, const BatchSummary& batch,
                     ListSubject subject, ListQuery wanted, std::optional<std::uint64_t> total) {
  const Verdict verdict = service.answers.verdict(batch);
  const std::string form = std::string{to_string(wanted.format)} + '?' + std::string{request.query};
  const std::string etag = etag_of(batch, service, verdict, form);
  if (auto unchanged = not_modified(request, etag)) return std::move(*unchanged);

  // Taken in the same turn of the loop as the summary: both are of one revision.
  subject.view = service.answers.view(batch.row->number);
  if (!subject.view) return no_such_batch(request);

  Response response;
  response.content_type = content_type_of(wanted.format);
  response.headers.emplace_back("Vary", "Accept");
  tell_revision(response, etag, batch.revision, verdict);
  if (wanted.format == Format::json) {
    PageRequest page{std::move(wanted.after), wanted.limit, total, batch.revision};
    response.producer = make_page(std::move(subject), std::move(page));
  } else {
    response.producer = make_stream(std::move(subject), wanted.format, std::move(wanted.after));
    response.whole_list = true;
  }
  return response;
}

namespace {

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

Response get_list(const Request& request, const Service& service, CursorKind kind) {
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  ListQuery wanted;
  QueryReader query{request.query};
  if (const auto problem = read_list(wanted, query, request, service.options, kind))
    return to_response(*problem, request.id);
  const auto batch = find_batch(request, service);
  if (!batch) return no_such_batch(request);
  if (kind != CursorKind::duplicates && !names_missing(batch->row->kind))
    return no_such_sides(request);
  ListSubject subject{nullptr, kind, kMissing, batch->row->sides};
  if (kind == CursorKind::unexpected) subject.expression = kUnexpected;
  const auto total = total_of(*batch, kind);
  return answer_list(request, service, *batch, std::move(subject), std::move(wanted), total);
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

}  // namespace rollcall::http
