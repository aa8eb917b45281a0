#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"

namespace rollcall {

// A batch's status as a daemon tells it. Counts keep their spelling; one that the daemon did not
// give is empty, as in a batch that compares other sides than expected and processed.
struct BatchReport {
  std::string id;
  std::string name;
  std::string state;
  std::string expected;
  std::string processed;
  std::string matched;
  std::string missing;
  std::string unexpected;
  std::string duplicate_expected;
  std::string duplicate_processed;
  std::string rate;
  std::string verdict;
  std::string confidence;
  std::vector<std::string> reasons;
  // Missing and unexpected ids that cannot be among what was not read; empty where the daemon does not say.
  std::string unexplained_missing;
  std::string unexplained_unexpected;
  std::string revision;
  std::string as_of;
};

// `json` must be valid JSON. Fails where it is no batch's status.
[[nodiscard]] Result<BatchReport> parse_batch(std::string_view json);

[[nodiscard]] std::optional<std::uint64_t> count_of(const std::string& text);

}  // namespace rollcall
