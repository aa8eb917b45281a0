#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/problem.hpp"

namespace rollcall::http {

// Reads the query of one request. A handler asks for each parameter that it knows; problem() then
// tells everything that is wrong at once: malformed, given twice or unknown is 400 (a misspelt name
// silently ignored would answer another question than the one asked), a value outside what is
// allowed is 422.
class QueryReader {
 public:
  explicit QueryReader(std::string_view raw);

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::uint64_t integer(std::string_view name, std::uint64_t otherwise,
                                      std::uint64_t min, std::uint64_t max);
  // One of the given words, or nothing where the parameter is absent.
  [[nodiscard]] std::optional<std::string> word(std::string_view name,
                                                std::initializer_list<std::string_view> words);

  // Call last. Nothing: all parameters were asked for and are good.
  [[nodiscard]] std::optional<Problem> problem();

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool asked = false;
  };
  void add(std::string_view pair);
  void refuse(std::string_view name, std::string message);
  Parameter* find(std::string_view name);

  static constexpr std::size_t kParametersMax = 32;
  std::vector<Parameter> parameters_;
  std::vector<FieldError> malformed_;
  std::vector<FieldError> out_of_range_;
};

}  // namespace rollcall::http
