#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/json/body_error.hpp"
#include "connectors/json/json_decoder.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall::json {

// Events, one on each line, cut into units of a bounded size. Where a unit ends depends on nothing
// but the lines, so that a body that is sent again is cut at the same places.
// Owner:  whoever reads the body. Runs on: any thread, one call at a time.
// Limits: a unit ends with the line that makes it kUnitLines or kUnitBytes; a line has at most
//         kLineBytesMax.
// Fails:  never; a line that is no event is counted and told, and reading goes on.
class EventLines {
 public:
  static constexpr std::uint64_t kUnitLines = 10'000;
  static constexpr std::size_t kUnitBytes = std::size_t{1} << 20U;
  static constexpr std::size_t kLineBytesMax = std::size_t{1} << 20U;

  EventLines();

  // Takes lines off the front of the text until the unit is full or no line is complete; at the end
  // of the body what is left is a line as well. Returns the bytes taken.
  [[nodiscard]] std::size_t take(std::string_view text, bool at_end);
  [[nodiscard]] bool full() const { return lines_ >= kUnitLines || bytes_ >= kUnitBytes; }
  [[nodiscard]] bool empty() const { return bytes_ == 0; }

  // The unit's records, and begins the next one.
  [[nodiscard]] AddRecords take_unit();
  // Of the lines so far, counted from 1 through all units: "/<line>/<field>".
  [[nodiscard]] BodyErrors& errors() { return errors_; }
  // The line, counted from 1, of a place in the last unit that was taken.
  [[nodiscard]] std::uint64_t line_of(std::uint32_t place) const { return unit_begin_ + place + 1; }

 private:
  void take_line(std::string_view line);
  void refuse(BadRecordReason reason, std::string_view field);
  std::size_t index_of_batch(std::string_view name);
  std::uint8_t index_of_side(std::string_view name);
  void append(const Event& event);

  JsonDecoder decoder_;
  BodyErrors errors_;
  AddRecords unit_;
  std::vector<std::uint32_t> batch_of_;  // of each record, an index into batches_
  std::vector<std::string> batches_;
  std::unordered_map<std::string, std::size_t> batch_index_;
  std::size_t last_batch_ = 0;
  std::uint64_t lines_ = 0;       // of this unit
  std::size_t bytes_ = 0;         // of this unit
  std::uint64_t unit_begin_ = 0;  // lines before the unit that was taken last
  std::uint64_t lines_before_ = 0;
};

// What a person is told about a line or a field that cannot be read.
[[nodiscard]] std::string message_of(BadRecordReason reason);

}  // namespace rollcall::json
