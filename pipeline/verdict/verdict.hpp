#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pipeline/verdict/doubts.hpp"
#include "pipeline/verdict/source_evidence.hpp"

namespace rollcall {

// How far an answer can be trusted: final = everything that existed when we last asked has been read; provisional =
// something named in `reasons` may still change it; blind = we cannot even tell how far behind we are.
enum class Confidence : std::uint8_t { final, provisional, blind };
[[nodiscard]] std::string_view to_string(Confidence confidence);

// What stands between an answer and certainty, as of one moment.
struct Evidence {
  SourceEvidence sources;   // of the channels that feed what is asked about
  bool recovering = false;  // the store is away: what we show is not durable yet
  InDoubt in_doubt;         // what was not read and may concern it
};

struct Verdict {
  Confidence confidence = Confidence::final;
  // Of: source_away, lag, open_transaction, new_partitions, unsealed, input_gap, quarantine, import_unfinished,
  // recovering.
  std::vector<std::string_view> reasons;
  InDoubt in_doubt{};
};

[[nodiscard]] Verdict judge(const Evidence& evidence);

}  // namespace rollcall
