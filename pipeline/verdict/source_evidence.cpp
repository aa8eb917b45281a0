#include "pipeline/verdict/source_evidence.hpp"

namespace rollcall {

void add_channel(SourceEvidence& evidence, const Channel& channel, EndLimit limit) {
  if (channel.retired) return;
  const auto lag = lag_of(channel, limit);
  if (!lag) {
    evidence.away = true;
    evidence.lag_records.reset();
  } else if (evidence.lag_records) {
    *evidence.lag_records += *lag;
  }
  evidence.open_transaction |= channel.open_transaction && lag.has_value();
  evidence.new_partitions |= channel.joining;
  if (channel.end_asked_us == 0) return;
  // What we vouch for is no younger than what we know of the quietest channel, also where that is too old to trust.
  evidence.as_of_ms =
      std::min(evidence.as_of_ms.value_or(channel.end_asked_ms), channel.end_asked_ms);
  const std::chrono::microseconds age{limit.now_us - channel.end_asked_us};
  evidence.oldest_end_age = std::max(evidence.oldest_end_age.value_or(age), age);
}

}  // namespace rollcall
