// One more rule over the whole tree (tidy_test.cpp): what must not be called of CRoaring 0.2.66.
#include <doctest/doctest.h>
#include <regex>
#include <string>

#include "tests/source_tree.hpp"

using namespace rollcall;

namespace {

// The first call in a text that is not allowed; empty where there is none.
std::string lossy_call(const std::string& text) {
  static const std::regex lossy(
      R"(\b(removeRange(Closed)?|flip(Closed)?|(roaring|ra|container)_\w*(remove_range|flip)\w*)\s*\()");
  const std::string code = code_of(text);
  std::smatch match;
  return std::regex_search(code, match, lossy) ? match.str() : std::string{};
}

TEST_CASE("nobody calls what loses ids in CRoaring 0.2.66") {
  CHECK(lossy_call("set.addRange(1, 2); set.remove(3); // flip(1, 2)").empty());
  CHECK_FALSE(lossy_call("set.removeRange(1, 2);").empty());
  CHECK_FALSE(lossy_call("set->flip (1, 2);").empty());
  CHECK_FALSE(lossy_call("roaring_bitmap_remove_range_closed(&set, 1, 2);").empty());
  for (const auto& file : project_files()) {
    if (!is_cpp(file)) continue;
    const std::string call = lossy_call(file.text);
    CHECK_MESSAGE(call.empty(),
                  file.path << " calls " << call << ": what it writes does not come back whole");
  }
}

}  // namespace
