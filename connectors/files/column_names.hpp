#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/csv_rows.hpp"
#include "pipeline/failure.hpp"

namespace rollcall::files {

// The names that a CSV file's header gives to its columns. They are found without regard to the case of ASCII letters and
// to the space around them: "ID", " id" and "Id" are one name, unless a file has one that is spelled as it was asked for.
class ColumnNames {
 public:
  ColumnNames() = default;
  explicit ColumnNames(const CsvRow& header);

  // Empty where there is none; fails where several could be meant.
  [[nodiscard]] Result<std::optional<std::size_t>> find(std::string_view name) const;
  // The column that was named, or the first of the usual ones; fails where it is not there.
  [[nodiscard]] Result<std::size_t> require(const std::string& named,
                                            const std::vector<std::string>& usual,
                                            const std::string& advice) const;
  // As the header writes it, without the space around it.
  [[nodiscard]] const std::string& name(std::size_t column) const { return names_[column]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  [[nodiscard]] Failure failed(const std::string& message, const std::string& advice) const;
  [[nodiscard]] std::string all() const;

  std::uint64_t line_ = 0;
  std::vector<std::string> names_;
};

// Text without the white space around it.
[[nodiscard]] std::string_view without_space(std::string_view text);
// ASCII letters in lower case.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace rollcall::files
