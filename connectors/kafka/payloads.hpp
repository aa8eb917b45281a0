#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/kafka/kafka_handles.hpp"

namespace rollcall::kafka {

// Empty where there is none.
inline std::string_view payload_of(const rd_kafka_message_t& message) {
  return message.payload == nullptr
             ? std::string_view{}
             : std::string_view{static_cast<const char*>(message.payload), message.len};
}

// The payloads of one drain. A small one is copied, so that its message goes back to the client at
// once, while it is in the cache, and does not hold the whole fetch in memory; a large one keeps
// its message.
// Owner:  the reader. Runs on: the loop.
// Limits: kCopiedBytesMax of copies; what is beyond keeps its message.
class Payloads {
 public:
  static constexpr std::size_t kSmall = 1024;
  static constexpr std::size_t kCopiedBytesMax = std::size_t{1} << 20U;

  Payloads() : copies_(kCopiedBytesMax) {}

  // The payload of a message, valid until clear().
  [[nodiscard]] std::string_view keep(MessageHandle message) {
    const std::string_view payload = payload_of(*message);
    if (payload.empty()) return {};
    if (payload.size() > kSmall || payload.size() > copies_.size() - used_) {
      held_.push_back(std::move(message));
      return payload;
    }
    char* copy = copies_.data() + used_;
    std::memcpy(copy, payload.data(), payload.size());
    used_ += payload.size();
    return {copy, payload.size()};
  }

  void clear() {
    used_ = 0;
    held_.clear();
  }

 private:
  std::vector<char> copies_;
  std::size_t used_ = 0;
  std::vector<MessageHandle> held_;
};

}  // namespace rollcall::kafka
