#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files/csv_rows.hpp"
#include "connectors/files/record_sink.hpp"

namespace rollcall::files {

// A customer of one system: what POST /api/v1/customers/bulk takes.
inline constexpr std::array<std::string_view, 4> kCustomerFields = {"customer_id", "name", "email",
                                                                    "source"};

// One JSON object as it is, on one line. The refusal's message is empty where it can be sent.
[[nodiscard]] Refusal json_customer(std::uint64_t line, std::string_view text,
                                    std::string& customer);

// Makes customers of CSV rows: the first row names the columns, which are the fields' names.
class CsvCustomers {
 public:
  [[nodiscard]] Result<void> header(const CsvRow& row);
  void record(const CsvRow& row, RecordSink& sink);

 private:
  std::array<std::size_t, kCustomerFields.size()> columns_{};
  std::size_t width_ = 0;
  std::string customer_;
};

}  // namespace rollcall::files
