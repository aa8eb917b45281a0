#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// The project's own files as text, for the rules of tidy_test.cpp.

namespace rollcall {

struct SourceFile {
  std::string path;  // below the top folder, with '/'
  std::string text;
};

inline bool has_suffix(std::string_view path, std::initializer_list<std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](auto s) { return path.ends_with(s); });
}
inline bool is_cpp(const SourceFile& file) { return has_suffix(file.path, {".cpp", ".hpp"}); }

inline bool is_text(const SourceFile& file) {
  return is_cpp(file) || file.path == "Makefile" ||
         has_suffix(file.path, {".md", ".txt", ".sh", ".cmake", ".json", ".toml", ".yaml", ".yml",
                                ".sql", ".py", ".xml"});
}

inline std::vector<SourceFile> read_project_files() {
  namespace fs = std::filesystem;
  const fs::path top = ROLLCALL_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(top);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const auto path = entry->path().lexically_relative(top).generic_string();
    if (entry->is_directory() && (path == "build" || path == ".git" || path == ".cache")) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      std::ifstream in(entry->path(), std::ios::binary);
      files.push_back({path, {std::istreambuf_iterator<char>(in), {}}});
    }
  }
  return files;
}

inline const std::vector<SourceFile>& project_files() {
  static const std::vector<SourceFile> files = read_project_files();
  return files;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline std::string at(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

// Where the comment, string or character constant that begins at `begin` ends; `begin` itself where none begins.
inline std::size_t end_of_non_code(const std::string& text, std::size_t begin) {
  const auto end_after = [&](std::string_view mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string::npos ? text.size() : found + mark.size();
  };
  const std::string_view rest = std::string_view(text).substr(begin);
  if (rest.starts_with("//")) return std::min(text.find('\n', begin), text.size());
  if (rest.starts_with("/*")) return end_after("*/", begin + 2);
  if (rest.starts_with("R\"")) {
    const auto open = text.find('(', begin);
    return end_after(")" + text.substr(begin + 2, open - begin - 2) + "\"", open);
  }
  const bool digit_separator =
      begin > 0 && std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0;
  if (rest.front() != '"' && (rest.front() != '\'' || digit_separator)) return begin;
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == rest.front() || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

// The text with comments, strings and (if asked) preprocessor lines blanked; every line keeps its number.
inline std::string code_of(const std::string& text, bool keep_directives = false) {
  std::string code = text;
  bool line_start = true;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = end_of_non_code(text, i);
    if (line_start && text[i] == '#') {
      end = i;
      do {
        end = std::min(text.find('\n', end + 1), text.size());
      } while (end < text.size() && text[end - 1] == '\\');
      if (keep_directives) {
        i = end;
        continue;
      }
    }
    line_start = text[i] == '\n' || (line_start && text[i] == ' ');
    if (end == i) ++i;
    for (; i < end; ++i) {
      if (text[i] != '\n') code[i] = ' ';
      line_start = text[i] == '\n';
    }
  }
  return code;
}

}  // namespace rollcall
