#include "daemon/check_outcome.hpp"

#include <algorithm>
#include <array>

#include "connectors/client/api_answer.hpp"
#include "connectors/http/json_writer.hpp"
#include "daemon/terminal.hpp"

namespace rollcall {
namespace {

using Seen = CheckState::Seen;

bool is_seen(const CheckState& state) { return state.seen == Seen::batch && state.batch; }

std::string side_line(const std::string& count, std::uint64_t allowed, std::string_view what,
                      const std::vector<std::string>& first) {
  std::string line = count + " " + std::string{what} + " (" + std::to_string(allowed) + " allowed";
  if (first.empty()) return line + ")";
  line += "):";
  for (const auto& id : first) line += " " + printable(client::text_of(id));
  if (count_of(count).value_or(0) > first.size()) line += " ...";
  return line;
}

// Whether doubt is all that stands between the batch and final, and does not explain what it lacks: one record that could
// not be read cannot hide fifty that are missing. What may still be read explains any number.
bool is_unexplained(const BatchReport& batch, const CheckArguments& limits) {
  constexpr std::array<std::string_view, 3> kDoubts{"quarantine", "input_gap", "import_unfinished"};
  const bool doubted_only =
      batch.confidence == "provisional" &&
      std::all_of(batch.reasons.begin(), batch.reasons.end(), [&](const auto& reason) {
        return std::find(kDoubts.begin(), kDoubts.end(), reason) != kDoubts.end();
      });
  if (!doubted_only) return false;
  return count_of(batch.unexplained_missing).value_or(0) > limits.max_missing ||
         count_of(batch.unexplained_unexpected).value_or(0) > limits.max_unexpected;
}

// Nothing was expected and nothing processed: that is no success unless somebody says so.
bool is_empty(const BatchReport& batch) {
  return count_of(batch.expected).value_or(0) == 0 && count_of(batch.processed).value_or(0) == 0;
}

std::string_view word_of(ExitCode code, const CheckState& state) {
  switch (code) {
    case ExitCode::ok:
      if (is_empty(*state.batch)) return "empty";
      return state.batch->missing == "0" && state.batch->unexpected == "0" ? "complete"
                                                                           : "within limits";
    case ExitCode::incomplete:
      return "incomplete";
    case ExitCode::unreachable:
      return "unreachable";
    default:
      return is_seen(state) && is_empty(*state.batch) ? "empty" : "pending";
  }
}

}  // namespace

bool is_over_missing(const CheckState& state, const CheckArguments& limits) {
  return is_seen(state) && count_of(state.batch->missing).value_or(0) > limits.max_missing;
}

bool is_over_unexpected(const CheckState& state, const CheckArguments& limits) {
  return is_seen(state) && count_of(state.batch->unexpected).value_or(0) > limits.max_unexpected;
}

bool is_complete(const CheckState& state, const CheckArguments& limits) {
  return is_seen(state) && state.batch->confidence == "final" && !is_over_missing(state, limits) &&
         !is_over_unexpected(state, limits) && (limits.allow_empty || !is_empty(*state.batch));
}

ExitCode exit_code_of(const CheckState& state, const CheckArguments& limits) {
  if (is_complete(state, limits)) return ExitCode::ok;
  if (!state.ever_answered) return ExitCode::unreachable;
  if (!is_seen(state)) return ExitCode::pending;
  const bool over = is_over_missing(state, limits) || is_over_unexpected(state, limits);
  if (state.batch->confidence == "final") return over ? ExitCode::incomplete : ExitCode::pending;
  return over && is_unexplained(*state.batch, limits) ? ExitCode::incomplete : ExitCode::pending;
}

std::string check_line(const std::string& name, const CheckState& state,
                       const CheckArguments& limits) {
  const ExitCode code = exit_code_of(state, limits);
  std::string line = printable(name) + ": " + std::string{word_of(code, state)};
  if (!is_seen(state)) return line + ": " + state.problem;
  const BatchReport& batch = *state.batch;
  line += ": " + batch.expected + " expected, " + batch.processed + " processed; ";
  line += side_line(batch.missing, limits.max_missing, "missing", state.first_missing) + "; " +
          side_line(batch.unexpected, limits.max_unexpected, "unexpected", state.first_unexpected);
  if (batch.confidence == "final") return line;
  line += "; " + printable(batch.confidence);
  for (const auto& reason : batch.reasons) line += ", " + printable(reason);
  return line;
}

std::string check_json(const std::string& name, const CheckState& state,
                       const CheckArguments& limits) {
  const ExitCode code = exit_code_of(state, limits);
  std::string text;
  http::JsonWriter json(text);
  json.open('{').member("batch", name).member("result", word_of(code, state));
  json.member("exit_code", to_int(code));
  json.key("limits").open('{').member("missing", limits.max_missing);
  json.member("unexpected", limits.max_unexpected).close('}');
  const bool seen = is_seen(state);
  json.key("counts").raw(seen ? state.counts : "null");
  json.key("confidence");
  if (seen) {
    json.text(state.batch->confidence);
  } else {
    json.null();
  }
  json.key("reasons").open('[');
  if (seen) {
    for (const auto& reason : state.batch->reasons) json.text(reason);
  } else {
    json.text(state.problem);
  }
  json.close(']');
  for (const auto& [key, ids] : {std::pair{"first_missing", &state.first_missing},
                                 std::pair{"first_unexpected", &state.first_unexpected}}) {
    json.key(key).open('[');
    for (const auto& id : *ids) json.raw(id);
    json.close(']');
  }
  json.close('}');
  return text + "\n";
}

}  // namespace rollcall
