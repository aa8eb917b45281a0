#include "daemon/version.hpp"

#include <array>
#include <dlfcn.h>

namespace rollcall {
namespace {

struct Part {
  std::string_view name;
  std::string_view value;
};

}  // namespace

std::string_view version() { return ROLLCALL_VERSION; }
std::string_view build_type() { return ROLLCALL_BUILD_TYPE; }

std::string_view allocator() {
  constexpr std::array<Part, 3> kMarks = {
      {{"tc_version", "tcmalloc"}, {"mallctl", "jemalloc"}, {"mi_version", "mimalloc"}}};
  for (const auto& [symbol, name] : kMarks) {
    if (dlsym(RTLD_DEFAULT, symbol.data()) != nullptr) return name;
  }
  return "libc";
}

std::string version_text() {
  const std::array<Part, 9> parts = {{{"rollcall", version()},
                                      {"build", build_type()},
                                      {"compiler", __VERSION__},
                                      {"allocator", allocator()},
                                      {"librdkafka", ROLLCALL_RDKAFKA_VERSION},
                                      {"libpqxx", ROLLCALL_PQXX_VERSION},
                                      {"Boost", ROLLCALL_BOOST_VERSION},
                                      {"simdjson", ROLLCALL_SIMDJSON_VERSION},
                                      {"CRoaring", ROLLCALL_ROARING_VERSION}}};
  std::string text;
  for (const auto& [name, value] : parts) text.append(name).append(" ").append(value).append("\n");
  return text;
}

}  // namespace rollcall
