#include "connectors/postgres/migrations.hpp"

#include <cinttypes>
#include <cstdio>
#include <random>
#include <xxhash.h>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/libpq.hpp"
#include "connectors/postgres/postgres_failure.hpp"
#include "connectors/postgres/text.hpp"
#include "pipeline/ledger/segment.hpp"

namespace rollcall::postgres {

namespace {

constexpr Statement kFindTable{"find_table",
                               "select count(*) from pg_catalog.pg_tables where schemaname = $1 "
                               "and tablename = 'schema_migration'"};
constexpr Statement kFindSchema{"find_schema",
                                "select count(*) from pg_catalog.pg_namespace where nspname = $1"};
constexpr Statement kListApplied{
    "list_applied", "select number, name, checksum from schema_migration order by number"};
constexpr Statement kRecordApplied{
    "record_applied",
    "insert into schema_migration (number, name, checksum, applied_at) values ($1, $2, $3, now())"};
// One lock for each schema of a database: the text is ours, so no other program takes it by chance.
constexpr Statement kLock{
    "migration_lock",
    "select pg_advisory_xact_lock(hashtextextended('rollcall migrations ' || $1, 0))"};
constexpr Statement kDrawSeed{
    "draw_seed",
    "insert into deployment (seed, segment_format) values ($1, $2) on conflict do nothing"};

std::string checksum(std::string_view sql) {
  char digits[17];
  std::snprintf(static_cast<char*>(digits), sizeof digits, "%016" PRIx64,
                static_cast<std::uint64_t>(XXH3_64bits(sql.data(), sql.size())));
  return static_cast<char*>(digits);
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

// The version that the schema has, after checking that it came about the way this program knows.
Result<int> applied_version(const PostgresOptions& options, Transaction& transaction) {
  if (transaction.run(kFindTable, options.schema)[0][0].as<int>() == 0) return 0;
  const Rows applied = transaction.run(kListApplied);
  const std::vector<Migration>& known = embedded_migrations();
  // Signed in libpqxx 7.
  const auto rows = static_cast<std::size_t>(applied.size());
  for (std::size_t index = 0; index < rows; ++index) {
    const Row row = applied[static_cast<Rows::size_type>(index)];
    if (index >= known.size()) {
      return misconfigured(
          "the schema in the database has version " + std::to_string(applied.size()) +
              ", newer than the " + std::to_string(known.size()) + " that this rollcall knows",
          "Run the newer rollcall that made it; an older one must not write to it.");
    }
    if (row[0].as<int>() != known[index].number || text_of(row[2]) != checksum(known[index].sql)) {
      return misconfigured("migration " + std::string(text_of(row[1])) +
                               " was applied with another text than this rollcall has",
                           "Run the rollcall that made the schema, or name an empty one.");
    }
  }
  return static_cast<int>(applied.size());
}

// 22021 and worse would otherwise come with the first name that is not plain ASCII.
Result<void> check_encoding(Transaction& transaction) {
  const Rows encoding = transaction.script("show server_encoding");
  if (text_of(encoding[0][0]) == "UTF8") return {};
  return misconfigured("the database's encoding is " + std::string(text_of(encoding[0][0])),
                       "Create the database with encoding UTF8.");
}

void prepare_schema(const PostgresOptions& options, Transaction& transaction) {
  // Only where it is missing: `if not exists` asks for the right to create schemas even when there
  // is nothing to create.
  if (transaction.run(kFindSchema, options.schema)[0][0].as<int>() == 0) {
    transaction.script("create schema " + quoted_schema(options));
  }
  if (transaction.run(kFindTable, options.schema)[0][0].as<int>() == 0) {
    transaction.script(
        "create table schema_migration (number integer primary key, name text not null, checksum "
        "text not null,"
        " applied_at timestamptz not null)");
  }
}

}  // namespace

Result<MigrationReport> migrate(const PostgresOptions& options, Connection& connection) {
  const int wanted = static_cast<int>(embedded_migrations().size());
  {
    Transaction look(connection);  // a schema that is up to date asks for no lock and no rights
    const auto version = applied_version(options, look);
    if (!version) return version.error();
    if (*version == wanted) return MigrationReport{wanted, {}};
  }
  Transaction transaction(connection);
  auto encoding = check_encoding(transaction);
  if (!encoding) return encoding.error();
  const auto time = std::to_string(options.migration_statement_timeout.count());
  transaction.script("set local statement_timeout = " + time +
                     "; set local lock_timeout = " + time);
  transaction.run(kLock, options.schema);
  const auto version =
      applied_version(options, transaction);  // another process may have been faster
  if (!version) return version.error();
  MigrationReport report{wanted, {}};
  if (*version == wanted) return report;
  prepare_schema(options, transaction);
  connection.step("migrate.after_schema");
  for (auto index = static_cast<std::size_t>(*version); index < embedded_migrations().size();
       ++index) {
    const Migration& migration = embedded_migrations()[index];
    transaction.script(std::string(migration.sql));
    transaction.run(kRecordApplied, migration.number, std::string(migration.name),
                    checksum(migration.sql));
    report.applied.emplace_back(migration.name);
  }
  transaction.run(kDrawSeed, to_bigint(random_seed()), static_cast<int>(kSegmentFormat));
  connection.step("migrate.before_commit");
  transaction.commit();
  return report;
}

Result<MigrationReport> migrate(const PostgresOptions& options) {
  return attempt(options, [&]() -> Result<MigrationReport> {
    Cutter cutter;
    Connection connection(options, cutter);
    return migrate(options, connection);
  });
}

}  // namespace rollcall::postgres
