#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"
#include "config/reading.hpp"

namespace rollcall::config {

// One option from the command line, by its full name.
struct Override {
  std::string key;
  std::string text;
  std::string origin;  // the flag as it was given: "--http"
};

// Everything that a configuration is made of; a later member wins over an earlier one.
struct Sources {
  std::string file_name;                 // for messages
  std::optional<std::string> file_text;  // none: no file
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<Override> overrides;
};

// The configuration, or everything that is wrong with it at once. The config is usable only where
// problems is empty.
struct Loaded {
  Config config;
  std::map<std::string, std::string>
      origins;  // key to where its value comes from; absent: the default
  Problems problems;
  std::vector<std::string> warnings;  // what was given and has no effect
};

// Never throws, whatever the bytes. `read_file` is asked for what `_file` keys name.
[[nodiscard]] Loaded load(const Sources& sources, const ReadFile& read_file);

// The real outside: this process's environment, and files up to a limit.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> process_environment();
[[nodiscard]] FileText read_small_file(const std::string& path);

}  // namespace rollcall::config
