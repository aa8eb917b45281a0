#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rollcall::test {

// A metric of ours as a text names it, with what the text says of its labels.
struct MetricMention {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;  // equal to these values
};
[[nodiscard]] std::vector<MetricMention> mentions_in(const std::string& text);

// One alert of a file of rules, its text with every run of white space as one space.
struct AlertRule {
  std::string name;
  std::string expression;
  std::string annotations;
  // Labels that the expression groups or joins by, and those that the annotations show.
  [[nodiscard]] std::vector<std::string> labels_used() const;
};
[[nodiscard]] std::vector<AlertRule> alerts_in(const std::string& rules);

// What stands in the places of the pattern's first group.
[[nodiscard]] std::vector<std::string> found_in(const std::string& text, const char* pattern);

[[nodiscard]] std::string read_source_file(const std::string& path);

}  // namespace rollcall::test
