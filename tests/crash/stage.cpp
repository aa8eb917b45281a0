#include "tests/crash/stage.hpp"

#include <cstdlib>
#include <doctest/doctest.h>

#include "tests/crash/stored_sets.hpp"
#include "tests/support/servers.hpp"

namespace rollcall::test {
namespace {

constexpr seconds kCatchUpMax{120};

std::string configure(const Stage::Options& options, const TopicSet& topics,
                      const TestDatabase& database) {
  const std::string url = options.pooled ? database.pooled_url() : database.url();
  return "[database]\nurl = \"" + url + "\"\n" + options.database + "\n" +
         topics.configuration(servers().kafka) + options.kafka +
         "end_offset_interval = \"200ms\"\n\n[checkpoint]\n" + options.checkpoint;
}

}  // namespace

Stage::Stage(const Options& options)
    : topics(options.label),
      configuration_(configure(options, topics, database)),
      daemon({options.program, configuration_, 0, {}}) {}

EndOffsets Stage::stored_positions() const {
  EndOffsets positions;
  for (const auto& row : query(database.url(), "select channel, next from rollcall.position")) {
    const auto slash = row[0].rfind('/');
    positions[{row[0].substr(0, slash), std::stoi(row[0].substr(slash + 1))}] = std::stoll(row[1]);
  }
  return positions;
}

std::uint64_t Stage::sequence() const {
  const std::string table = "select coalesce(to_regclass('rollcall.slice')::text, '')";
  if (query_value(database.url(), table).empty()) return 0;
  return std::stoull(
      query_value(database.url(), "select coalesce(max(sequence), 0) from rollcall.slice"));
}

void Stage::check_exact(DaemonProcess& reader) {
  reader.wait_until_ready();
  const Truth truth = replay(topics);
  const bool read = wait_until_read(reader, truth.ends, kCatchUpMax);
  REQUIRE_MESSAGE(read, "not everything is read; the log ends with: ", reader.log_tail());
  EndOffsets to_store = truth.ends;
  std::erase_if(to_store, [](const auto& end) { return end.second == 0; });
  const bool stored = wait_until(kCatchUpMax, [&] {
    EndOffsets positions = stored_positions();
    std::erase_if(positions, [](const auto& position) { return position.second == 0; });
    return positions == to_store;
  });
  REQUIRE_MESSAGE(stored, "not everything is stored; the log ends with: ", reader.log_tail());
  REQUIRE(truth.records > 0);
  for (const auto& difference : differences(reader, truth)) FAIL_CHECK(difference);
  for (const auto& difference : stored_letter_differences(database.url(), truth)) {
    FAIL_CHECK(difference);
  }
}

void Stage::check_exact_after_restarts() {
  check_exact();
  CHECK(daemon.stop().code == 0);
  for (const auto& difference : stored_set_differences(database.url(), replay(topics))) {
    FAIL_CHECK(difference);
  }
  daemon.start();
  check_exact();
  daemon.kill();
  daemon.start();
  check_exact();
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

}  // namespace rollcall::test
