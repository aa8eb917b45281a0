#include "daemon/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/logging.hpp"

namespace rollcall {

int demo(const Config&, const DemoOptions&) {
  log(LogLevel::error, "demo is not wired into this build");
  return to_int(ExitCode::runtime_error);
}

}  // namespace rollcall
