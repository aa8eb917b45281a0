#include "connectors/client/id_lines.hpp"

#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"

namespace rollcall::client {

bool IdLines::feed(std::string_view bytes) {
  while (!bytes.empty() && problem_.empty()) {
    const auto end = bytes.find('\n');
    begun_.append(bytes.substr(0, end));
    if (begun_.size() > kLineBytesMax) problem_ = "a line of more than 64 KiB is no id";
    if (end == bytes.npos) break;
    bytes.remove_prefix(end + 1);
    const bool wanted = take_line(begun_);
    begun_.clear();
    if (!wanted) return false;
  }
  return problem_.empty();
}

bool IdLines::take_line(std::string_view line) {
  if (ended_) {
    problem_ = "something stands behind the list's end";
  } else if (json::check_syntax(line) != json::Syntax::valid) {
    problem_ = "a line of the list is no JSON";
  } else if (line.starts_with('{')) {
    ended_ = true;
    if (json::member_of(line, "_end") != "true" ||
        json::member_of(line, "count") != std::to_string(count_))
      problem_ = "the list does not hold what its last line says";
  } else {
    ++count_;
    return take_(line);
  }
  return problem_.empty();
}

Result<std::uint64_t> IdLines::finish() const {
  if (!problem_.empty()) return transient(problem_);
  if (!ended_)
    return transient("the list was cut after " + std::to_string(count_) +
                     " ids: its last line has not come");
  return count_;
}

}  // namespace rollcall::client
