#pragma once

#include "config/config.hpp"
#include "daemon/client_arguments.hpp"

namespace rollcall {

struct DemoOptions {
  bool once = false;  // end by itself when the story is told; otherwise stay until interrupted
};

// The subcommands that do work. Each runs until it is done or interrupted and returns the process's
// exit code; logging has been started before. None throws for what the outside does.
[[nodiscard]] int serve(const Config& config);
[[nodiscard]] int demo(const Config& config, const DemoOptions& options);
[[nodiscard]] int migrate(const Config& config);

// Those that ask a running daemon; they do not log, they talk.
[[nodiscard]] int batch_list(const ClientArguments& client, const ListArguments& list);
[[nodiscard]] int batch_show(const ClientArguments& client);
[[nodiscard]] int batch_missing(const ClientArguments& client);
[[nodiscard]] int check(const ClientArguments& client, const CheckArguments& limits);
[[nodiscard]] int dead_letters_list(const ClientArguments& client,
                                    const DeadLetterArguments& which);
[[nodiscard]] int dead_letters_show(const ClientArguments& client,
                                    const DeadLetterArguments& which);
[[nodiscard]] int dead_letters_acknowledge(const ClientArguments& client,
                                           const DeadLetterArguments& which);
[[nodiscard]] int dead_letters_replay(const ClientArguments& client,
                                      const DeadLetterArguments& which);
[[nodiscard]] int source_list(const ClientArguments& client);
[[nodiscard]] int source_reset(const ClientArguments& client, const std::string& source);
[[nodiscard]] int import_file(const ClientArguments& client, const ImportArguments& import);

}  // namespace rollcall
