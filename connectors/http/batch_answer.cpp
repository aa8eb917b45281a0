#include "connectors/http/batch_answer.hpp"

#include <algorithm>
#include <limits>

#include "connectors/http/etag.hpp"
#include "connectors/http/media_type.hpp"
#include "connectors/http/problem.hpp"
#include "pipeline/verdict/outcome.hpp"

namespace rollcall::http {
namespace {

constexpr std::string_view kStateOpen = "open";

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t of_side(const std::vector<std::uint64_t>& counts, std::size_t side) {
  return side < counts.size() ? counts[side] : 0;
}

void append_counts(JsonWriter& json, const BatchSummary& batch) {
  json.key("counts").open('{');
  if (names_missing(batch.row->kind)) {
    json.member("expected", of_side(batch.totals, kExpected))
        .member("processed", of_side(batch.totals, kProcessed));
    json.member("matched", batch.matched)
        .member("missing", batch.missing)
        .member("unexpected", batch.unexpected);
    json.member("duplicate_expected", of_side(batch.duplicates, kExpected));
    json.member("duplicate_processed", of_side(batch.duplicates, kProcessed));
  } else {
    json.member("matched", batch.matched);
  }
  json.close('}');
}

void append_by_side(JsonWriter& json, std::string_view name, const BatchRow& row,
                    const std::vector<std::uint64_t>& counts) {
  json.key(name).open('{');
  for (std::size_t side = 0; side < row.sides.size(); ++side) {
    json.foreign_key(row.sides[side]).number(of_side(counts, side));
  }
  json.close('}');
}

void append_confidence(JsonWriter& json, const Verdict& verdict) {
  json.member("confidence", to_string(verdict.confidence)).key("reasons").open('[');
  for (const std::string_view reason : verdict.reasons) json.text(reason);
  json.close(']');
}

// How much of what it lacks may lie in what was not read, and what certainly does not.
void append_doubt(JsonWriter& json, const BatchSummary& batch, const InDoubt& in_doubt) {
  json.key("in_doubt").open('{').key("expected");
  append_bounded(json, in_doubt.expected);
  json.key("processed");
  append_bounded(json, in_doubt.processed);
  json.key("unknown");
  append_bounded(json, in_doubt.unknown);
  json.close('}').key("unexplained").open('{');
  json.member("missing", in_doubt.unexplained_missing(batch.missing));
  json.member("unexpected", in_doubt.unexplained_unexpected(batch.unexpected)).close('}');
}

}  // namespace

void append_bounded(JsonWriter& json, std::uint64_t number) {
  constexpr auto kNoEnd = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (number >= kNoEnd) {
    json.null();
  } else {
    json.number(number);
  }
}

std::string etag_of(const BatchSummary& batch, const Service& service, const Verdict& verdict,
                    std::string_view form) {
  return make_etag({service.answers.epoch(), batch.revision,
                    service.answers.source_evidence(batch).lag_records, &verdict, form,
                    batch.row->number});
}

std::optional<BatchRef> batch_ref(const Request& request) {
  const PathArgument& argument = request.argument;
  if (argument.is_name || !all_digits(argument.text)) return BatchRef{argument.text};
  const auto number = canonical_integer(argument.text);
  constexpr auto kNumberMax = static_cast<std::uint64_t>(std::numeric_limits<BatchNumber>::max());
  if (!number || *number > kNumberMax) return std::nullopt;
  return BatchRef{static_cast<BatchNumber>(*number)};
}

std::optional<BatchSummary> find_batch(const Request& request, const Service& service) {
  const auto ref = batch_ref(request);
  if (!ref) return std::nullopt;
  if (const auto* number = std::get_if<BatchNumber>(&*ref)) return service.answers.batch(*number);
  return service.answers.batch(std::string_view{std::get<std::string>(*ref)});
}

Response no_such_batch(const Request& request) {
  return not_found(
      request,
      "There is no such batch. Digits are taken as its number; a name of digits is under "
      "/api/v1/batches/by-name/.");
}

void append_lag(JsonWriter& json, std::optional<std::uint64_t> lag_records) {
  json.key("lag_records");
  if (lag_records) {
    json.number(*lag_records);
  } else {
    json.null();
  }
}

Response store_unavailable(const Request& request, const Service& service) {
  Problem away{503, "store_unavailable", "The store does not answer at the moment.", {}, {}};
  return unavailable(std::move(away), request.id, service.options.retry_after);
}

std::optional<Response> refuse_unready(const Request& request, const Service& service) {
  Readiness readiness = service.answers.readiness();
  if (readiness.ready) return std::nullopt;
  Problem problem{
      503, "not_ready", "Answers cannot be given yet.", {}, std::move(readiness.reasons)};
  return unavailable(std::move(problem), request.id, service.options.retry_after);
}

std::optional<Response> refuse_not_json(const Request& request) {
  if (request.accept.empty() || quality_of(request.accept, kJsonType) > 0) return std::nullopt;
  const Problem problem{406, "not_acceptable", "This path answers application/json only.", {}, {}};
  return to_response(problem, request.id);
}

Response no_such_sides(const Request& request) {
  const Problem problem{409,
                        "not_a_reconciliation",
                        "This batch is a comparison: its sides are equals, so nothing in it is "
                        "missing or unexpected.",
                        {},
                        {}};
  return to_response(problem, request.id);
}

std::string_view state_of(const BatchRow& row, Mask sides) {
  if (sides == full_mask(row.sides.size())) return "matched";
  if (!names_missing(row.kind)) return "partial";
  if (kMissing.matches(sides)) return "missing";
  return kUnexpected.matches(sides) ? "unexpected" : "matched";
}

std::optional<Response> refuse_unlisted(const Request& request, const BatchSummary& batch,
                                        MaskExpression expression) {
  const Mask all = full_mask(batch.row->sides.size());
  if (batch.unlisted_texts == 0 || !expression.matches(all)) return std::nullopt;
  const Problem problem{
      409,
      "ids_not_kept",
      "The texts of " + std::to_string(batch.unlisted_texts) +
          " matched ids are no longer kept, so this list cannot name them. A batch that is made "
          "with POST /api/v1/batches keeps them.",
      {},
      {}};
  return to_response(problem, request.id);
}

void tell_revision(Response& response, const std::string& etag, std::uint64_t revision,
                   const Verdict& verdict) {
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("X-Revision", std::to_string(revision));
  response.headers.emplace_back("X-Confidence", to_string(verdict.confidence));
}

std::optional<Response> not_modified(const Request& request, const std::string& etag) {
  if (request.if_none_match.empty() || !etag_matches(request.if_none_match, etag))
    return std::nullopt;
  Response response;
  response.status = 304;
  response.headers.emplace_back("ETag", etag);
  return response;
}

void append_status(JsonWriter& json, const BatchSummary& batch, const Service& service,
                   const Verdict& verdict) {
  const BatchRow& row = *batch.row;
  json.open('{').member("id", row.number).member("batch_name", row.name);
  json.optional_member("record_type", row.record_type);
  json.optional_member("description", row.description);
  json.key("created_at").time(row.created_at_ms).member("state", kStateOpen);
  json.member("kind", to_string(row.kind)).key("feeds").open('[');
  for (const std::string& feed : row.feeds) json.text(feed);
  json.close(']');
  append_counts(json, batch);
  json.key("processing_rate");
  json.percentage(batch.matched, names_missing(row.kind) ? of_side(batch.totals, kExpected) : 0);
  json.key("verdict").open('{').member("state", outcome_of(batch));
  json.member("final", verdict.confidence == Confidence::final);
  append_confidence(json, verdict);
  append_doubt(json, batch, verdict.in_doubt);
  json.close('}').member("revision", batch.revision);
  const SourceEvidence sources = service.answers.source_evidence(batch);
  json.key("as_of").open('{').key("time");
  json.time(
      sources.as_of_ms.value_or(service.answers.now_ms()));  // nobody to ask: always at the end
  append_lag(json, sources.lag_records);
  append_confidence(json, verdict);
  json.close('}');
  if (!names_missing(row.kind) || row.sides.size() > 2) {
    append_by_side(json, "sides", row, batch.totals);
    append_by_side(json, "duplicates", row, batch.duplicates);
  }
  json.close('}');
}

}  // namespace rollcall::http
