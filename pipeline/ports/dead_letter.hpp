#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ports/decoder.hpp"

namespace rollcall {

using BatchNumber = std::int64_t;  // the numeric id that users see, from 1

// The feed of whatever names none: sources of one feed are reconciled with each other.
inline constexpr std::string_view kDefaultFeed = "default";
// And of what comes over HTTP and concerns no batch in particular.
inline constexpr std::string_view kHttpFeed = "http";

// Which side a record that was not read would have spoken for.
enum class DoubtSide : std::uint8_t { expected, processed, unknown };
inline constexpr std::size_t kDoubtSides = 3;
[[nodiscard]] std::string_view to_string(DoubtSide side);

// Open: it may be why something is missing. The others no longer put anything in doubt.
enum class DeadLetterState : std::uint8_t { open, acknowledged, replayed };
inline constexpr std::size_t kDeadLetterStates = 3;
[[nodiscard]] std::string_view to_string(DeadLetterState state);
[[nodiscard]] std::optional<DeadLetterState> dead_letter_state_named(std::string_view name);

// How an open dead letter ended, for whoever wants to know later.
struct Closing {
  std::int64_t at_ms = 0;
  std::string by;    // the name of a token, or of what did it
  std::string note;  // why it needs no more care
};

// A record that could not be read, or a run of them that was lost: what it was, and what it puts in doubt.
//
// What it concerns: the batch that it names; where it names none, the batches of its feed that were there when it was
// read (numbers below `batches_before`) and began no later than it was written (`timestamp_ms`).
struct DeadLetter {
  std::int64_t number = 0;  // given by the store, ascending; the list's cursor
  std::string channel;      // "topic/partition"; kImportChannel and the file of an import
  std::int64_t position = 0;
  BadRecordReason reason = BadRecordReason::not_json;
  std::string field;   // the field to blame, or more detail; may be empty
  std::string sample;  // at most kSampleBytesMax bytes of the payload, as they came
  std::int64_t at_ms = 0;
  std::string feed{kDefaultFeed};
  std::string batch;  // that it names; empty where that could not be read
  DoubtSide side = DoubtSide::unknown;
  std::uint64_t explains = 1;      // so many missing or unexpected ids, at most
  BatchNumber batches_before = 0;  // the number that the next new batch was to get
  std::int64_t timestamp_ms = 0;   // when it was written, by Kafka's clock
  DeadLetterState state = DeadLetterState::open;
  std::optional<Closing> closing{};
};
inline constexpr std::size_t kSampleBytesMax = 1024;
inline constexpr std::string_view kImportChannel = "import:";

// Which dead letters are meant; what is not said does not matter.
struct DeadLetterFilter {
  std::vector<std::int64_t> numbers{};
  std::optional<std::string> channel{};  // of a topic: its name, all partitions
  std::optional<BadRecordReason> reason{};
  std::optional<std::string> batch{};
  std::optional<DeadLetterState> state{};
  std::optional<std::int64_t> before_ms{};  // read before that
};

struct DeadLetterQuery {
  DeadLetterFilter filter;
  std::int64_t after = 0;  // numbers behind this one
  std::size_t limit = 0;
};

struct DeadLetterPage {
  std::vector<DeadLetter> letters;  // oldest first
  std::uint64_t total = 0;          // that match the filter, on whatever page
};

// Dead letters that were looked into and need no more care, or whose records were read after all: all that match are
// closed by the commit that holds it. A state only grows: open ones become acknowledged, and both become replayed.
struct Acknowledgement {
  DeadLetterFilter filter;
  Closing closing;
  std::size_t letters_before = 0;  // of its checkpoint's own dead letters, how many it may close
  DeadLetterState becomes = DeadLetterState::acknowledged;
};

// A dead letter whose record was read again, and still cannot be read: why today.
struct StillBad {
  std::int64_t number = 0;
  BadRecordReason reason = BadRecordReason::not_json;
  std::string field;
  std::string batch;
};

// Open dead letters with the same effect, as one.
struct OpenDoubt {
  std::string feed{kDefaultFeed};
  std::string batch;  // empty: those of the feed that were there
  BatchNumber batches_before = 0;
  std::int64_t timestamp_ms = 0;  // of the latest
  DoubtSide side = DoubtSide::unknown;
  BadRecordReason reason = BadRecordReason::not_json;
  std::uint64_t letters = 0;
  std::uint64_t explains = 0;
};

// How many dead letters there are of each topic, for each DeadLetterState.
using LetterCounts =
    std::map<std::string, std::array<std::uint64_t, kDeadLetterStates>, std::less<>>;
// Adds letters of a channel to its topic's. Files that were imported have no end: all that came over HTTP is kHttpTopic.
void count_letters(LetterCounts& counts, std::string_view channel, DeadLetterState state,
                   std::uint64_t letters);
inline constexpr std::string_view kHttpTopic = "http";

// The doubt that a dead letter raises while it is open.
[[nodiscard]] OpenDoubt doubt_of(const DeadLetter& letter);

// Whether the letter is one of those that are meant; the one meaning of a filter outside SQL.
[[nodiscard]] bool matches(const DeadLetterFilter& filter, const DeadLetter& letter);

// Whether a channel belongs to what a filter calls one: the channel itself, or a partition of that topic.
[[nodiscard]] bool channel_matches(std::string_view wanted, std::string_view channel);

}  // namespace rollcall
