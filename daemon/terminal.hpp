#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Whether that descriptor is a terminal that understands more than text.
[[nodiscard]] bool is_terminal(int descriptor);

// A text from outside on one line, safe to show on a terminal: a backslash is doubled, a line feed
// is \n, a carriage return \r and any other control character \xHH.
[[nodiscard]] std::string printable(std::string_view text);

enum class Colour { plain, bold, red, green, yellow };

// Colours, where they are wanted: on a terminal, and not with NO_COLOR (https://no-color.org).
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  [[nodiscard]] static Paint of(int descriptor);

  [[nodiscard]] std::string operator()(Colour colour, std::string_view text) const;

 private:
  bool on_;
};

}  // namespace rollcall
