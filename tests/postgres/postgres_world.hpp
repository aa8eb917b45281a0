#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "connectors/postgres/options.hpp"
#include "connectors/postgres/postgres_store.hpp"
#include "tests/postgres/slice_model.hpp"
#include "tests/postgres/store_world.hpp"
#include "tests/support/database.hpp"

namespace rollcall::test {

// A fresh database on the test server, dropped at the end. With ROLLCALL_TEST_POOLER=1 the stores reach it through a
// PgBouncer in transaction mode.
class PostgresWorld final : public StoreWorld {
 public:
  PostgresWorld() {
    const bool pooled = std::getenv("ROLLCALL_TEST_POOLER") != nullptr;
    options.database = pooled ? database_.pooled_url() : database_.url();
    options.compaction_pause_ratio = 0;
    options.compaction_retry_min = std::chrono::milliseconds{5};
  }
  std::unique_ptr<Store> open(const boost::asio::any_io_executor& loop) override {
    return std::make_unique<postgres::PostgresStore>(loop, options);
  }
  std::size_t stored_runs() override {
    return std::stoul(
        value("select count(distinct (batch, sequence)) from rollcall.segment where slice = 0"));
  }
  [[nodiscard]] Rows rows(const std::string& sql) const { return query(database_.url(), sql); }
  [[nodiscard]] std::string value(const std::string& sql) const {
    return query_value(database_.url(), sql);
  }
  [[nodiscard]] const TestDatabase& database() const { return database_; }

  postgres::PostgresOptions options;  // of the stores that are opened from now on

 private:
  TestDatabase database_;
};

inline postgres::PostgresStore& postgres_of(StoreProcess& process) {
  return dynamic_cast<postgres::PostgresStore&>(process.store());
}

}  // namespace rollcall::test
