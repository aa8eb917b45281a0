#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>

#include "tests/crash/topic_set.hpp"
#include "tests/support/topic_reader.hpp"

namespace rollcall::test {

using Id = std::variant<std::uint64_t, std::string>;
using Occurrences = std::map<Id, std::uint64_t>;

// An id as an answer or an event writes it: a canonical decimal below 2^64 is an integer, all else is text.
Id id_of(const std::string& text);

struct LetterTruth {
  std::string source;  // topic/partition
  std::int64_t position = 0;
  std::string reason;
  std::string sample;
  friend auto operator<=>(const LetterTruth&, const LetterTruth&) = default;
};

struct BatchTruth {
  std::array<Occurrences, 2> sides;  // expected, processed
  std::uint64_t events = 0;
};

// What is true, found in the plainest way: every committed record of the topics read once, from the start, with another
// JSON parser and sets of the standard library.
struct Truth {
  std::map<std::string, BatchTruth> batches;
  std::set<LetterTruth> dead_letters;
  EndOffsets ends;
  std::uint64_t records = 0;
};

Truth replay(const TopicSet& topics);

}  // namespace rollcall::test
