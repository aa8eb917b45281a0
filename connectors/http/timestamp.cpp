#include "connectors/http/timestamp.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace rollcall::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;
using Moment = std::chrono::sys_time<milliseconds>;

Moment clamp(std::int64_t unix_ms) {
  using namespace std::chrono_literals;
  constexpr Moment kFirst{sys_days{std::chrono::January / 1 / 0}};
  constexpr Moment kLast{sys_days{std::chrono::December / 31 / 9999} + 24h - 1ms};
  return std::clamp(Moment{milliseconds{unix_ms}}, kFirst, kLast);
}

void append_padded(std::string& out, unsigned value, unsigned digits) {
  std::array<char, 4> text{};
  for (unsigned at = digits; at > 0; --at, value /= 10)
    text.at(at - 1) = static_cast<char>('0' + value % 10);
  out.append(text.data(), digits);
}

void append_clock(std::string& out, const std::chrono::hh_mm_ss<milliseconds>& clock) {
  append_padded(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(clock.seconds().count()), 2);
}

}  // namespace

void append_rfc3339(std::string& out, std::int64_t unix_ms) {
  const Moment moment = clamp(unix_ms);
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{moment - day};
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_clock(out, clock);
  out += '.';
  append_padded(out, static_cast<unsigned>(clock.subseconds().count()), 3);
  out += 'Z';
}

std::string http_date(std::int64_t unix_ms) {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Moment moment = clamp(unix_ms);
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  std::string out{kDays.at(std::chrono::weekday{day}.c_encoding())};
  out += ", ";
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += ' ';
  out += kMonths.at(static_cast<unsigned>(date.month()) - 1);
  out += ' ';
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += ' ';
  append_clock(out, std::chrono::hh_mm_ss{moment - day});
  out += " GMT";
  return out;
}

}  // namespace rollcall::http
