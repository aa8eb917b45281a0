#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "pipeline/ports/record_source.hpp"

namespace rollcall {

// What some channels say about how far their reading is. None at all: nothing to read, always at the end.
struct SourceEvidence {
  std::optional<std::uint64_t> lag_records =
      0;                          // known to exist and not read; nothing where an end is not known
  bool away = false;              // an end is not known: nobody answers, or the stream is not there
  bool open_transaction = false;  // acknowledged records may hide behind an end
  bool new_partitions = false;    // found, and their reading has not begun
  // The oldest of the moments at which the ends that are known were asked; nothing where none is. Wall time.
  std::optional<std::int64_t> as_of_ms;
  std::optional<std::chrono::microseconds> oldest_end_age;  // of those ends, by the steady clock
};

// The moment of judging, by the steady clock, and how long an end that was asked stays known.
struct EndLimit {
  std::int64_t now_us = 0;
  std::chrono::microseconds known_for{0};
};

// Whether a channel's end says anything: an older one, or one beside an error, says nothing about lag.
[[nodiscard]] inline bool end_is_known(const Channel& channel, EndLimit limit) {
  return channel.end && channel.error.empty() &&
         limit.now_us - channel.end_asked_us <= limit.known_for.count();
}

// Records that are known to exist and not read; nothing where the end is not known.
[[nodiscard]] inline std::optional<std::uint64_t> lag_of(const Channel& channel, EndLimit limit) {
  if (!end_is_known(channel, limit)) return std::nullopt;
  const std::int64_t next = std::max<std::int64_t>(channel.next, 0);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(*channel.end - next, 0));
}

// Adds what one channel says.
void add_channel(SourceEvidence& evidence, const Channel& channel, EndLimit limit);

// Of the channels for which `belongs` holds: those of one feed, say.
template <class Belongs>
[[nodiscard]] SourceEvidence evidence_of(std::span<const Channel> channels, EndLimit limit,
                                         const Belongs& belongs) {
  SourceEvidence evidence;
  for (const Channel& channel : channels) {
    if (belongs(channel)) add_channel(evidence, channel, limit);
  }
  return evidence;
}
[[nodiscard]] inline SourceEvidence evidence_of(std::span<const Channel> channels, EndLimit limit) {
  return evidence_of(channels, limit, [](const Channel&) { return true; });
}

}  // namespace rollcall
