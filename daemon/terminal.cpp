#include "daemon/terminal.hpp"

#include <array>
#include <cstdlib>
#include <unistd.h>

namespace rollcall {
namespace {

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1 && variable("TERM") != "dumb"; }

std::string printable(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  shown.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      shown += "\\\\";
    } else if (c == '\n') {
      shown += "\\n";
    } else if (c == '\r') {
      shown += "\\r";
    } else if (byte < 0x20 || byte == 0x7F) {
      shown.append("\\x") += kDigits[byte >> 4U];
      shown += kDigits[byte & 15U];
    } else {
      shown += c;
    }
  }
  return shown;
}

Paint Paint::of(int descriptor) {
  return Paint{is_terminal(descriptor) && variable("NO_COLOR").empty()};
}

std::string Paint::operator()(Colour colour, std::string_view text) const {
  constexpr std::array<std::string_view, 5> kCodes = {"", "1", "31", "32", "33"};
  if (!on_ || colour == Colour::plain) return std::string{text};
  return "\x1b[" + std::string{kCodes.at(static_cast<std::size_t>(colour))} + "m" +
         std::string{text} + "\x1b[0m";
}

}  // namespace rollcall
