#include "connectors/json/json_syntax.hpp"

#include <bitset>
#include <cstdint>

namespace rollcall::json {

namespace {

class Checker {
 public:
  explicit Checker(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  Syntax check() {
    if (!document()) return Syntax::malformed;
    skip_space();
    return at_ == end_ ? Syntax::valid : Syntax::trailing;
  }

 private:
  // Each turn reads one value or, behind a value, closes what ends there.
  bool document() {
    for (;;) {
      bool opened = false;
      if (!value(opened)) return false;
      if (opened) continue;
      while (depth_ > 0) {
        skip_space();
        if (take(',')) break;
        if (!take(in_object_[depth_ - 1] ? '}' : ']')) return false;
        --depth_;
      }
      if (depth_ == 0) return true;
      if (in_object_[depth_ - 1] && !key()) return false;
    }
  }

  // Reads a scalar or an empty container whole; of any other container only what stands before its first value.
  bool value(bool& opened) {
    skip_space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return open('}', true, opened);
      case '[':
        return open(']', false, opened);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool open(char closing, bool object, bool& opened) {
    ++at_;
    skip_space();
    if (take(closing)) return true;
    if (depth_ == kNestingMax) return false;
    in_object_[depth_++] = object;
    opened = true;
    return !object || key();
  }

  bool key() {
    skip_space();
    if (at_ == end_ || *at_ != '"' || !string()) return false;
    skip_space();
    return take(':');
  }

  bool string() {
    for (++at_; at_ != end_; ++at_) {
      const auto byte = static_cast<unsigned char>(*at_);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte < 0x20) return false;
      if (byte == '\\' && !escape()) return false;
    }
    return false;
  }

  // At a backslash; stops at the last byte of the escape. A surrogate must be one half of a pair.
  bool escape() {
    if (++at_ == end_) return false;
    if (*at_ != 'u') return std::string_view("\"\\/bfnrt").find(*at_) != std::string_view::npos;
    std::uint32_t unit = 0;
    if (!hex4(unit) || (unit >= 0xDC00 && unit <= 0xDFFF)) return false;
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    if (end_ - at_ < 3 || at_[1] != '\\' || at_[2] != 'u') return false;
    at_ += 2;
    return hex4(unit) && unit >= 0xDC00 && unit <= 0xDFFF;
  }

  bool hex4(std::uint32_t& unit) {
    if (end_ - at_ < 5) return false;
    unit = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = *++at_;
      std::uint32_t digit = 0;
      if (c >= '0' && c <= '9') {
        digit = static_cast<std::uint32_t>(c - '0');
      } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        digit = static_cast<std::uint32_t>((c | 0x20) - 'a') + 10U;
      } else {
        return false;
      }
      unit = unit * 16U + digit;
    }
    return true;
  }

  bool number() {
    (void)take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) (void)take('-');
      return digits();
    }
    return true;
  }

  bool digits() {
    const auto* first = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ != first;
  }

  bool word(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  const char* at_;
  const char* end_;
  std::bitset<kNestingMax> in_object_;
  std::size_t depth_ = 0;
};

}  // namespace

Syntax check_syntax(std::string_view text) { return Checker(text).check(); }

std::optional<std::string_view> integer_of(std::string_view value) {
  const auto digits = value.substr(value.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  return digits == "0" ? digits : value;
}

}  // namespace rollcall::json
