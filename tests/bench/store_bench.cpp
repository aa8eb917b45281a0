// How long a commit and a restore take.
// Usage: store_bench [ids in millions, default 10]   with ROLLCALL_TEST_DATABASE naming a server
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <random>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "connectors/postgres/postgres_store.hpp"

namespace rollcall {
namespace {

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::size_t resident_mib() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) >> 20U;
}

// One store with its loop, on an empty database that is made and dropped here.
class Bench {
 public:
  Bench() {
    const char* server = std::getenv("ROLLCALL_TEST_DATABASE");
    if (server == nullptr) {
      std::fprintf(stderr, "ROLLCALL_TEST_DATABASE is not set\n");
      std::exit(77);
    }
    server_ = server;
    name_ = "store_bench_" + std::to_string(::getpid());
    on_server("create database " + name_);
    options.database = server_.substr(0, server_.rfind('/') + 1) + name_;
    open();
  }
  ~Bench() {
    close();
    on_server("drop database " + name_ + " with (force)");
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void open() { store_ = std::make_unique<postgres::PostgresStore>(loop_.get_executor(), options); }
  void close() {
    boost::asio::co_spawn(loop_, store_->close(), [](const std::exception_ptr&) {});
    turn();
    store_.reset();
  }
  SliceState acquire() { return wait(store_->acquire(0, "bench")); }
  CommitStats commit(Checkpoint& checkpoint) { return wait(store_->commit(checkpoint)); }
  [[nodiscard]] postgres::CompactionStats compaction() const { return store_->compaction_stats(); }

  postgres::PostgresOptions options;

 private:
  void on_server(const std::string& sql) {
    pqxx::connection connection(server_);
    pqxx::nontransaction(connection).exec(sql);
  }
  void turn() {
    loop_.restart();
    loop_.run();
  }
  template <class T>
  T wait(boost::asio::awaitable<Result<T>> call) {
    std::optional<Result<T>> result;
    boost::asio::co_spawn(loop_, std::move(call), [&](const std::exception_ptr&, Result<T> value) {
      result.emplace(std::move(value));
    });
    turn();
    if (!*result) {
      std::fprintf(stderr, "%s\n", result->error().message.c_str());
      std::exit(1);
    }
    return std::move(**result);
  }
  boost::asio::io_context loop_;
  std::string server_;
  std::string name_;
  std::unique_ptr<postgres::PostgresStore> store_;
};

LedgerSummary summary_of(const Ledger& ledger) {
  LedgerSummary summary;
  for (Mask mask = 1; mask < 4; ++mask) summary.counts.emplace_back(mask, ledger.count(mask));
  for (const Side side : {kExpected, kProcessed}) {
    summary.duplicates.push_back(ledger.duplicates(side));
    summary.duplicate_ids.push_back(ledger.duplicate_ids(side));
  }
  return summary;
}

// Ledgers fed here and cut into checkpoints.
struct Feeder {
  Feeder(SliceState&& state, std::size_t batches) : epoch(state.epoch) {
    for (std::size_t batch = 1; batch <= batches; ++batch) {
      BatchRow row;
      row.number = static_cast<BatchNumber>(batch);
      row.name = "batch " + std::to_string(batch);
      row.sides = {"expected", "processed"};
      fresh.push_back(row);
      ledgers.push_back(std::make_unique<Ledger>(2, state.seed));
    }
  }
  Checkpoint cut() {
    Checkpoint checkpoint;
    checkpoint.epoch = epoch;
    checkpoint.sequence = ++sequence;
    checkpoint.new_batches = std::exchange(fresh, {});
    for (std::int32_t partition = 0; partition < 8; ++partition) {
      checkpoint.positions.push_back(
          {"orders/" + std::to_string(partition), static_cast<std::int64_t>(sequence), 0, 0});
    }
    for (std::size_t batch = 0; batch < ledgers.size(); ++batch) {
      LedgerChange change;
      change.batch = static_cast<BatchNumber>(batch) + 1;
      change.delta = ledgers[batch]->take_delta();
      change.after = summary_of(*ledgers[batch]);
      checkpoint.changes.push_back(std::move(change));
    }
    return checkpoint;
  }
  Epoch epoch;
  std::uint64_t sequence = 0;
  std::vector<BatchRow> fresh;
  std::vector<std::unique_ptr<Ledger>> ledgers;
};

void commit_latency(bool compaction) {
  constexpr std::size_t kLedgers = 50;
  constexpr std::size_t kIds = 650;  // about 4 KiB of spread integers
  constexpr int kCommits = 200;
  Bench bench;
  bench.close();
  bench.options.compaction = compaction;
  bench.open();
  Feeder feeder(bench.acquire(), kLedgers);
  std::mt19937_64 random(1);
  std::vector<double> times;
  std::uint64_t bytes = 0;
  for (int commit = 0; commit < kCommits; ++commit) {
    for (auto& ledger : feeder.ledgers) {
      for (std::size_t id = 0; id < kIds; ++id)
        ledger->add(static_cast<Side>(id % 2), RecordId{random()});
    }
    Checkpoint checkpoint = feeder.cut();
    const auto begin = Clock::now();
    bytes += bench.commit(checkpoint).bytes;
    times.push_back(ms_since(begin));
  }
  std::sort(times.begin(), times.end());
  const auto merged = bench.compaction();
  std::printf(
      "commit of %zu ledgers, %.1f KiB each, merging %s: p50 %.1f ms, p99 %.1f ms, max %.1f ms",
      kLedgers, static_cast<double>(bytes) / kCommits / kLedgers / 1024, compaction ? "on" : "off",
      times[times.size() / 2], times[times.size() * 99 / 100], times.back());
  std::printf("; %llu merges, %.1f MiB written\n", static_cast<unsigned long long>(merged.merges),
              static_cast<double>(merged.bytes_written) / (1U << 20U));
}

template <class Add>
void restore_speed(const char* kind, std::size_t ids, std::size_t batches, const Add& add) {
  constexpr std::size_t kIdsInCommit = 500'000;
  Bench bench;
  {
    Feeder feeder(bench.acquire(), batches);
    for (std::size_t id = 0; id < ids;) {
      for (const std::size_t end = std::min(ids, id + kIdsInCommit); id < end; ++id)
        add(*feeder.ledgers[id % batches], id);
      Checkpoint checkpoint = feeder.cut();
      (void)bench.commit(checkpoint);
    }
  }
  const auto merged = bench.compaction();
  bench.close();
  bench.open();
  const auto begin = Clock::now();
  const SliceState state = bench.acquire();
  std::printf("restore of %zu ids, %s, %zu batches: %.0f ms (%llu stored runs, %zu MiB resident)\n",
              ids, kind, batches, ms_since(begin), static_cast<unsigned long long>(merged.runs),
              resident_mib());
  std::fflush(stdout);
}

std::string uuid(std::uint64_t high, std::uint64_t low) {
  char text[37];
  std::snprintf(static_cast<char*>(text), sizeof text, "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32U), static_cast<unsigned>(high >> 16U & 0xFFFFU),
                static_cast<unsigned>(high & 0xFFFFU), static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xFFFF'FFFF'FFFFULL));
  return static_cast<char*>(text);
}

void run(std::size_t ids) {
  commit_latency(false);
  commit_latency(true);
  for (const std::size_t batches : {1U, 50U}) {
    std::mt19937_64 random(2);
    restore_speed("random 64-bit integers on one side", ids, batches,
                  [&](Ledger& ledger, std::size_t) { ledger.add(kExpected, RecordId{random()}); });
    restore_speed("dense integers, both sides", ids, batches, [&](Ledger& ledger, std::size_t id) {
      ledger.add(kExpected, RecordId{id});
      ledger.add(kProcessed, RecordId{id});
    });
    restore_speed("UUIDs, matched", ids, batches, [&](Ledger& ledger, std::size_t) {
      const std::string text = uuid(random(), random());
      ledger.add(kExpected, RecordId::from_text(text));
      ledger.add(kProcessed, RecordId::from_text(text));
    });
    restore_speed("UUIDs, one in a hundred outstanding", ids, batches,
                  [&](Ledger& ledger, std::size_t id) {
                    const std::string text = uuid(random(), random());
                    ledger.add(kExpected, RecordId::from_text(text));
                    if (id % 100 != 0) ledger.add(kProcessed, RecordId::from_text(text));
                  });
  }
}

}  // namespace
}  // namespace rollcall

int main(int count, char** arguments) {
  const std::size_t millions = count > 1 ? std::stoul(arguments[1]) : 10;
  rollcall::run(millions * 1'000'000);
}
