#include <doctest/doctest.h>

#include "tests/config/loading.hpp"

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;
using test::Given;
using test::load;

const std::string kFile = "[http]\nlisten = \"127.0.0.1:1001\"\n";

TEST_CASE("without any source every option has its default") {
  const auto loaded = load({});
  CHECK(loaded.problems.empty());
  CHECK(loaded.origins.empty());
  CHECK(loaded.config.http.listen == "127.0.0.1:8000");
  CHECK(loaded.config.database.url == "memory");
  CHECK(loaded.config.kafka.brokers.empty());
  CHECK(loaded.config.checkpoint.interval == 200ms);
  CHECK(loaded.config.kafka.topics.size() == 2);
}

TEST_CASE("a file wins over the default") {
  const auto loaded = load({.file = kFile});
  CHECK(loaded.config.http.listen == "127.0.0.1:1001");
  CHECK(loaded.origins.at("http.listen") == "test.toml:2:1");
}

TEST_CASE("the environment wins over the file") {
  const auto loaded =
      load({.file = kFile, .environment = {{"ROLLCALL_HTTP__LISTEN", "127.0.0.1:1002"}}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.http.listen == "127.0.0.1:1002");
  CHECK(loaded.origins.at("http.listen") == "environment ROLLCALL_HTTP__LISTEN");
}

TEST_CASE("a flag wins over the environment, and the last flag over the first") {
  const auto loaded = load({.file = kFile,
                            .environment = {{"ROLLCALL_HTTP__LISTEN", "127.0.0.1:1002"}},
                            .overrides = {{"http.listen", "127.0.0.1:1003", "--http"},
                                          {"http.listen", "127.0.0.1:1004", "--set"}}});
  CHECK(loaded.config.http.listen == "127.0.0.1:1004");
  CHECK(loaded.origins.at("http.listen") == "--set");
}

TEST_CASE("rollcall's own variable wins over the common name, whatever their order") {
  const Given given{.environment = {{"ROLLCALL_DATABASE__URL", "postgresql://own/a"},
                                    {"DATABASE_URL", "postgresql://common/a"}}};
  CHECK(load(given).config.database.url == "postgresql://own/a");
}

TEST_CASE("DATABASE_URL and LOG_LEVEL are understood, and empty ones count as not set") {
  const auto loaded =
      load({.environment = {{"DATABASE_URL", "postgres://db/a"}, {"LOG_LEVEL", "WARN"}}});
  CHECK(loaded.config.database.url == "postgres://db/a");
  CHECK(loaded.config.log.level == "warning");
  const auto empty = load({.environment = {{"DATABASE_URL", ""}, {"LOG_LEVEL", ""}}});
  CHECK(empty.problems.empty());
  CHECK(empty.config.database.url == "memory");
}

TEST_CASE("a variable that is understood but does nothing yet says so") {
  const auto loaded = load({.environment = {{"ETL_INTERVAL", "5m"}}});
  CHECK(loaded.problems.empty());
  REQUIRE(loaded.warnings.size() == 1);
  CHECK(loaded.warnings[0].find("ETL_INTERVAL has no effect") == 0);
}

TEST_CASE("everything may be written as text in the environment and in flags") {
  const auto loaded =
      load({.environment = {{"ROLLCALL_HTTP__CONNECTIONS_MAX", "17"},
                            {"ROLLCALL_HTTP__IDLE_TIMEOUT", "1m30s"},
                            {"ROLLCALL_CHECKPOINT__BYTES", "1MiB"},
                            {"ROLLCALL_BATCHES__SIDES", "expected,processed,audited"}},
            .overrides = {{"kafka.topics", "[{name = \"a\", side = \"audited\"}]", "--set"}}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.http.connections_max == 17);
  CHECK(loaded.config.http.idle_timeout == 90s);
  CHECK(loaded.config.checkpoint.bytes == mebibytes(1));
  CHECK(loaded.config.batches.sides ==
        std::vector<std::string>{"expected", "processed", "audited"});
  CHECK(loaded.config.kafka.topics == std::vector<TopicConfig>{{"a", "audited", {}}});
}

TEST_CASE("a list of texts in a variable may also be TOML") {
  const auto loaded =
      load({.environment = {{"ROLLCALL_BATCHES__SIDES", R"(["expected", "processed"])"}}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.batches.sides.size() == 2);
}

TEST_CASE("other programs' variables are no concern, and those of other tools only a warning") {
  const auto loaded = load({.environment = {{"PATH", "/bin"},
                                            {"ROLLCALL_TEST_KAFKA", "127.0.0.1:9"},
                                            {"ROLLCALL_PORT", "tcp://10.0.0.1:8000"}}});
  CHECK(loaded.problems.empty());
  REQUIRE(loaded.warnings.size() == 1);
  CHECK(loaded.warnings[0] == "environment ROLLCALL_PORT is no option and has no effect");
}

TEST_CASE("what the client's commands read from the environment is no slip of the daemon's") {
  const auto loaded = load({.environment = {{"ROLLCALL_URL", "http://127.0.0.1:8000"},
                                            {"ROLLCALL_TOKEN", "0123456789abcdef"}}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.warnings.empty());
}

}  // namespace
}  // namespace rollcall::config
