#include "connectors/json/timestamp.hpp"

#include <array>

namespace rollcall::json {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes text apart from its front; every step tells whether it found what it wanted.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool digits(std::size_t count, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }

  bool one_of(std::string_view choices, char& taken) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return false;
    taken = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  bool one_of(std::string_view choices) {
    char ignored = 0;
    return one_of(choices, ignored);
  }

  // The digits behind a decimal point as milliseconds.
  bool fraction_ms(int& ms) {
    std::size_t count = 0;
    int scale = 100;
    ms = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count, scale /= 10) {
      ms += (rest_[count] - '0') * scale;
    }
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // "[Europe/Berlin]"
  void skip_bracketed() {
    const auto end = rest_.find(']');
    if (rest_.starts_with('[') && end == rest_.size() - 1) rest_ = {};
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool at_word_end() const { return rest_.empty() || rest_.front() == '['; }

 private:
  std::string_view rest_;
};

bool read_date(Reader& reader, std::int64_t& days) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.digits(4, year) || !reader.one_of("-") || !reader.digits(2, month) ||
      !reader.one_of("-") || !reader.digits(2, day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return false;
  days = std::chrono::sys_days{date}.time_since_epoch().count();
  return true;
}

// Hours and minutes are enough.
bool read_time(Reader& reader, std::int64_t& ms) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int fraction = 0;
  if (!reader.digits(2, hour) || !reader.one_of(":") || !reader.digits(2, minute)) return false;
  if (reader.one_of(":")) {
    if (!reader.digits(2, second)) return false;
    if (reader.one_of(".,") && !reader.fraction_ms(fraction)) return false;
  }
  if (hour > 23 || minute > 59 || second > 60) return false;
  ms = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + fraction;
  return true;
}

// What stands behind a time; nothing is UTC.
bool read_offset(Reader& reader, std::int64_t& ms) {
  ms = 0;
  if (reader.at_end() || reader.one_of("Zz")) return true;
  (void)reader.one_of(" ");
  if (reader.word("UTC") || reader.word("GMT") || reader.one_of("Zz")) return true;
  char sign = 0;
  int hour = 0;
  int minute = 0;
  if (!reader.one_of("+-", sign) || !reader.digits(2, hour)) return false;
  const bool has_minutes = reader.one_of(":") || !reader.at_word_end();
  if (has_minutes && !reader.digits(2, minute)) return false;
  if (hour > 23 || minute > 59) return false;
  ms = (hour * 60 + minute) * std::int64_t{60'000} * (sign == '-' ? -1 : 1);
  return true;
}

std::optional<std::int64_t> within_range(std::int64_t ms) {
  if (ms < 0 || ms > kTimestampMsMax) return std::nullopt;
  return ms;
}

// The digits of a number of milliseconds or microseconds of our time. Fewer or others could be a date without its dashes.
std::optional<std::int64_t> read_epoch(std::string_view text) {
  constexpr std::size_t kMsDigits = 13;
  constexpr std::size_t kUsDigits = 16;
  if (text.size() != kMsDigits && text.size() != kUsDigits) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return text.size() == kUsDigits ? number / 1000 : number;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t kDurationMsMax = std::int64_t{36'525} * 86'400'000;

std::int64_t ms_of_unit(std::string_view name) {
  for (const auto& unit : kUnits) {
    if (unit.name == name) return unit.ms;
  }
  return 0;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  Reader reader(text);
  std::int64_t days = 0;
  std::int64_t time_ms = 0;
  std::int64_t offset_ms = 0;
  if (!read_date(reader, days)) return read_epoch(text);
  if (!reader.at_end()) {
    if (!reader.one_of("Tt ") || !read_time(reader, time_ms) || !read_offset(reader, offset_ms))
      return std::nullopt;
    reader.skip_bracketed();
    if (!reader.at_end()) return std::nullopt;
  }
  return within_range(days * std::int64_t{86'400'000} + time_ms - offset_ms);
}

std::optional<std::int64_t> timestamp_of(double number) {
  constexpr auto kMsEnd = static_cast<double>(kTimestampMsMax) + 1.0;
  if (!(number >= 0.0) || number >= kMsEnd * 1000.0) return std::nullopt;
  return static_cast<std::int64_t>(number < kMsEnd ? number : number / 1000.0);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::int64_t count = 0;
    std::size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      count = count * 10 + (text[at] - '0');
      if (count > kDurationMsMax) return std::nullopt;
    }
    std::size_t unit_end = at;
    while (unit_end < text.size() && !is_digit(text[unit_end])) ++unit_end;
    const auto unit_ms = ms_of_unit(text.substr(at, unit_end - at));
    if (at == 0 || unit_ms == 0 || count > kDurationMsMax / unit_ms) return std::nullopt;
    total += count * unit_ms;
    if (total > kDurationMsMax) return std::nullopt;
    text.remove_prefix(unit_end);
  }
  return std::chrono::milliseconds{total};
}

}  // namespace rollcall::json
