#include "daemon/application.hpp"
#include "daemon/commands.hpp"

namespace rollcall {

int serve(const Config& config) {
  Application application{config};
  return to_int(application.run());
}

}  // namespace rollcall
