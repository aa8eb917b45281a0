#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/json/body_error.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall::json {

// A small body: one JSON object whose fields a handler asks for by name. Everything that is wrong is
// gathered, so that a client learns of all of it at once. Unknown fields are ignored.
// Owner: a handler. Limits: the body's; nesting as deep as simdjson takes.
class BodyObject {
 public:
  // Whether the text is one JSON object; otherwise why not. Unsupported: it is JSON, but some value of
  // it, maybe of a field that nobody asks for, is none that we can hold: a number beyond 64 bits.
  enum class Syntax { object, malformed, not_an_object, unsupported };

  explicit BodyObject(std::string_view text);
  ~BodyObject();
  BodyObject(const BodyObject&) = delete;
  BodyObject& operator=(const BodyObject&) = delete;

  [[nodiscard]] Syntax syntax() const;

  // Absent where an optional one is missing or null, and where it is wrong, which errors() tells.
  [[nodiscard]] std::optional<std::string> text(std::string_view name, std::size_t bytes_max);
  [[nodiscard]] std::string required_text(std::string_view name, std::size_t bytes_max);
  [[nodiscard]] std::optional<std::uint64_t> required_integer(std::string_view name,
                                                              std::uint64_t min, std::uint64_t max);
  [[nodiscard]] std::optional<std::uint64_t> integer(std::string_view name, std::uint64_t min,
                                                     std::uint64_t max);
  [[nodiscard]] std::optional<std::vector<std::uint64_t>> integers(std::string_view name,
                                                                   std::size_t count_max,
                                                                   std::uint64_t max);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name,
                                                              std::size_t count_max,
                                                              std::size_t bytes_max);
  [[nodiscard]] std::optional<std::int64_t> time_ms(std::string_view name);
  [[nodiscard]] std::optional<IntegerRange> range(std::string_view name);

  [[nodiscard]] BodyErrors& errors() { return errors_; }

 private:
  struct Document;
  std::unique_ptr<Document> document_;  // keeps simdjson in one translation unit
  BodyErrors errors_;
};

}  // namespace rollcall::json
