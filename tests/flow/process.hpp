#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <exception>
#include <memory>
#include <optional>

#include "connectors/memory/memory_store.hpp"
#include "pipeline/flow/reconciler.hpp"
#include "tests/fakes/counting_telemetry.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/scripted_source.hpp"
#include "tests/fakes/word_decoder.hpp"

namespace rollcall::test {

using memory::MemoryStore;
using std::chrono::milliseconds;

// The log and the database: what survives a process.
struct World {
  fakes::Log log{{{"e/0", "expected", {}},
                  {"e/1", "expected", {}},
                  {"p/0", "processed", {}},
                  {"p/1", "processed", {}}}};
  std::shared_ptr<memory::SharedState> database = memory::make_shared_state();
};

// One process: destroying it without stop() is a crash.
struct Process {
  explicit Process(World& world, Reconciler::Options options = quick())
      : source(loop.get_executor(), world.log),
        store(std::in_place, loop.get_executor(), world.database) {
    options.owner = "test";
    reconciler.emplace(loop.get_executor(), *store, source, std::vector<Decoder*>{&decoder}, clock,
                       telemetry, options);
    boost::asio::co_spawn(loop, reconciler->run(),
                          [this](std::exception_ptr thrown, Result<void> result) {
                            REQUIRE_FALSE(thrown);
                            outcome = std::move(result);
                          });
  }

  // A commit may be under way on the store's thread: it must end before what it reads goes away.
  ~Process() {
    store.reset();
    CHECK(telemetry.violations.empty() == lawful);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  static Reconciler::Options quick() {
    Reconciler::Options options;
    options.checkpoint.interval = milliseconds{1};
    options.checkpoint.confirm_interval = std::chrono::seconds{1};
    options.checkpoint.retry = {milliseconds{1}, milliseconds{5}};
    options.pump.records_per_drain_max = 7;
    return options;
  }

  template <class Condition>
  void run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!condition()) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      loop.run_one_for(milliseconds{100});
    }
  }
  void run_until_durable() {
    run_until([&] {
      return reconciler->readiness().ready && reconciler->lag_records() == 0 && source.drains > 0 &&
             reconciler->uncommitted_bytes() == 0 && !reconciler->pump().moved();
    });
  }
  void stop() {
    reconciler->stop();
    run_until([&] { return outcome.has_value(); });
  }

  bool lawful = true;  // what every test expects of every ledger at every cut
  boost::asio::io_context loop;
  fakes::RealClock clock;
  fakes::CountingTelemetry telemetry;
  fakes::WordDecoder decoder;
  fakes::ScriptedSource source;
  std::optional<MemoryStore> store;
  std::optional<Reconciler> reconciler;
  std::optional<Result<void>> outcome;
};

}  // namespace rollcall::test
