#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "pipeline/ledger/compaction_policy.hpp"

namespace rollcall::postgres {

// Every limit and timeout of the PostgreSQL store, in one place.
struct PostgresOptions {
  std::string database;             // URL or key=value text as libpq takes it; may hold a password
  std::string schema = "rollcall";  // created by migrate() where it is missing

  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds lock_timeout{10'000};
  // So that an owner that hangs within a transaction cannot keep a newer one from taking over.
  std::chrono::milliseconds idle_in_transaction_timeout{20'000};
  std::chrono::milliseconds migration_statement_timeout{600'000};
  // Beyond its own statement timeout a server is taken for hung, and the connection is cut.
  std::chrono::milliseconds stall_margin{5'000};
  std::chrono::milliseconds close_timeout{5'000};

  std::size_t statement_bytes_max = 16U << 20U;  // payload in one INSERT
  // Batches in one statement, so that it ends within its time however many are made, changed or deleted at once.
  std::size_t statement_batches_max = 10'000;
  std::size_t restore_page_bytes_max = 8U << 20U;  // payload in one page, for each restoring thread
  std::size_t restore_threads = 2;
  std::size_t dead_letters_limit_max = 10'000;  // in one answer

  bool compaction = true;
  CompactionLimits compaction_limits;
  // Pause for each unit of time worked, so that merging never takes more than half a core from
  // reading.
  double compaction_pause_ratio = 1.0;
  std::chrono::milliseconds compaction_pause_max{200};
  std::chrono::milliseconds compaction_retry_min{1'000};
  std::chrono::milliseconds compaction_retry_max{60'000};
};

}  // namespace rollcall::postgres
