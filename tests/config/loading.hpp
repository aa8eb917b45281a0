#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/load.hpp"

namespace rollcall::config::test {

// A configuration's sources as a test writes them, with files that exist only here.
struct Given {
  std::string file = {};  // text of test.toml; empty: no file
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::vector<Override> overrides = {};
  std::map<std::string, std::string> secrets = {};  // path to text
};

inline Loaded load(const Given& given) {
  Sources sources;
  sources.file_name = "test.toml";
  if (!given.file.empty()) sources.file_text = given.file;
  sources.environment = given.environment;
  sources.overrides = given.overrides;
  return config::load(sources, [&](const std::string& path) -> FileText {
    const auto found = given.secrets.find(path);
    if (found == given.secrets.end()) return {{}, "No such file or directory"};
    return {found->second, {}};
  });
}

// What is wrong, as a person sees it.
inline std::vector<std::string> problems(const Given& given) {
  std::vector<std::string> messages;
  for (const auto& problem : load(given).problems) messages.push_back(message_of(problem));
  return messages;
}

inline std::string lines(const std::vector<std::string>& messages) {
  std::string text;
  for (const auto& message : messages) text += message + "\n";
  return text;
}

// For what must have exactly one problem.
inline std::string problem(const Given& given) {
  const auto messages = problems(given);
  if (messages.size() == 1) return messages.front();
  return std::to_string(messages.size()) + " problems\n" + lines(messages);
}

inline std::string problem_in_file(std::string text) { return problem({.file = std::move(text)}); }

}  // namespace rollcall::config::test
