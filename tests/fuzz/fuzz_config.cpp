// Arbitrary bytes as a configuration file, as the text of a list in a variable, and as the name of
// an option: whatever they are, the answer is a configuration or a list of problems.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/load.hpp"
#include "config/print.hpp"

namespace {

using rollcall::config::FileText;
using rollcall::config::Sources;

FileText read_nothing(const std::string& path) {
  if (path == "/secret") return {"postgresql://user:hunter2@host/db", {}};
  return {{}, "no such file"};
}

// Only the file above could have given the secret, so nothing that is shown may hold it.
void check_printed(const rollcall::config::Loaded& loaded) {
  const auto text = rollcall::config::print_effective(loaded);
  if (text.find("hunter2") != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find("hunter2") != std::string::npos) return 0;
  const auto line_end = text.find('\n');
  Sources sources;
  sources.file_name = "fuzz.toml";
  sources.file_text = text;
  sources.environment = {{"ROLLCALL_KAFKA__TOPICS", text.substr(0, line_end)},
                         {text.substr(0, line_end), text}};
  sources.overrides = {{text.substr(0, line_end), text, "--set"}};
  const auto loaded = rollcall::config::load(sources, read_nothing);
  for (const auto& problem : loaded.problems) {
    if (rollcall::config::message_of(problem).find("hunter2") != std::string::npos) std::abort();
  }
  check_printed(loaded);
  return 0;
}
