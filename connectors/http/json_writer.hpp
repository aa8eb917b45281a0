#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/ledger/record_id.hpp"

namespace rollcall::http {

template <std::integral T>
inline void append_integer(std::string& out, T value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// Appends text as a JSON string, quotes included. Whatever the bytes, the result is valid JSON in
// UTF-8: what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Appends an id: a JSON number up to 2^53-1, which every client reads exactly, beyond that and for
// texts a string.
void append_json_id(std::string& out, const OwnedRecordId& id);

// matched / expected in percent, rounded down to six decimals so that 100.0 means all of them; 0.0
// for none expected.
void append_percentage(std::string& out, std::uint64_t matched, std::uint64_t expected);

// Writes JSON into a string from left to right and sets the commas. Whether one is due shows in the
// last character: after a value that is a quote, a digit, a letter or a closing bracket.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out), begin_(out.size()) {}

  JsonWriter& open(char bracket) { return separate(), out_ += bracket, *this; }
  JsonWriter& close(char bracket) { return out_ += bracket, *this; }
  JsonWriter& key(std::string_view name) {  // names are ours: nothing to escape
    separate();
    out_ += '"';
    out_.append(name).append("\":");
    return *this;
  }
  JsonWriter& foreign_key(std::string_view name) { return text(name), out_ += ':', *this; }
  JsonWriter& text(std::string_view value) {
    return separate(), append_json_string(out_, value), *this;
  }
  JsonWriter& number(std::integral auto value) {
    return separate(), append_integer(out_, value), *this;
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json) { return separate(), out_.append(json), *this; }
  JsonWriter& id(const OwnedRecordId& value) {
    return separate(), append_json_id(out_, value), *this;
  }
  JsonWriter& percentage(std::uint64_t matched, std::uint64_t expected) {
    return separate(), append_percentage(out_, matched, expected), *this;
  }
  JsonWriter& time(std::int64_t unix_ms);  // RFC 3339, UTC, milliseconds

  // A member of the object that is open; null where there is nothing.
  JsonWriter& optional_member(std::string_view name, const std::optional<std::string>& value) {
    key(name);
    return value ? text(*value) : null();
  }
  JsonWriter& member(std::string_view name, std::string_view value) {
    return key(name).text(value);
  }
  JsonWriter& member(std::string_view name, const char* value) { return key(name).text(value); }
  JsonWriter& member(std::string_view name, std::same_as<bool> auto value) {
    return key(name).boolean(value);
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonWriter& member(std::string_view name, T value) {
    return key(name).number(value);
  }

 private:
  void separate() {
    if (out_.size() == begin_) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
  }

  std::string& out_;
  std::size_t begin_;
};

}  // namespace rollcall::http
