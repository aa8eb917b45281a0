#pragma once

#include <string>

#include "tests/support/topics.hpp"

namespace rollcall::test {

// The topics of one daemon: one for each side, and one where each event names its own.
class TopicSet {
 public:
  explicit TopicSet(const std::string& label, int partitions = 3)
      : expected(label + "-expected", partitions),
        processed(label + "-processed", partitions),
        events(label + "-events", 2) {}

  // One topic of the [kafka] section. An empty value counts as a bad record here, so that letters for these are exact
  // over crashes, too.
  [[nodiscard]] static std::string entry(const TestTopic& of, const std::string& side) {
    return "{name = \"" + of.name() + "\", side = \"" + side + "\", on_empty = \"dead_letter\"}";
  }
  // The [kafka] section that reads them, its last line still open for more of its keys.
  [[nodiscard]] std::string configuration(const std::string& brokers) const {
    return "[kafka]\nbrokers = \"" + brokers + "\"\ntopics = [" + entry(expected, "expected") +
           ", " + entry(processed, "processed") + ", " + entry(events, "event") + "]\n";
  }

  TestTopic expected;
  TestTopic processed;
  TestTopic events;
};

}  // namespace rollcall::test
