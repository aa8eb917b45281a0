#include "pipeline/ports/dead_letter.hpp"

#include <algorithm>
#include <array>

namespace rollcall {

namespace {

constexpr std::array<std::string_view, kDoubtSides> kSideNames{"expected", "processed", "unknown"};
constexpr std::array<std::string_view, kDeadLetterStates> kStateNames{"open", "acknowledged",
                                                                      "replayed"};

// Nothing is wanted, or it is this.
template <class Wanted, class Value>
bool fits(const std::optional<Wanted>& wanted, const Value& value) {
  return !wanted || *wanted == value;
}

}  // namespace

std::string_view to_string(DoubtSide side) { return kSideNames.at(static_cast<std::size_t>(side)); }

std::string_view to_string(DeadLetterState state) {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::optional<DeadLetterState> dead_letter_state_named(std::string_view name) {
  const auto* const found = std::find(kStateNames.begin(), kStateNames.end(), name);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<DeadLetterState>(found - kStateNames.begin());
}

OpenDoubt doubt_of(const DeadLetter& letter) {
  return {letter.feed,
          letter.batch,
          letter.batches_before,
          letter.timestamp_ms,
          letter.side,
          letter.reason,
          1,
          letter.explains};
}

bool channel_matches(std::string_view wanted, std::string_view channel) {
  if (channel == wanted) return true;
  if (!channel.starts_with(wanted) || channel.size() <= wanted.size() + 1) return false;
  channel.remove_prefix(wanted.size());
  return channel.front() == '/' && std::all_of(channel.begin() + 1, channel.end(),
                                               [](char c) { return c >= '0' && c <= '9'; });
}

void count_letters(LetterCounts& counts, std::string_view channel, DeadLetterState state,
                   std::uint64_t letters) {
  std::string_view topic = channel.substr(0, channel.rfind('/'));
  if (!channel_matches(topic, channel)) topic = channel;  // it has no partition
  if (channel.starts_with(kImportChannel)) topic = kHttpTopic;
  auto found = counts.find(topic);
  if (found == counts.end()) found = counts.try_emplace(std::string{topic}).first;
  found->second[static_cast<std::size_t>(state)] += letters;
}

bool matches(const DeadLetterFilter& filter, const DeadLetter& letter) {
  const auto& numbers = filter.numbers;
  if (!numbers.empty() && std::find(numbers.begin(), numbers.end(), letter.number) == numbers.end())
    return false;
  if (filter.channel && !channel_matches(*filter.channel, letter.channel)) return false;
  if (filter.before_ms && letter.at_ms >= *filter.before_ms) return false;
  return fits(filter.reason, letter.reason) && fits(filter.batch, letter.batch) &&
         fits(filter.state, letter.state);
}

}  // namespace rollcall
