#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rollcall::config {

// One thing that is wrong with the configuration. Never carries a secret's value.
struct Problem {
  std::string where;  // "rollcall.toml:3:1", "environment LOG_LEVEL", "--http"
  std::string key;    // the option's full name; empty where none is to blame
  std::string what;
  std::string advice;  // what to do; may be empty
};

using Problems = std::vector<Problem>;

// "where: key: what is wrong; what to do"
[[nodiscard]] inline std::string message_of(const Problem& problem) {
  std::string text = problem.where + ": ";
  if (!problem.key.empty()) text += problem.key + ": ";
  text += problem.what;
  if (!problem.advice.empty()) text += "; " + problem.advice;
  return text;
}

}  // namespace rollcall::config
