#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/batch_report.hpp"
#include "daemon/client_arguments.hpp"
#include "daemon/exit_code.hpp"

namespace rollcall {

// What `check` has seen of a batch when it asked last.
struct CheckState {
  enum class Seen { nothing, no_answer, not_ready, no_batch, batch };

  Seen seen = Seen::nothing;
  bool ever_answered = false;
  std::string problem;                     // in words, where there is no batch to show
  std::optional<BatchReport> batch;        // the last one that was seen
  std::string counts;                      // as the daemon wrote them
  std::vector<std::string> first_missing;  // JSON
  std::vector<std::string> first_unexpected;
};

// Whether that may be the end of waiting: within the limits, and nothing that existed is unread.
[[nodiscard]] bool is_complete(const CheckState& state, const CheckArguments& limits);
[[nodiscard]] bool is_over_missing(const CheckState& state, const CheckArguments& limits);
[[nodiscard]] bool is_over_unexpected(const CheckState& state, const CheckArguments& limits);

// How the program ends where it waits no longer.
[[nodiscard]] ExitCode exit_code_of(const CheckState& state, const CheckArguments& limits);

// One line for people, and one JSON object for programs.
[[nodiscard]] std::string check_line(const std::string& name, const CheckState& state,
                                     const CheckArguments& limits);
[[nodiscard]] std::string check_json(const std::string& name, const CheckState& state,
                                     const CheckArguments& limits);

}  // namespace rollcall
