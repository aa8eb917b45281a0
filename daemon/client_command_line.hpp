#pragma once

#include "daemon/command_line.hpp"

namespace CLI {
class App;
}

namespace rollcall {

// Adds the subcommands that ask a running daemon: batch, check and import.
void add_client_commands(CLI::App& app, CommandLine& line);

}  // namespace rollcall
