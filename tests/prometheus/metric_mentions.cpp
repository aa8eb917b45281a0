#include "tests/prometheus/metric_mentions.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace rollcall::test {

std::vector<std::string> found_in(const std::string& text, const char* pattern) {
  const std::regex wanted(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), wanted), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

std::vector<MetricMention> mentions_in(const std::string& text) {
  static const std::regex kMention(R"re(\b(rollcall_[a-z_]+)(?:\{([^}]*)\})?)re");
  static const std::regex kLabel(R"re((\w+)="([^"]*)")re");
  std::vector<MetricMention> mentions;
  for (std::sregex_iterator at(text.begin(), text.end(), kMention), end; at != end; ++at) {
    MetricMention& mention = mentions.emplace_back();
    mention.name = (*at)[1];
    const std::string labels = (*at)[2];
    for (std::sregex_iterator label(labels.begin(), labels.end(), kLabel); label != end; ++label)
      mention.labels.emplace_back((*label)[1], (*label)[2]);
  }
  return mentions;
}

std::vector<std::string> AlertRule::labels_used() const {
  std::vector<std::string> labels;
  for (const std::string& list : found_in(expression, R"re(\b(?:by|on) \(([^)]*)\))re")) {
    for (std::string& label : found_in(list, R"re((\w+))re")) labels.push_back(std::move(label));
  }
  for (std::string& label : found_in(annotations, R"re(\$labels\.(\w+))re"))
    labels.push_back(std::move(label));
  return labels;
}

std::vector<AlertRule> alerts_in(const std::string& rules) {
  const std::string text = std::regex_replace(rules, std::regex(R"re(\s+)re"), " ");
  static const std::regex kAlert(
      R"re(- alert: (\w+) expr: (.*?)(?: for: \w+)? labels: .*? annotations: (.*?)(?=- alert:|$))re");
  std::vector<AlertRule> alerts;
  for (std::sregex_iterator at(text.begin(), text.end(), kAlert), end; at != end; ++at)
    alerts.push_back({(*at)[1], (*at)[2], (*at)[3]});
  return alerts;
}

std::string read_source_file(const std::string& path) {
  std::ifstream file(std::string{ROLLCALL_SOURCE_DIR} + "/" + path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace rollcall::test
