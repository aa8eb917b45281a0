#include <string>

#include "connectors/postgres/migrations.hpp"
#include "daemon/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/logging.hpp"
#include "daemon/options.hpp"

namespace rollcall {

int migrate(const Config& config) {
  if (config.database.url == kMemoryDatabase) {
    log(LogLevel::error, "there is no schema to bring up to date: the database is \"memory\"",
        {{"advice", "give --database postgresql://..."}});
    return to_int(ExitCode::configuration);
  }
  const auto report = postgres::migrate(postgres_options(config));
  if (!report) {
    log(LogLevel::error, report.error().message, {{"advice", report.error().advice}});
    return to_int(report.error().configuration ? ExitCode::configuration : ExitCode::runtime_error);
  }
  for (const std::string& name : report->applied)
    log(LogLevel::info, "migration applied", {{"name", name}});
  log(LogLevel::info, "the schema is up to date", {{"version", report->schema_version}});
  return to_int(ExitCode::ok);
}

}  // namespace rollcall
