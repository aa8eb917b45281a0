#include "connectors/json/field_names.hpp"

#include <array>

namespace rollcall::json {

namespace {

constexpr std::array<std::string_view, kFields> kWords{"batch", "id", "ids", "range",  "side",
                                                       "op",    "ts", "due", "source", "attrs"};
constexpr std::array<std::string FieldNames::*, kFields> kMembers{
    &FieldNames::batch, &FieldNames::id, &FieldNames::ids, &FieldNames::range,  &FieldNames::side,
    &FieldNames::op,    &FieldNames::ts, &FieldNames::due, &FieldNames::source, &FieldNames::attrs};

// Appends the token with ~1 and ~0 undone; false where a ~ stands for nothing.
bool append_unescaped(std::string_view token, std::vector<std::string>& tokens) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
    text += token[i] == '0' ? '~' : '/';
  }
  tokens.push_back(std::move(text));
  return true;
}

bool leads_into(std::string_view outer, std::string_view inner) {
  return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '/';
}

std::string quoted(Field field, const FieldNames& names) {
  return std::string(to_string(field)) + " = \"" + pointer_of(names, field) + "\"";
}

}  // namespace

std::string_view to_string(Field field) { return kWords.at(static_cast<std::size_t>(field)); }

const std::string& pointer_of(const FieldNames& names, Field field) {
  return names.*kMembers.at(static_cast<std::size_t>(field));
}

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return {};
    pointer.remove_prefix(1);
    const auto token = pointer.substr(0, pointer.find('/'));
    if (!append_unescaped(token, tokens)) return {};
    pointer.remove_prefix(token.size());
  }
  return tokens;
}

std::vector<std::string> problems(const FieldNames& names) {
  std::vector<std::string> found;
  if (names.batch.empty())
    found.emplace_back("batch needs a pointer: without it no event has a batch");
  if (names.id.empty() && names.ids.empty() && names.range.empty()) {
    found.emplace_back(
        "one of id, ids and range needs a pointer: without it no event names a record");
  }
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    const auto& pointer = pointer_of(names, field);
    if (pointer.empty()) continue;
    if (pointer_tokens(pointer).empty()) {
      found.push_back(quoted(field, names) + " is no JSON pointer, such as \"/order/number\"");
    }
    for (std::size_t j = 0; j < kFields; ++j) {
      const auto other = static_cast<Field>(j);
      if (i < j && pointer == pointer_of(names, other)) {
        found.push_back(quoted(field, names) + " and " + quoted(other, names) +
                        " point at the same place");
      }
      if (leads_into(pointer, pointer_of(names, other))) {
        found.push_back(quoted(other, names) + " lies within " + quoted(field, names));
      }
    }
  }
  return found;
}

}  // namespace rollcall::json
