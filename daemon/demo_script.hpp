#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

inline constexpr std::string_view kDemoExpectedTopic = "rollcall.expected";
inline constexpr std::string_view kDemoProcessedTopic = "rollcall.processed";

struct DemoRecord {
  std::string_view topic;
  std::string key;
  std::string payload;
};

// What the producers of `rollcall demo` say, tick by tick: three batches that progress side by side. Of `orders` a dozen
// are never processed, in `payments` some are processed that nobody expected, `shipments` has duplicates and records that
// cannot be read. The same seed tells the same story.
class DemoScript {
 public:
  static constexpr int kTicks = 100;
  static constexpr int kIdsPerTick = 20;
  static constexpr std::size_t kMissing = 12;
  static constexpr std::size_t kUnexpected = 5;
  static constexpr std::size_t kDuplicates = 7;
  static constexpr std::size_t kBadRecords = 3;

  explicit DemoScript(std::uint64_t seed);

  [[nodiscard]] bool finished() const { return tick_ >= kTicks + kProcessingLag; }
  [[nodiscard]] std::vector<DemoRecord> next();

 private:
  static constexpr int kProcessingLag = 5;  // ticks between an expectation and its processing

  void expect(int tick, std::vector<DemoRecord>& out);
  void process(int tick, std::vector<DemoRecord>& out);
  [[nodiscard]] std::string payment(int number) const;

  std::uint64_t seed_;
  std::vector<bool> lost_;  // orders that are never processed
  int tick_ = 0;
};

}  // namespace rollcall
