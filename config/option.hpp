#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/mask.hpp"

namespace rollcall::config {

// How to reach one field of Config, to read it and to set it.
template <class T>
struct Access {
  const T& (*read)(const Config&) = nullptr;
  T& (*write)(Config&) = nullptr;
};

using Duration = std::chrono::milliseconds;
using Texts = std::vector<std::string>;
using Topics = std::vector<TopicConfig>;
using Properties = std::map<std::string, std::string>;
using Field =
    std::variant<Access<std::string>, Access<bool>, Access<std::uint64_t>, Access<Duration>,
                 Access<Bytes>, Access<Texts>, Access<Topics>, Access<Properties>>;

// What is wrong with a text, or empty. Must not quote the text: it may be a secret.
using Check = std::string (*)(const std::string&);

// One option, declared once: reading, range checks, `config print`, the example file and the known
// names follow from it.
struct Option {
  std::string_view key;   // "section.name"
  Field field;            // its default is what a default-constructed Config has there
  std::string_view help;  // one sentence
  std::string_view form =
      {};  // what a text looks like: "address:port"; the other types speak for themselves
  std::uint64_t min = 0;  // in the field's base unit: ms, bytes, count, items
  std::uint64_t max = std::numeric_limits<std::int64_t>::max();
  std::string_view choices = {};  // the only texts allowed, with '|' between them
  Check check = nullptr;
  bool secret = false;  // masked when shown, and `key` + "_file" is understood, too
  std::string (*mask)(std::string_view) = mask_url;  // what may be seen of a secret
  std::string_view environment =
      {};                        // another name that is understood beside ROLLCALL_SECTION__NAME
  std::string_view sample = {};  // lines for the example file, commented out
};

// Every option, grouped by section, in the order of the example file.
[[nodiscard]] std::span<const Option> options();
// Null where there is none with this key.
[[nodiscard]] const Option* find_option(std::string_view key);

[[nodiscard]] std::string_view section_of(std::string_view key);
[[nodiscard]] std::string_view name_of(std::string_view key);
// "http.listen" to "ROLLCALL_HTTP__LISTEN"
[[nodiscard]] std::string environment_name(std::string_view key);

// Sections that exist, each once, in order.
[[nodiscard]] std::vector<std::string> sections();
// Every key that may be written, `_file` variants included.
[[nodiscard]] std::vector<std::string> known_keys();

[[nodiscard]] std::vector<std::string> choices_of(const Option& option);

// The field's value as TOML, secrets masked.
[[nodiscard]] std::string show(const Option& option, const Config& config);

inline constexpr std::string_view kFileSuffix = "_file";

}  // namespace rollcall::config
