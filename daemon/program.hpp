#pragma once

namespace rollcall {

// The whole program but its process: reads the command line and the configuration, runs one
// subcommand and returns the exit code.
[[nodiscard]] int run_program(int argc, const char* const* argv);

}  // namespace rollcall
