#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::test {

struct ReadRecord {
  std::string_view topic;
  int partition = 0;
  std::int64_t offset = 0;
  std::string_view payload;
};

// Partition of a topic.
using TopicPartition = std::pair<std::string, int>;
using EndOffsets = std::map<TopicPartition, std::int64_t>;

// Reads every committed record of these partitions from their beginning to their present end, each partition in order,
// with a consumer that has nothing to do with rollcall's. Returns the ends. A restarted broker is waited for.
EndOffsets read_all(const std::vector<TopicPartition>& partitions,
                    const std::function<void(const ReadRecord&)>& take);

}  // namespace rollcall::test
