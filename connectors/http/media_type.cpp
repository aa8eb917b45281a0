#include "connectors/http/media_type.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "connectors/http/response.hpp"

namespace rollcall::http {
namespace {

struct FormatNames {
  Format format;
  std::string_view name;
  std::string_view content_type;
  std::array<std::string_view, 3> media_types;  // any of them in Accept asks for this format
};

// `ranges` has no media type of its own: it is asked for by name only.
constexpr std::array<FormatNames, 5> kFormats{{
    {Format::json, "json", kJsonType, {"application/json", "", ""}},
    {Format::ndjson,
     "ndjson",
     kNdjsonType,
     {"application/x-ndjson", "application/ndjson", "application/jsonl"}},
    {Format::csv, "csv", kCsvType, {"text/csv", "", ""}},
    {Format::text, "text", kTextType, {"text/plain", "", ""}},
    {Format::ranges, "ranges", kNdjsonType, {"", "", ""}},
}};

const FormatNames& names_of(Format format) { return kFormats.at(static_cast<std::size_t>(format)); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char x, char y) { return lower(x) == lower(y); });
}

std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const std::string_view part = trim(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

// "0", "0.5", "1.000" in thousandths; nothing for anything else.
std::optional<unsigned> read_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned value = static_cast<unsigned>(text[0] - '0') * 1000;
  unsigned weight = 100;
  for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (c < '0' || c > '9') return std::nullopt;
    value += static_cast<unsigned>(c - '0') * weight;
    weight /= 10;
  }
  return value <= 1000 ? std::optional{value} : std::nullopt;
}

// How closely a range of an Accept header covers a type: 0 not at all, 1 "*/*", 2 "type/*", 3
// itself.
unsigned closeness(std::string_view range, std::string_view media_type) {
  if (range == "*/*" || range == "*") return 1;
  const auto slash = media_type.find('/');
  if (range.ends_with("/*")) {
    const auto type = range.substr(0, range.size() - 2);
    return equal_ignoring_case(type, media_type.substr(0, slash)) ? 2 : 0;
  }
  return equal_ignoring_case(range, media_type) ? 3 : 0;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [kMarks](unsigned char c) {
    return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_media_range(std::string_view range) {
  const auto slash = range.find('/');
  if (slash == std::string_view::npos) return false;
  const auto type = range.substr(0, slash);
  const auto subtype = range.substr(slash + 1);
  return is_token(type) && is_token(subtype) && (type != "*" || subtype == "*");
}

bool is_quality(std::string_view parameter) {
  return parameter.starts_with("q=") || parameter.starts_with("Q=");
}

// Older clients send what is no list of media ranges, as the JDK's `*; q=.2`. They mean that they
// take anything, and to be refused for it helps nobody.
bool is_accept(std::string_view accept) {
  while (!accept.empty()) {
    std::string_view parameters = take_until(accept, ',');
    if (parameters.empty()) continue;
    if (!is_media_range(take_until(parameters, ';'))) return false;
    while (!parameters.empty()) {
      const std::string_view parameter = take_until(parameters, ';');
      if (is_quality(parameter) && !read_quality(parameter.substr(2))) return false;
    }
  }
  return true;
}

unsigned weigh(std::string_view list, std::string_view media_type) {
  if (trim(list).empty()) return 1000;
  unsigned closest = 0;
  unsigned quality = 0;
  while (!list.empty()) {
    std::string_view parameters = take_until(list, ',');
    const std::string_view range = take_until(parameters, ';');
    const unsigned close = closeness(range, media_type);
    if (close <= closest) continue;
    std::optional<unsigned> given = 1000;
    while (!parameters.empty()) {
      const std::string_view parameter = take_until(parameters, ';');
      if (is_quality(parameter)) given = read_quality(parameter.substr(2));
    }
    closest = close;
    quality = given.value_or(0);
  }
  return quality;
}

}  // namespace

std::string_view content_type_of(Format format) { return names_of(format).content_type; }
std::string_view to_string(Format format) { return names_of(format).name; }

std::optional<Format> format_named(std::string_view name) {
  for (const FormatNames& names : kFormats) {
    if (names.name == name) return names.format;
  }
  return std::nullopt;
}

bool is_media_type(std::string_view content_type, std::string_view media_type) {
  const std::string_view named = take_until(content_type, ';');
  if (equal_ignoring_case(named, media_type)) return true;
  if (media_type != kNdjsonType) return false;
  const auto& names = names_of(Format::ndjson).media_types;
  return !named.empty() && std::any_of(names.begin(), names.end(), [named](std::string_view name) {
    return equal_ignoring_case(named, name);
  });
}

unsigned quality_of(std::string_view accept, std::string_view media_type) {
  return is_accept(accept) ? weigh(accept, media_type) : 1000;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  return !trim(accept_encoding).empty() && weigh(accept_encoding, coding) > 0;
}

std::optional<Format> negotiate(std::string_view accept, std::span<const Format> offered) {
  std::optional<Format> best;
  unsigned best_quality = 0;
  for (const Format format : offered) {
    for (const std::string_view media_type : names_of(format).media_types) {
      if (media_type.empty()) continue;
      const unsigned quality = quality_of(accept, media_type);
      if (quality <= best_quality) continue;
      best = format;
      best_quality = quality;
    }
  }
  return best;
}

}  // namespace rollcall::http
