#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"
#include "daemon/client_arguments.hpp"
#include "daemon/exit_code.hpp"

namespace rollcall {

enum class Verb {
  none,
  serve,
  demo,
  batch_list,
  batch_show,
  batch_missing,
  check,
  dead_letters_list,
  dead_letters_show,
  dead_letters_acknowledge,
  dead_letters_replay,
  source_list,
  source_reset,
  import,
  config_check,
  config_print,
  migrate,
  version,
};

// What was asked for. With Verb::none nothing is to be done but to say `out` or `err` and to end
// with `exit_code`: help that was asked for, or a usage error.
struct CommandLine {
  Verb verb = Verb::none;
  std::string config_file;  // empty: none
  std::vector<config::Override> overrides;
  bool once = false;     // demo
  bool example = false;  // config print
  ClientArguments client;
  ListArguments list;
  CheckArguments check;
  ImportArguments import;
  DeadLetterArguments dead_letters;
  std::string source;  // of source reset
  ExitCode exit_code = ExitCode::ok;
  std::string out;
  std::string err;
};

// Pure: prints nothing and reads no file.
[[nodiscard]] CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace rollcall
