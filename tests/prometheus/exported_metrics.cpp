#include "tests/prometheus/exported_metrics.hpp"

#include <regex>
#include <sstream>

namespace rollcall::test {

MetricsShown parse_exposition(const std::string& text) {
  static const std::regex kSample(R"re(^([a-zA-Z_:]\w*)(?:\{(.*)\})? \S+$)re");
  static const std::regex kLabel(R"re((\w+)="((?:[^"\\]|\\.)*)")re");
  MetricsShown shown;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch sample;
    if (line.starts_with('#') || !std::regex_match(line, sample, kSample)) continue;
    LabelsShown& labels = shown[sample[1]];
    const std::string all = sample[2];
    for (std::sregex_iterator at(all.begin(), all.end(), kLabel), end; at != end; ++at)
      labels[(*at)[1]].insert((*at)[2]);
  }
  return shown;
}

}  // namespace rollcall::test
