#include "pipeline/verdict/verdict.hpp"

namespace rollcall {

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::final:
      return "final";
    case Confidence::provisional:
      return "provisional";
    case Confidence::blind:
      return "blind";
  }
  return "blind";
}

Verdict judge(const Evidence& evidence) {
  const SourceEvidence& sources = evidence.sources;
  Verdict verdict;
  verdict.in_doubt = evidence.in_doubt;
  const auto doubt = [&verdict](bool there, std::string_view reason) {
    if (there) verdict.reasons.push_back(reason);
  };
  doubt(sources.away, "source_away");
  doubt(sources.lag_records.value_or(0) > 0, "lag");
  doubt(sources.open_transaction, "open_transaction");
  doubt(sources.new_partitions, "new_partitions");
  doubt(evidence.in_doubt.gaps > 0, "input_gap");
  doubt(evidence.in_doubt.unread > 0, "quarantine");
  doubt(evidence.in_doubt.imports > 0, "import_unfinished");
  doubt(evidence.recovering, "recovering");
  if (!verdict.reasons.empty()) verdict.confidence = Confidence::provisional;
  if (sources.away) verdict.confidence = Confidence::blind;
  return verdict;
}

}  // namespace rollcall
