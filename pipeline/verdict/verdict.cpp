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
  Verdict verdict;
  if (evidence.lag_records > 0) verdict.reasons.emplace_back("lag");
  verdict.in_doubt = evidence.in_doubt;
  if (evidence.in_doubt.gaps > 0) verdict.reasons.emplace_back("input_gap");
  if (evidence.in_doubt.unread > 0) verdict.reasons.emplace_back("quarantine");
  if (evidence.in_doubt.imports > 0) verdict.reasons.emplace_back("import_unfinished");
  if (evidence.recovering) verdict.reasons.emplace_back("recovering");
  if (!verdict.reasons.empty()) verdict.confidence = Confidence::provisional;
  if (!evidence.end_known) {
    verdict.confidence = Confidence::blind;
    if (evidence.lag_records == 0) verdict.reasons.insert(verdict.reasons.begin(), "lag");
  }
  return verdict;
}

}  // namespace rollcall
