#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/field_names.hpp"

namespace rollcall::json {

// A field mapping as a tree of keys, so that one pass over a document finds every field, however deep it lies.
// Owner: the decoder; never changes. A flat mapping is a tree of one level.
class FieldTree {
 public:
  struct Node {
    std::string key;
    std::string spelling;  // as a dead letter shows it: the key at the top level, the pointer below
    std::optional<Field> field;                    // this key holds the field
    std::array<std::uint8_t, 32> first_in_slot{};  // the children; 0: none in that slot
    std::uint8_t next_in_slot = 0;
    bool needed = false;  // a field that is needed is or lies below this key
  };

  // `names` must have no problems().
  explicit FieldTree(const FieldNames& names);

  [[nodiscard]] const Node& root() const { return nodes_.front(); }

  // The child of that key, or null: an unknown field.
  [[nodiscard]] const Node* child(const Node& parent, std::string_view key) const {
    for (auto i = parent.first_in_slot[slot(key)]; i != 0; i = nodes_[i].next_in_slot) {
      if (nodes_[i].key == key) return &nodes_[i];
    }
    return nullptr;
  }

  // How the producer spells the field; empty where it is not read.
  [[nodiscard]] std::string_view spelling(Field field) const;

 private:
  // Length and first letter tell almost all keys apart, all of the default ones.
  static std::size_t slot(std::string_view key) {
    const auto first = key.empty() ? 0U : static_cast<unsigned char>(key.front());
    return (first + key.size() * 4U) & 31U;
  }
  void add(Field field, std::string_view pointer);
  std::uint8_t child_or_new(std::uint8_t parent, const std::string& key, std::string_view pointer);

  std::vector<Node> nodes_;
  std::array<std::uint8_t, kFields> node_of_{};
};

}  // namespace rollcall::json
