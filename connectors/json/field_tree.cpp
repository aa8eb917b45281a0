#include "connectors/json/field_tree.hpp"

#include <limits>

#include "pipeline/ensure.hpp"

namespace rollcall::json {

FieldTree::FieldTree(const FieldNames& names) {
  ENSURE(problems(names).empty());
  nodes_.emplace_back();
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    if (const auto& pointer = pointer_of(names, field); !pointer.empty()) add(field, pointer);
  }
}

std::string_view FieldTree::spelling(Field field) const {
  const auto node = node_of_.at(static_cast<std::size_t>(field));
  return node == 0 ? std::string_view{} : std::string_view{nodes_[node].spelling};
}

void FieldTree::add(Field field, std::string_view pointer) {
  std::uint8_t at = 0;
  std::size_t end = 0;
  const auto tokens = pointer_tokens(pointer);
  for (const auto& token : tokens) {
    end = pointer.find('/', end + 1);
    at = child_or_new(at, token, pointer.substr(0, end));
    nodes_[at].needed = nodes_[at].needed || is_needed(field);
  }
  nodes_[at].field = field;
  node_of_.at(static_cast<std::size_t>(field)) = at;
}

std::uint8_t FieldTree::child_or_new(std::uint8_t parent, const std::string& key,
                                     std::string_view pointer) {
  if (const auto* known = child(nodes_[parent], key)) {
    return static_cast<std::uint8_t>(known - nodes_.data());
  }
  ENSURE(nodes_.size() < std::numeric_limits<std::uint8_t>::max());
  const auto made = static_cast<std::uint8_t>(nodes_.size());
  Node node;
  node.key = key;
  node.spelling = parent == 0 ? key : std::string(pointer);
  auto& first = nodes_[parent].first_in_slot[slot(key)];
  node.next_in_slot = first;
  first = made;
  nodes_.push_back(std::move(node));
  return made;
}

}  // namespace rollcall::json
