#include "daemon/batch_report.hpp"

#include <charconv>

#include "connectors/client/api_answer.hpp"
#include "connectors/json/slices.hpp"

namespace rollcall {
namespace {

std::string text_at(std::string_view object, std::string_view key) {
  return client::text_of(json::member_of(object, key));
}

}  // namespace

Result<BatchReport> parse_batch(std::string_view json) {
  const auto counts = json::member_of(json, "counts");
  const auto verdict = json::member_of(json, "verdict");
  if (counts.empty() || verdict.empty())
    return fatal("the answer is no batch's status",
                 "Look whether a rollcall daemon of this version listens there.");
  BatchReport report;
  report.id = text_at(json, "id");
  report.name = text_at(json, "batch_name");
  report.state = text_at(json, "state");
  report.expected = text_at(counts, "expected");
  report.processed = text_at(counts, "processed");
  report.matched = text_at(counts, "matched");
  report.missing = text_at(counts, "missing");
  report.unexpected = text_at(counts, "unexpected");
  report.duplicate_expected = text_at(counts, "duplicate_expected");
  report.duplicate_processed = text_at(counts, "duplicate_processed");
  report.rate = text_at(json, "processing_rate");
  report.verdict = text_at(verdict, "state");
  report.confidence = text_at(verdict, "confidence");
  for (const auto reason : json::elements_of(json::member_of(verdict, "reasons")))
    report.reasons.push_back(client::text_of(reason));
  const auto unexplained = json::member_of(verdict, "unexplained");
  if (!unexplained.empty()) {
    report.unexplained_missing = text_at(unexplained, "missing");
    report.unexplained_unexpected = text_at(unexplained, "unexpected");
  }
  report.revision = text_at(json, "revision");
  report.as_of = text_at(json::member_of(json, "as_of"), "time");
  return report;
}

std::optional<std::uint64_t> count_of(const std::string& text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return count;
}

}  // namespace rollcall
