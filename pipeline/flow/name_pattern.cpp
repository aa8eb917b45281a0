#include "pipeline/flow/name_pattern.hpp"

#include <cstddef>

namespace rollcall {

// Each `*` takes as little as it can; where what follows does not fit, only the last one has to take more.
bool matches_pattern(std::string_view pattern, std::string_view name) {
  std::size_t in_pattern = 0;
  std::size_t in_name = 0;
  std::size_t behind_star = std::string_view::npos;  // in the pattern
  std::size_t taken_to = 0;                          // by that star, in the name
  while (in_name < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      behind_star = ++in_pattern;
      taken_to = in_name;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == name[in_name]) {
      ++in_pattern;
      ++in_name;
    } else if (behind_star != std::string_view::npos) {
      in_pattern = behind_star;
      in_name = ++taken_to;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

}  // namespace rollcall
