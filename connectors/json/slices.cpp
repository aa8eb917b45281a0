#include "connectors/json/slices.hpp"

#include <cstddef>

namespace rollcall::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Walks over a text that is known to be valid; on any other it ends early but reads nothing beyond.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  // Skips space, and one of these characters.
  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

  std::string_view string() {
    skip_space();
    const std::size_t begin = at_;
    skip_string();
    const auto whole = text_.substr(begin, at_ - begin);
    return whole.size() < 2 ? std::string_view{} : whole.substr(1, whole.size() - 2);
  }

  std::string_view value() {
    skip_space();
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (depth == 0 && (c == ',' || c == ']' || c == '}' || kSpace.find(c) != kSpace.npos)) break;
      if (c == '"') {
        skip_string();
      } else {
        ++at_;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
      }
      if (depth == 0 && (c == '"' || c == '}' || c == ']')) break;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && kSpace.find(text_[at_]) != kSpace.npos) ++at_;
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = at_ < text_.size() ? at_ + 1 : text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<MemberSlice> members_of(std::string_view object) {
  std::vector<MemberSlice> members;
  Walker walker(object);
  if (!walker.take('{') || walker.take('}')) return members;
  do {
    const auto key = walker.string();
    if (!walker.take(':')) break;
    members.push_back({key, walker.value()});
  } while (walker.take(','));
  return members;
}

std::vector<std::string_view> elements_of(std::string_view array) {
  std::vector<std::string_view> elements;
  Walker walker(array);
  if (!walker.take('[') || walker.take(']')) return elements;
  do {
    elements.push_back(walker.value());
  } while (walker.take(','));
  return elements;
}

std::string_view member_of(std::string_view object, std::string_view key) {
  for (const auto& member : members_of(object)) {
    if (member.key == key) return member.value;
  }
  return {};
}

std::string shortened(std::string_view value) {
  constexpr std::size_t kShownBytesMax = 80;
  if (value.size() <= kShownBytesMax) return std::string{value};
  std::size_t end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string{value.substr(0, end)} + "...";
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace rollcall::json
