#include "config/load.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unistd.h>

#include "config/apply.hpp"
#include "config/nearest.hpp"
#include "config/option.hpp"
#include "config/toml_text.hpp"

namespace rollcall::config {
namespace {

constexpr std::string_view kEnvironmentPrefix = "ROLLCALL_";
constexpr std::string_view kPropertiesKey = "kafka.properties";
constexpr std::string_view kPropertiesVariable = "ROLLCALL_KAFKA__PROPERTIES__";
// Set by the tests' servers around a daemon under test; no options.
constexpr std::array<std::string_view, 2> kForeignPrefixes = {"ROLLCALL_TEST_", "ROLLCALL_SERVER_"};

struct LaterVariable {
  std::string_view name;
  std::string_view warning;
};
// Part of the contract, understood so that nobody is refused for setting them; each says that
// nothing follows yet.
constexpr std::array kLaterVariables = {
    LaterVariable{"ETL_INTERVAL", "ETL_INTERVAL has no effect in this version: nothing is polled"},
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

class Loader {
 public:
  Loader(const Sources& sources, const ReadFile& read_file)
      : sources_(sources), read_file_(read_file) {}

  Loaded run() {
    read_file_layer();
    read_environment_layer();
    read_override_layer();
    check_topic_sides();
    check_checkpoint_sizes();
    return std::move(loaded_);
  }

 private:
  [[nodiscard]] Reading reading_of(std::string source) {
    return {std::move(source), read_file_, loaded_.problems};
  }

  // ---- The file ----

  void read_file_layer() {
    if (!sources_.file_text) return;
    auto reading = reading_of(sources_.file_name);
    const auto parsed = parse_toml(*sources_.file_text);
    if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
      Node at;
      at.at = error->at;
      reading.complain(at, "", "is no TOML: " + error->message, "mend the line");
      return;
    }
    for (const auto& section : std::get<Node>(parsed).children) read_section(section, reading);
  }

  void read_section(const Node& section, const Reading& reading) {
    const auto known = sections();
    if (std::find(known.begin(), known.end(), section.name) == known.end()) {
      complain_unknown_section(section, reading);
    } else if (section.kind != Node::Kind::table) {
      reading.complain(section, section.name,
                       "is " + std::string(to_string(section.kind)) + ", but it is a section",
                       "write [" + section.name + "] and the options below it");
    } else {
      refuse_secret_twice(section, reading);
      for (const auto& entry : section.children)
        set(section.name + "." + entry.name, entry, reading);
    }
  }

  static void complain_unknown_section(const Node& section, const Reading& reading) {
    if (section.kind == Node::Kind::table) {
      const auto meant = nearest(section.name, sections());
      reading.complain(
          section, section.name, "no such section",
          meant.empty() ? "see `rollcall config print`" : "did you mean [" + meant + "]?");
    } else {
      complain_unknown(section, section.name, reading);
    }
  }

  static void refuse_secret_twice(const Node& section, const Reading& reading) {
    const auto has = [&](std::string_view name) {
      return std::any_of(section.children.begin(), section.children.end(),
                         [&](const Node& entry) { return entry.name == name; });
    };
    for (const auto& option : options()) {
      const std::string name(name_of(option.key));
      if (!option.secret || section_of(option.key) != section.name) continue;
      if (has(name) && has(name + std::string(kFileSuffix))) {
        reading.complain(section, option.key, "is given both itself and as a file", "keep one");
      }
    }
  }

  // ---- The environment ----

  // Common names first, so that rollcall's own name for the same option wins.
  void read_environment_layer() {
    for (const auto& [name, text] : sources_.environment) {
      if (!text.empty()) read_common_variable(name, text);
    }
    for (const auto& [name, text] : sources_.environment) {
      if (name.starts_with(kEnvironmentPrefix) && !is_foreign(name)) read_own_variable(name, text);
    }
  }

  void read_common_variable(const std::string& name, const std::string& text) {
    for (const auto& option : options()) {
      if (!option.environment.empty() && option.environment == name) {
        set(std::string(option.key), loose(text), reading_of("environment " + name));
      }
    }
    for (const auto& later : kLaterVariables) {
      if (later.name == name) loaded_.warnings.emplace_back(later.warning);
    }
  }

  static bool is_foreign(std::string_view name) {
    return std::any_of(kForeignPrefixes.begin(), kForeignPrefixes.end(),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
  }

  void read_own_variable(const std::string& name, const std::string& text) {
    const auto reading = reading_of("environment " + name);
    if (name.starts_with(kPropertiesVariable)) {
      set(std::string(kPropertiesKey) + "." + property_name(name), loose(text), reading);
      return;
    }
    std::vector<std::string> variables;
    for (const auto& key : known_keys()) {
      variables.push_back(environment_name(key));
      if (variables.back() == name) {
        set(key, loose(text), reading);
        return;
      }
    }
    complain_unknown_variable(name, nearest(name, variables));
  }

  // Only names with "__" are ours alone: Kubernetes sets ROLLCALL_PORT for a service that is called
  // rollcall, scripts set names of their own. A name that nearly is one of ours is a slip all the
  // same.
  void complain_unknown_variable(const std::string& name, const std::string& meant) {
    // Of the commands that ask a daemon; a shell has them set for all that it starts.
    if (name == "ROLLCALL_URL" || name == "ROLLCALL_TOKEN") return;
    const auto where = "environment " + name;
    if (!meant.empty()) {
      loaded_.problems.push_back({where, "", "no such option", "did you mean " + meant + "?"});
    } else if (name.find("__") != std::string::npos) {
      loaded_.problems.push_back(
          {where, "", "no such option", "unset it, or see `rollcall config print`"});
    } else {
      loaded_.warnings.push_back(where + " is no option and has no effect");
    }
  }

  // librdkafka's names have dots, which a variable cannot have.
  static std::string property_name(std::string_view variable) {
    auto name = lower(variable.substr(kPropertiesVariable.size()));
    const auto suffix = name.ends_with(kFileSuffix) ? kFileSuffix.size() : 0;
    std::replace(name.begin(), name.end() - static_cast<std::ptrdiff_t>(suffix), '_', '.');
    return name;
  }

  // ---- Flags ----

  void read_override_layer() {
    for (const auto& given : sources_.overrides)
      set(given.key, loose(given.text), reading_of(given.origin));
  }

  // ---- One option ----

  static Node loose(const std::string& text) {
    Node node;
    node.text = text;
    node.loose = true;
    return node;
  }

  void set(const std::string& key, const Node& value, const Reading& reading) {
    const std::string properties_prefix = std::string(kPropertiesKey) + ".";
    if (key.starts_with(properties_prefix)) {
      apply_property(key.substr(properties_prefix.size()), value, reading,
                     loaded_.config.kafka.properties);
      loaded_.origins[std::string(kPropertiesKey)] = reading.place(value);
    } else if (const auto* option = find_option(key)) {
      apply(*option, value, reading, loaded_.config);
      loaded_.origins[key] = reading.place(value);
    } else if (const auto* secret = secret_of(key)) {
      set_from_file(*secret, key, value, reading);
    } else {
      complain_unknown(value, key, reading);
    }
  }

  static const Option* secret_of(std::string_view key) {
    if (!key.ends_with(kFileSuffix)) return nullptr;
    const auto* option = find_option(key.substr(0, key.size() - kFileSuffix.size()));
    return option != nullptr && option->secret ? option : nullptr;
  }

  void set_from_file(const Option& option, const std::string& key, const Node& path,
                     const Reading& reading) {
    Node secret;
    secret.at = path.at;
    secret.loose = path.loose;
    if (!read_secret(path, key, reading, secret.text)) return;
    apply(option, secret, reading, loaded_.config);
    loaded_.origins[std::string(option.key)] =
        "file " + quote(path.text) + ", named by " + reading.place(path);
  }

  static void complain_unknown(const Node& value, const std::string& key, const Reading& reading) {
    const auto keys = known_keys();
    auto meant = nearest(key, keys);
    // The right name in the wrong section, or in none.
    const auto dot = key.rfind('.');
    const auto name = key.substr(dot == std::string::npos ? 0 : dot + 1);
    for (const auto& candidate : keys) {
      if (meant.empty() && name_of(candidate) == name) meant = candidate;
    }
    reading.complain(value, key, "no such option",
                     meant.empty() ? "see `rollcall config print`" : "did you mean " + meant + "?");
  }

  // ---- What options owe each other ----

  [[nodiscard]] std::string origin_of(const std::string& key) const {
    const auto found = loaded_.origins.find(key);
    return found == loaded_.origins.end() ? "default" : found->second;
  }

  void check_topic_sides() {
    const auto& sides = loaded_.config.batches.sides;
    for (const auto& topic : loaded_.config.kafka.topics) {
      if (topic.side == "event" || std::find(sides.begin(), sides.end(), topic.side) != sides.end())
        continue;
      const auto meant = nearest(topic.side, sides);
      loaded_.problems.push_back({origin_of("kafka.topics"), "kafka.topics",
                                  quote(topic.name) + " has the side " + quote_briefly(topic.side) +
                                      ", which batches.sides does not name",
                                  meant.empty() ? "name one of batches.sides, or event"
                                                : "did you mean " + quote(meant) + "?"});
    }
  }

  void check_checkpoint_sizes() {
    const auto& checkpoint = loaded_.config.checkpoint;
    if (checkpoint.bytes <= checkpoint.uncommitted_bytes_max) return;
    loaded_.problems.push_back({origin_of("checkpoint.bytes"), "checkpoint.bytes",
                                to_text(checkpoint.bytes) +
                                    " is more than checkpoint.uncommitted_bytes_max, " +
                                    to_text(checkpoint.uncommitted_bytes_max),
                                "lower the one or raise the other"});
  }

  const Sources& sources_;
  const ReadFile& read_file_;
  Loaded loaded_;
};

}  // namespace

Loaded load(const Sources& sources, const ReadFile& read_file) {
  return Loader(sources, read_file).run();
}

std::vector<std::pair<std::string, std::string>> process_environment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  std::sort(variables.begin(), variables.end());
  return variables;
}

FileText read_small_file(const std::string& path) {
  constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {{}, "it is a directory"};
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return {{}, std::strerror(errno)};
  std::string text(kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return {{}, std::strerror(errno)};
  if (text.size() > kFileBytesMax) return {{}, "it is longer than 1 MiB"};
  return {std::move(text), {}};
}

}  // namespace rollcall::config
