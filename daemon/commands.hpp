#pragma once

#include "config/config.hpp"

namespace rollcall {

struct DemoOptions {
  bool once = false;  // end by itself when the story is told; otherwise stay until interrupted
};

// The subcommands that do work. Each runs until it is done or interrupted and returns the process's
// exit code; logging has been started before. None throws for what the outside does.
[[nodiscard]] int serve(const Config& config);
[[nodiscard]] int demo(const Config& config, const DemoOptions& options);
[[nodiscard]] int migrate(const Config& config);

}  // namespace rollcall
