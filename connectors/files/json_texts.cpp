#include "connectors/files/json_texts.hpp"

#include "connectors/json/slices.hpp"

namespace rollcall::files {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Failure at_line(std::uint64_t line, const std::string& message) {
  return {FailureKind::bad_record, "line " + std::to_string(line) + ": " + message, {}};
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

Result<void> LineTexts::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (begun_.size() + piece.size() > kTextBytesMax)
      return at_line(line_, "longer than 1 MiB; one event stands on each line");
    if (end == bytes.npos) {
      begun_.append(piece);
      return {};
    }
    if (begun_.empty()) {
      take_line(piece);
    } else {
      begun_.append(piece);
      take_line(begun_);
      begun_.clear();
    }
    ++line_;
    bytes.remove_prefix(end + 1);
  }
  return {};
}

Result<void> LineTexts::finish() {
  take_line(begun_);
  begun_.clear();
  return {};
}

void LineTexts::take_line(std::string_view line) {
  if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  const auto text = json::trimmed(line);
  if (!text.empty()) take_(line_, text);
}

Result<void> ArrayTexts::feed(std::string_view bytes) {
  for (const char c : bytes) {
    step(c);
    if (!problem_.empty()) return at_line(line_, problem_);
    if (text_.size() > kTextBytesMax)
      return at_line(begun_line_, "an element of more than 1 MiB begins here");
    if (c == '\n') ++line_;
  }
  return {};
}

Result<void> ArrayTexts::finish() {
  if (state_ == State::begin) return at_line(line_, "the file is empty");
  if (state_ != State::end) return at_line(line_, "the file ends in the middle");
  if (!found_)
    return at_line(line_, "there is no array: neither around everything nor as \"" + key_ + "\"");
  return {};
}

void ArrayTexts::step(char c) {
  switch (state_) {
    case State::in_key:
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        state_ = State::colon;
        return;
      }
      text_ += c;
      return;
    case State::in_member:
    case State::in_element:
      return step_in_value(c);
    default:
      if (!is_space(c)) step_between(c);
  }
}

void ArrayTexts::step_between(char c) {
  switch (state_) {
    case State::begin:
      // Each byte of a mark stands where only white space may, and is no bracket.
      if (kByteOrderMark.find(c) != kByteOrderMark.npos) return;
      if (c != '[' && c != '{') {
        problem_ = "neither an array nor an object; give --format where this is no JSON";
        return;
      }
      in_object_ = c == '{';
      found_ = !in_object_;
      state_ = in_object_ ? State::first_key : State::first_element;
      return;
    case State::first_key:
      if (c == '}') return static_cast<void>(state_ = State::end);
      [[fallthrough]];
    case State::key:
      text_.clear();
      return expect(c, '"', State::in_key);
    case State::colon:
      return expect(c, ':', State::member);
    case State::member:
      if (text_ != key_ || found_) return begin_value(c, State::in_member);
      found_ = true;
      if (c != '[') problem_ = "\"" + key_ + "\" is no array";
      state_ = State::first_element;
      return;
    case State::after_member:
      if (c == '}') return static_cast<void>(state_ = State::end);
      return expect(c, ',', State::key);
    case State::first_element:
      if (c == ']') return close_array();
      [[fallthrough]];
    case State::element:
      return begin_value(c, State::in_element);
    case State::after_element:
      if (c == ']') return close_array();
      return expect(c, ',', State::element);
    default:
      problem_ = "something stands behind the end of the JSON text";
  }
}

void ArrayTexts::expect(char c, char wanted, State next) {
  if (c != wanted) problem_ = std::string{"expected '"} + wanted + "', found another character";
  state_ = next;
}

void ArrayTexts::begin_value(char c, State inside) {
  if (c == ',' || c == ']' || c == '}' || c == ':') {
    problem_ = std::string{"a value is missing before '"} + c + "'";
    return;
  }
  text_.clear();
  depth_ = 0;
  in_string_ = escaped_ = false;
  begun_line_ = line_;
  state_ = inside;
  step_in_value(c);
}

void ArrayTexts::step_in_value(char c) {
  if (!in_string_ && depth_ == 0 && (is_space(c) || c == ',' || c == ']' || c == '}')) {
    // A number or a word ends with what stands behind it.
    end_value();
    return step(c);
  }
  if (state_ == State::in_element) text_ += c;
  if (in_string_) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
      if (depth_ == 0) end_value();
    }
    return;
  }
  if (c == '"') in_string_ = true;
  if (c == '{' || c == '[') ++depth_;
  if ((c == '}' || c == ']') && --depth_ == 0) end_value();
}

void ArrayTexts::end_value() {
  if (state_ == State::in_element) take_(begun_line_, text_);
  text_.clear();
  state_ = state_ == State::in_element ? State::after_element : State::after_member;
}

void ArrayTexts::close_array() { state_ = in_object_ ? State::after_member : State::end; }

}  // namespace rollcall::files
