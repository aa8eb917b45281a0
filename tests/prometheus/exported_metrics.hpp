#pragma once

#include <map>
#include <set>
#include <string>

namespace rollcall::test {

// Names of metrics, the labels that each has, and the values that each label has, as a text of the exposition format
// shows them; values as they stand there, escapes included.
using LabelsShown = std::map<std::string, std::set<std::string>>;
using MetricsShown = std::map<std::string, LabelsShown>;

[[nodiscard]] MetricsShown parse_exposition(const std::string& text);

}  // namespace rollcall::test
