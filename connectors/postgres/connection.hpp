#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <set>
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

// One statement, prepared on a connection when it is first used there.
struct Statement {
  const char* name;
  const char* sql;
};

using Rows = pqxx::result;
using Row = pqxx::row;
inline std::string_view text_of(const pqxx::field& field) { return {field.c_str(), field.size()}; }

// One session with its settings, which never reconnects behind our back: a lost one throws at every
// use.
// Runs on: one thread at a time. Fails: with libpqxx's exceptions, ConnectionRefused from the
//          constructor.
class Connection {
 public:
  Connection(const PostgresOptions& options, Cutter& cutter);
  // Names a step that a test may interrupt here.
  void step(const char* name);
  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] pqxx::connection& session() { return *session_; }
  void prepare(const Statement& statement);

 private:
  std::unique_ptr<pqxx::connection> session_;
  Watch watch_;  // ends before the session, whose socket it names
  std::set<std::string_view> prepared_;
};

// A transaction at READ COMMITTED, rolled back unless committed. Its snapshot is each statement's
// own, as fencing by row locks wants it. Beginning and rolling back are round trips, too, so they
// are watched like every other statement.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {
    const Busy busy(connection_.watch());
    work_.emplace(connection_.session());
  }
  ~Transaction() {
    const Busy busy(connection_.watch());
    work_.reset();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  template <class... Parameters>
  Rows run(const Statement& statement, const Parameters&... parameters) {
    const Busy busy(connection_.watch());
    connection_.prepare(statement);
#if PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
    return work_->exec(pqxx::prepped{statement.name}, pqxx::params{parameters...});
#else
    return work_->exec_prepared(statement.name, parameters...);
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
