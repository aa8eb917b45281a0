// Killed at random moments, the daemon counts every event exactly once. ROLLCALL_CRASH_ROUNDS and ROLLCALL_CRASH_SEED
// make it longer and make it repeat a run (but for what the clock decides).
#include <cstdio>
#include <doctest/doctest.h>
#include <memory>
#include <random>

#include "tests/crash/stage.hpp"

using namespace rollcall::test;

namespace {

constexpr std::uint64_t kRoundsPerCheck = 10;
constexpr std::uint64_t kLifeMaxMs = 1'500;

TEST_CASE("killed at random moments while events flow, it counts every event exactly once") {
  const auto rounds = number_from_environment("ROLLCALL_CRASH_ROUNDS", 7);
  const auto seed = number_from_environment("ROLLCALL_CRASH_SEED", std::random_device{}());
  std::fprintf(stderr, "ROLLCALL_CRASH_SEED=%lu ROLLCALL_CRASH_ROUNDS=%lu\n", seed, rounds);
  std::mt19937_64 random{seed};
  Stage stage;
  for (std::uint64_t round = 0; round < rounds;) {
    Feeder feeder(stage.topics, {.seed = seed + round, .transactions = true});
    do {
      stage.daemon.start();
      // Every other one dies as early as while it restores.
      if (round % 2 == 0) stage.daemon.wait_until_ready();
      pause(milliseconds{random() % kLifeMaxMs});
      REQUIRE(stage.daemon.running());
      stage.daemon.kill();
      ++round;
    } while (round < rounds && round % kRoundsPerCheck != 0);
    feeder.stop();
    std::fprintf(stderr, "killed %lu times, %lu records written\n", round, feeder.written());
    stage.daemon.start();
    stage.check_exact();
    REQUIRE(stage.daemon.stop().code == 0);
  }
  stage.daemon.start();
  stage.check_exact_after_restarts();
}

}  // namespace
