#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::files {

// A record that is not sent, and why. Lines are counted from 1; an empty field means the whole line.
struct Refusal {
  std::uint64_t line = 0;
  std::string field;
  std::string message;
};

// Takes what a file holds, in its order.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // `event` is one JSON object on one line, without its line feed, and is gone after the call.
  virtual void record(std::uint64_t line, std::string_view event) = 0;
  virtual void refused(const Refusal& refusal) = 0;
};

}  // namespace rollcall::files
