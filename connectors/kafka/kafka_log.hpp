#pragma once

#include <chrono>
#include <map>
#include <string>

#include "connectors/kafka/kafka_options.hpp"

namespace rollcall::kafka {

// The log of rare events: the same subject at most every ten seconds, however often a broker repeats itself.
// Owner: the source. Runs on: the loop. Limits: subjects are error codes and facilities, a few dozen.
class KafkaLog {
 public:
  explicit KafkaLog(const Options& options) : log_(options.log) {}

  void write(LogLevel level, const std::string& subject, const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    auto& allowed = allowed_from_[subject];
    if (!log_ || now < allowed) return;
    allowed = now + kSilence;
    log_(level, text);
  }
  // The next event of that subject is news again.
  void forget(const std::string& subject) { allowed_from_.erase(subject); }

 private:
  static constexpr std::chrono::seconds kSilence{10};
  std::function<void(LogLevel, const std::string&)> log_;
  std::map<std::string, std::chrono::steady_clock::time_point> allowed_from_;
};

}  // namespace rollcall::kafka
