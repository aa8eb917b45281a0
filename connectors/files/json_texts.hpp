#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "pipeline/failure.hpp"

namespace rollcall::files {

// One JSON text of a file and the line where it begins, counted from 1. Not yet looked into.
using TakeText = std::function<void(std::uint64_t line, std::string_view text)>;

inline constexpr std::size_t kTextBytesMax = std::size_t{1} << 20U;

// The lines of an NDJSON file that hold anything but white space, from bytes in pieces of any size.
// Limits: a line may be kTextBytesMax long. Fails: bad_record, with the line.
class LineTexts {
 public:
  explicit LineTexts(TakeText take) : take_(std::move(take)) {}

  [[nodiscard]] Result<void> feed(std::string_view bytes);
  [[nodiscard]] Result<void> finish();

 private:
  void take_line(std::string_view line);

  TakeText take_;
  std::string begun_;  // of a line whose end has not come
  std::uint64_t line_ = 1;
};

// The elements of one JSON array, or of the array that an object holds under `key`, from bytes in
// pieces of any size: a file of any length is read in the memory of its longest element.
// Members before and behind that array are skipped without a look into them.
// Limits: an element may be kTextBytesMax long. Fails: bad_record, with the line.
class ArrayTexts {
 public:
  ArrayTexts(std::string key, TakeText take) : key_(std::move(key)), take_(std::move(take)) {}

  [[nodiscard]] Result<void> feed(std::string_view bytes);
  [[nodiscard]] Result<void> finish();

 private:
  enum class State : std::uint8_t {
    begin,
    first_key,  // of the object around, or its end
    key,        // behind a comma
    in_key,
    colon,
    member,     // before the value of a member
    in_member,  // in a value that is skipped
    after_member,
    first_element,  // or the end of the array
    element,        // behind a comma
    in_element,
    after_element,
    end,
  };

  void step(char c);  // sets problem_ where that byte cannot stand there
  void step_between(char c);
  void begin_value(char c, State inside);
  void step_in_value(char c);
  void end_value();
  void close_array();
  void expect(char c, char wanted, State next);

  std::string key_;
  TakeText take_;
  State state_ = State::begin;
  bool in_object_ = false;  // the array is a member's value
  bool found_ = false;      // the array
  std::string text_;        // the key or the element that is being read
  std::size_t depth_ = 0;   // of the brackets that are open within the value
  bool in_string_ = false;
  bool escaped_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t begun_line_ = 1;
  std::string problem_;
};

}  // namespace rollcall::files
