// Killed, or cut off from its database, between any two steps of what it writes there. The steps are read from the
// source, so that none can be forgotten.
#include <csignal>
#include <doctest/doctest.h>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/crash/stage.hpp"
#include "tests/source_tree.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kReachedMax{60};

std::vector<std::string> steps_of(const std::string& phase) {
  static const std::regex call(R"rx(\b(?:step|fail_point)\("([a-z_]+)\.([a-z_]+)"\))rx");
  std::set<std::string> steps;
  for (const auto& file : rollcall::project_files()) {
    if (!file.path.starts_with("connectors/") && !file.path.starts_with("pipeline/")) continue;
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), call), end; found != end;
         ++found) {
      if ((*found)[1] == phase) steps.insert((*found)[1].str() + "." + (*found)[2].str());
    }
  }
  return {steps.begin(), steps.end()};
}

std::string fail_point(const std::string& step, int passing, const std::string& fate) {
  return "ROLLCALL_FAIL_POINT=" + step + ":" + std::to_string(passing) + ":" + fate;
}

Stage::Options crashable() {
  Stage::Options options;
  options.label = "steps";
  options.program = ROLLCALL_CRASHABLE_PROGRAM;
  options.database = "statement_timeout = \"1s\"\n";
  options.checkpoint = "interval = \"10ms\"\n";
  return options;
}

// Lets events flow until the daemon has died at that step, and lets another one go on from there.
void die_at(Stage& stage, const std::string& step, int passing) {
  INFO(step, " at passing ", passing);
  Feeder feeder(stage.topics,
                {.seed = static_cast<std::uint64_t>(passing), .records_per_tick = 20});
  stage.daemon.start({fail_point(step, passing, "kill")});
  const auto end = stage.daemon.wait(kReachedMax);
  REQUIRE_MESSAGE(end, "the step was never reached");
  CHECK(end->signal == SIGKILL);
  feeder.stop();
  stage.daemon.start();
  stage.check_exact();
  stage.daemon.kill();
}

TEST_CASE("killed at any step of a checkpoint, it counts every event exactly once") {
  const auto steps = steps_of("commit");
  REQUIRE(steps.size() >= 5);
  Stage stage(crashable());
  for (const auto& step : steps) {
    for (const int passing : {1, 2, 7}) die_at(stage, step, passing);
  }
}

TEST_CASE("killed at any step of taking over, it counts every event exactly once") {
  const auto steps = steps_of("acquire");
  REQUIRE(!steps.empty());
  Stage stage(crashable());
  Feeder feeder(stage.topics, {.seed = 5, .records_per_tick = 20});
  stage.daemon.start();
  REQUIRE(wait_until(kReachedMax, [&] { return stage.sequence() > 2; }));
  stage.daemon.kill();
  feeder.stop();
  for (const auto& step : steps) die_at(stage, step, 1);
}

TEST_CASE("killed while it merges segments, it counts every event exactly once") {
  const auto steps = steps_of("compact");
  REQUIRE(!steps.empty());
  Stage stage(crashable());
  for (const auto& step : steps) {
    for (const int passing : {1, 2}) die_at(stage, step, passing);
  }
}

TEST_CASE("killed while it creates its tables, it creates them the next time") {
  const auto steps = steps_of("migrate");
  REQUIRE(!steps.empty());
  for (const auto& step : steps) {
    Stage stage(crashable());
    die_at(stage, step, 1);
  }
}

// The daemon lives on; whether the commit under way is there is for it to find out.
void lose_connection_at(Stage& stage, const std::string& step, const std::string& fate) {
  constexpr int kPassing = 3;
  INFO(step, " suffers ", fate);
  Feeder feeder(stage.topics, {.seed = 11, .records_per_tick = 20});
  stage.daemon.start({fail_point(step, kPassing, fate)});
  const std::string mark = "fail point " + step + ", passing 3: " + fate;
  REQUIRE(wait_until(kReachedMax, [&] { return stage.daemon.log_has(mark); }));
  const auto sequence = stage.sequence();
  CHECK(wait_until(kReachedMax, [&] { return stage.sequence() > sequence + 3; }));
  feeder.stop();
  stage.check_exact();
  stage.daemon.kill();
}

TEST_CASE("cut off from its database in a commit, it finds out whether it is there and goes on") {
  Stage stage(crashable());
  for (const auto& step : steps_of("commit")) {
    for (const char* fate : {"disconnect", "lose_reply"}) lose_connection_at(stage, step, fate);
  }
}

}  // namespace
