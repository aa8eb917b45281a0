#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"

namespace rollcall::postgres {

// One step of the schema. Steps are only ever appended: an applied one is known by its checksum and
// must not change.
struct Migration {
  int number = 0;  // from 1, without a gap
  std::string_view name;
  std::string_view sql;
};

// Those this program was built with, in order.
[[nodiscard]] const std::vector<Migration>& embedded_migrations();

struct MigrationReport {
  int schema_version = 0;
  std::vector<std::string> applied;  // names, in order; empty where nothing was left to do
};

// Brings the schema up to this program's version, creating it where it is missing, and draws the
// deployment's seed. Any number of processes may do it at once: an advisory lock lets one work and
// the others find it done.
// Runs on: any thread but the loop; it blocks. Fails: transient; fatal for a schema that is newer
//          than the program or was applied with another text, and for missing rights.
[[nodiscard]] Result<MigrationReport> migrate(const PostgresOptions& options);

class Connection;
[[nodiscard]] Result<MigrationReport> migrate(const PostgresOptions& options,
                                              Connection& connection);

}  // namespace rollcall::postgres
