#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "config/node.hpp"
#include "config/problem.hpp"

namespace rollcall::config {

// A file's text, or why there is none.
struct FileText {
  std::string text;
  std::string error;  // empty: it was read
};
using ReadFile = std::function<FileText(const std::string& path)>;

// One pass over one place that options come from: a file, an environment variable, a flag. Collects
// what is wrong.
struct Reading {
  std::string source;  // "rollcall.toml", "environment DATABASE_URL", "--http"
  const ReadFile& read_file;
  Problems& problems;

  // Where the node stands: with line and column in a file.
  [[nodiscard]] std::string place(const Node& node) const {
    if (node.loose || node.at.line == 0) return source;
    return source + ":" + std::to_string(node.at.line) + ":" + std::to_string(node.at.column);
  }
  void complain(const Node& node, std::string_view key, std::string what,
                std::string advice) const {
    problems.push_back({place(node), std::string(key), std::move(what), std::move(advice)});
  }
};

// The text of the file that a `_file` key names, without white space at its ends; complains and
// gives nothing where it cannot be read.
[[nodiscard]] bool read_secret(const Node& path, std::string_view key, const Reading& reading,
                               std::string& secret);

}  // namespace rollcall::config
