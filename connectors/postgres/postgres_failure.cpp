#include "connectors/postgres/postgres_failure.hpp"

#include <pqxx/pqxx>

#include "connectors/postgres/libpq.hpp"

namespace rollcall::postgres {

namespace {

bool is_transient(std::string_view state) {
  const std::string_view family = state.substr(0, 2);
  return family == "08"     // connection lost
         || family == "40"  // serialization failure, deadlock
         || family ==
                "53"  // disk or memory full, too many connections: a person may make room meanwhile
         || family == "57"     // shut down, starting up, cancelled by a timeout
         || family == "58"     // an I/O error of the server
         || state == "55P03"   // lock timeout
         || state == "25P03"   // idle in transaction for too long
         || state == "25006"   // read-only: a standby that is about to be promoted
         || state == "55000";  // not in the right state: a standby
}

}  // namespace

// PgBouncer has one SQLSTATE, 08P01, for all that it says itself, so only its words (English, always) tell these two from
// what is over in a moment.
std::optional<Failure> pooler_refusal(const std::string& message) {
  if (message.find("unsupported startup parameter") != std::string::npos) {
    return misconfigured("PostgreSQL's pooler: " + message,
                         "Take that parameter out of the database URL (and PGOPTIONS), or have the "
                         "pooler ignore it: "
                         "ignore_startup_parameters.");
  }
  if (message.find("not allowed in statement pooling mode") != std::string::npos) {
    return misconfigured(
        "PostgreSQL's pooler: " + message,
        "rollcall needs transactions: set pool_mode = transaction (or session) for "
        "its database.");
  }
  return std::nullopt;
}

Failure postgres_failure(std::string_view sqlstate, const std::string& message) {
  if (auto refused = pooler_refusal(message)) return *std::move(refused);
  std::string text = "PostgreSQL: " + message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (sqlstate.empty() || is_transient(sqlstate)) return transient(std::move(text));
  if (sqlstate == "28P01" || sqlstate == "28000") {
    return misconfigured(std::move(text), "Correct the user or the password in the database URL.");
  }
  if (sqlstate == "3D000") {
    return misconfigured(std::move(text),
                         "Create the database, or correct its name in the database URL.");
  }
  if (sqlstate == "42501") {
    return misconfigured(
        std::move(text),
        "Grant the user the right to create and use rollcall's schema in this database.");
  }
  if (sqlstate == "3F000" || sqlstate == "42P01" || sqlstate == "42703") {
    return misconfigured(
        std::move(text),
        "The schema is incomplete: restore it from a backup, or name an empty one.");
  }
  if (sqlstate == "XX001" || sqlstate == "XX002") {
    return fatal(std::move(text), "The database is damaged: restore it from a backup.");
  }
  return fatal(
      std::move(text) + " (SQLSTATE " + std::string(sqlstate) + ")",
      "The database refused what rollcall asked; look into its log, and report it as a defect.");
}

Failure current_failure(const PostgresOptions& options) {
  const auto safe = [&](const char* message) { return without_password(options, message); };
  try {
    throw;
  } catch (const ConnectionRefused& error) {
    return error.failure();
  } catch (const InDoubt& error) {
    return transient("PostgreSQL: whether it committed is unknown: " + safe(error.what()));
  } catch (const pqxx::broken_connection& error) {
    if (auto refused = pooler_refusal(safe(error.what()))) return *std::move(refused);
    return transient("PostgreSQL: " + safe(error.what()));
  } catch (const pqxx::transaction_rollback& error) {  // serialization failure, deadlock
    return postgres_failure("40000", safe(error.what()));
  } catch (const pqxx::insufficient_privilege& error) {  // libpqxx 6 leaves its SQLSTATE out
    return postgres_failure("42501", safe(error.what()));
  } catch (const pqxx::sql_error& error) {
    return postgres_failure(error.sqlstate(), safe(error.what()));
  } catch (const std::exception& error) {
    return fatal("PostgreSQL: " + safe(error.what()),
                 "Look whether the tables were changed by hand; report it as a defect.");
  }
}

}  // namespace rollcall::postgres
