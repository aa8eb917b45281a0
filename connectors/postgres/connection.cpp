#include "connectors/postgres/connection.hpp"

#include "connectors/postgres/libpq.hpp"
#include "connectors/postgres/postgres_failure.hpp"
#include "pipeline/fail_point.hpp"

namespace rollcall::postgres {

namespace {

std::unique_ptr<pqxx::connection> open(const PostgresOptions& options) {
  try {
    return std::make_unique<pqxx::connection>(complete_conninfo(options));
  } catch (const pqxx::failure& error) {
    throw ConnectionRefused(diagnose_refusal(options, error.what()));
  }
}

}  // namespace

Connection::Connection(const PostgresOptions& options, Cutter& cutter)
    : session_(open(options)),
      watch_(cutter, session_->sock()),
      settings_(transaction_settings(options)) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  session_->inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
  const Busy busy(watch_);
  try {
    pqxx::work(*session_).exec(settings_);
  } catch (const pqxx::broken_connection& error) {
    throw ConnectionRefused(diagnose_transaction(options, cutter, error.what()));
  }
}

void Connection::step(const char* name) {
  switch (fail_point(name)) {
    case FailAction::none:
      break;
    case FailAction::disconnect:
      watch_.cutter().cut(watch_.socket());
      break;
    case FailAction::lose_reply:
      watch_.cutter().stop_hearing(watch_.socket());
      break;
  }
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  const Busy busy(connection_.watch());
  work_.emplace(connection_.session());
  try {
    work_->exec(connection_.settings());
  } catch (...) {
    work_.reset();  // a rollback, while it is watched
    throw;
  }
}

void Transaction::commit() {
  const Busy busy(connection_.watch());
  try {
    work_->commit();
  } catch (const std::exception& error) {
    // Even a refusal is looked into: "terminated while waiting for a standby" comes after the local
    // commit.
    throw InDoubt(error.what());
  }
}

}  // namespace rollcall::postgres
