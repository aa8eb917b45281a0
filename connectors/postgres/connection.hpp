#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>

#include "connectors/postgres/cutter.hpp"
#include "connectors/postgres/options.hpp"

// The only file that knows which libpqxx it is: 6.4 on Debian 12, 7.10 on Debian 13.
namespace rollcall::postgres {

#if PQXX_VERSION_MAJOR < 7
using Bytes = pqxx::binarystring;
inline Bytes as_bytes(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
#else
using Bytes = std::basic_string_view<std::byte>;
inline Bytes as_bytes(std::string_view bytes) { return pqxx::binary_cast(bytes); }
#endif

// One statement and what it is called where the server shows it (its log, pg_stat_activity). It is sent whole each time:
// what is prepared under a name stays with the connection, and a pooler hands that to somebody else.
struct Statement {
  const char* name;
  const char* sql;
};

using Rows = pqxx::result;
using Row = pqxx::row;
inline std::string_view text_of(const pqxx::field& field) { return {field.c_str(), field.size()}; }

// One connection that never reconnects behind our back: a lost one throws at every use. Behind a pooler each
// transaction may have another session, so nothing is kept in one: neither settings nor prepared statements.
// Runs on: one thread at a time. Fails: with libpqxx's exceptions, ConnectionRefused from the
//          constructor.
class Connection {
 public:
  Connection(const PostgresOptions& options, Cutter& cutter);
  // Names a step that a test may interrupt here.
  void step(const char* name);
  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] pqxx::connection& session() { return *session_; }
  [[nodiscard]] const std::string& settings() const { return settings_; }

 private:
  std::unique_ptr<pqxx::connection> session_;
  Watch watch_;  // ends before the session, whose socket it names
  std::string settings_;
};

// A transaction at READ COMMITTED with our settings, rolled back unless committed. Its snapshot is each statement's
// own, as fencing by row locks wants it. Beginning and rolling back are round trips, too, so they
// are watched like every other statement.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  ~Transaction() {
    const Busy busy(connection_.watch());
    work_.reset();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  template <class... Parameters>
  Rows run(const Statement& statement, const Parameters&... parameters) {
    const Busy busy(connection_.watch());
    const std::string sql = std::string("/* rollcall: ") + statement.name + " */ " + statement.sql;
#if PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
    return work_->exec(sql, pqxx::params{parameters...});
#else
    return work_->exec_params(sql, parameters...);
#endif
  }
  // Text of any number of statements, without parameters.
  Rows script(const std::string& sql) {
    const Busy busy(connection_.watch());
    return work_->exec(sql);
  }
  // Throws InDoubt when the server may have committed all the same.
  void commit();

 private:
  Connection& connection_;
  std::optional<pqxx::work> work_;
};

}  // namespace rollcall::postgres
