// The only file that sees toml++.
#include <algorithm>
#include <exception>
#include <optional>
#include <toml++/toml.h>
#include <utility>

#include "config/node.hpp"

namespace rollcall::config {
namespace {

// toml++ bounds nested brackets but not dotted keys, and frees each level by recursion.
constexpr std::uint32_t kKeyPartsMax = 32;

Position position_of(const toml::source_position& at) { return {at.line, at.column}; }

Node node_of(const toml::node& from);

void fill_table(Node& node, const toml::table& table) {
  node.kind = Node::Kind::table;
  for (const auto& [key, value] : table) {
    Node child = node_of(value);
    child.name = std::string(key.str());
    if (key.source().begin) child.at = position_of(key.source().begin);
    node.children.push_back(std::move(child));
  }
  // toml++ sorts by name; a person reads problems in the order of lines.
  std::stable_sort(node.children.begin(), node.children.end(),
                   [](const Node& a, const Node& b) { return a.at < b.at; });
}

Node node_of(const toml::node& from) {
  Node node;
  node.at = position_of(from.source().begin);
  if (const auto* table = from.as_table()) {
    fill_table(node, *table);
  } else if (const auto* array = from.as_array()) {
    node.kind = Node::Kind::list;
    for (const auto& item : *array) node.children.push_back(node_of(item));
  } else if (const auto* text = from.as_string()) {
    node.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = Node::Kind::boolean;
    node.boolean = boolean->get();
  } else {
    node.kind = from.is_floating_point() ? Node::Kind::real : Node::Kind::date;
  }
  return node;
}

// Where a quoted key or string that begins at `begin` ends on its line; a multi-line one is walked
// line by line, which only makes the check below stricter.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t i = begin + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return begin + 1;
}

std::optional<SyntaxError> find_deep_key(std::string_view text) {
  std::uint32_t line = 1;
  std::uint32_t parts = 1;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = end_of_quoted(text, i);
      continue;
    }
    const bool key_goes_on = c == ' ' || c == '\t' || c == '-' || c == '_' ||
                             (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z');
    if (c == '.') {
      if (++parts > kKeyPartsMax) return SyntaxError{{line, 1}, "a key has too many parts"};
    } else if (!key_goes_on) {
      parts = 1;
    }
    if (c == '\n') ++line;
    ++i;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::text:
      return "a text";
    case Node::Kind::integer:
      return "a whole number";
    case Node::Kind::real:
      return "a number with a fraction";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::date:
      return "a date or time";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::table:
      return "a table";
  }
  return "";
}

std::variant<Node, SyntaxError> parse_toml(std::string_view text) {
  if (auto deep = find_deep_key(text)) return *std::move(deep);
  try {
    return node_of(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return SyntaxError{position_of(error.source().begin), std::string(error.description())};
  } catch (const std::exception& error) {
    return SyntaxError{{1, 1}, error.what()};
  }
}

}  // namespace rollcall::config
