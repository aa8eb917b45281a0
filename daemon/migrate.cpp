#include "daemon/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/logging.hpp"

namespace rollcall {

int migrate(const Config&) {
  log(LogLevel::error, "migrate is not wired into this build");
  return to_int(ExitCode::runtime_error);
}

}  // namespace rollcall
