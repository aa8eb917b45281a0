#include <doctest/doctest.h>

#include "config/nearest.hpp"
#include "config/option.hpp"
#include "tests/config/loading.hpp"

namespace rollcall::config {
namespace {

using test::lines;
using test::problem;
using test::problem_in_file;
using test::problems;

TEST_CASE("everything that is wrong comes out at once, each with its line and column") {
  const auto found =
      problems({.file = "[http]\n"
                        "listn = \"127.0.0.1:1\"\n"
                        "connections_max = \"many\"\n"
                        "\n"
                        "[checkpoint]\n"
                        "  interval = 5\n"
                        "bytes = \"1KiB\"\n",
                .environment = {{"ROLLCALL_LOG__LEVEL", "loud"}, {"ROLLCALL_HTTP_LISTEN", "x"}},
                .overrides = {{"kafka.broker", "a:1", "--set"}}});
  CHECK(lines(found) ==
        "test.toml:2:1: http.listn: no such option; did you mean http.listen?\n"
        "test.toml:3:1: http.connections_max: is a text, but a whole number is expected; write for "
        "example 1024\n"
        "test.toml:6:3: checkpoint.interval: 5 is no duration: a number and ms, s, m, h or d; "
        "write for example \"200ms\"\n"
        "test.toml:7:1: checkpoint.bytes: 1KiB is too little; give 64KiB to 4GiB\n"
        "environment ROLLCALL_LOG__LEVEL: log.level: \"loud\" is none of trace, debug, info, "
        "warning, error; choose one\n"
        "environment ROLLCALL_HTTP_LISTEN: no such option; did you mean ROLLCALL_HTTP__LISTEN?\n"
        "--set: kafka.broker: no such option; did you mean kafka.brokers?\n");
}

TEST_CASE("problems in a file come in the order of its lines") {
  const auto found = problems({.file = "[log]\nlevel = 1\nformat = 2\n[http]\nlisten = 3\n"});
  REQUIRE(found.size() == 3);
  CHECK(found[0].starts_with("test.toml:2:1: "));
  CHECK(found[1].starts_with("test.toml:3:1: "));
  CHECK(found[2].starts_with("test.toml:5:1: "));
}

TEST_CASE("a section or an option that does not exist names the nearest one") {
  CHECK(problem_in_file("[htpp]\nlisten = 1\n") ==
        "test.toml:1:2: htpp: no such section; did you mean [http]?");
  CHECK(problem_in_file("[quite_else]\na = 1\n") ==
        "test.toml:1:2: quite_else: no such section; see `rollcall config print`");
  CHECK(problem_in_file("[http]\nsides = []\n") ==
        "test.toml:2:1: http.sides: no such option; did you mean batches.sides?");
  CHECK(problem_in_file("listen = 1\n") ==
        "test.toml:1:1: listen: no such option; did you mean http.listen?");
  CHECK(problem_in_file("http = 1\n") ==
        "test.toml:1:1: http: is a whole number, but it is a section; write [http] and the options "
        "below it");
}

TEST_CASE("text that is no TOML is refused with its place") {
  const auto message = problem_in_file("[http]\nlisten = \n");
  CHECK(message.starts_with("test.toml:2:"));
  CHECK(message.find("is no TOML: ") != std::string::npos);
}

TEST_CASE("a syntax error hides the file but no other layer's problem") {
  CHECK(problems({.file = "[", .environment = {{"LOG_LEVEL", "loud"}}}).size() == 2);
}

TEST_CASE("an unknown variable names the nearest one") {
  CHECK(problem({.environment = {{"ROLLCALL_CHECKPOINT__INTREVAL", "1s"}}}) ==
        "environment ROLLCALL_CHECKPOINT__INTREVAL: no such option; did you mean "
        "ROLLCALL_CHECKPOINT__INTERVAL?");
  CHECK(problem({.environment = {{"ROLLCALL_A__B", "1s"}}}) ==
        "environment ROLLCALL_A__B: no such option; unset it, or see `rollcall config print`");
}

TEST_CASE("numbers, durations and sizes have a range") {
  CHECK(problem_in_file("[http]\nconnections_max = 0\n") ==
        "test.toml:2:1: http.connections_max: 0 is too little; give 1 to 100000");
  CHECK(problem_in_file("[http]\nconnections_max = -1\n") ==
        "test.toml:2:1: http.connections_max: -1 is too little; give 1 to 100000");
  CHECK(problem_in_file("[shutdown]\ndeadline = \"1d\"\n") ==
        "test.toml:2:1: shutdown.deadline: 1d is too much; give 1s to 10m");
  CHECK(problem({.environment = {{"ROLLCALL_HTTP__CONNECTIONS_MAX", "1e3"}}}) ==
        "environment ROLLCALL_HTTP__CONNECTIONS_MAX: http.connections_max: \"1e3\" is no whole "
        "number; write for "
        "example 1024");
}

TEST_CASE("an address to listen on has a port, and brackets around IPv6") {
  for (const auto* const good :
       {"0.0.0.0:80", "localhost:0", "[::1]:8000", "rollcall.internal:65535"}) {
    CAPTURE(good);
    CHECK(problems({.overrides = {{"http.listen", good, "--http"}}}).empty());
  }
  for (const auto* const bad :
       {"8000", ":8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "a:-1", "::1:80", ""}) {
    CAPTURE(bad);
    CHECK(problems({.overrides = {{"http.listen", bad, "--http"}}}).size() == 1);
  }
  CHECK(problem({.overrides = {{"http.listen", "8000", "--http"}}}) ==
        "--http: http.listen: \"8000\" is not address:port; give address:port");
}

TEST_CASE("sides are 2 to 16 distinct plain names") {
  CHECK(problem_in_file("[batches]\nsides = [\"expected\", \"processed\", \"expected\"]\n") ==
        "test.toml:2:35: batches.sides: has \"expected\" twice; name it once");
  CHECK(problem({.overrides = {{"batches.sides", "only", "--set"}}})
            .find("1 is too little; give 2 to 16") != std::string::npos);
  CHECK(problem({.overrides = {{"batches.sides", "expected,processed,a b", "--set"}}})
            .find("other characters") != std::string::npos);
  CHECK(problem({.overrides = {{"batches.sides", "expected,processed,event", "--set"}}})
            .find("has the side event") != std::string::npos);
}

TEST_CASE("a checkpoint cannot wait for more bytes than reading pauses at") {
  CHECK(problem_in_file("[checkpoint]\nbytes = \"64MiB\"\nuncommitted_bytes_max = \"32MiB\"\n") ==
        "test.toml:2:1: checkpoint.bytes: 64MiB is more than checkpoint.uncommitted_bytes_max, "
        "32MiB; lower the one or "
        "raise the other");
}

TEST_CASE("a key of many parts and deep brackets are refused, not followed") {
  std::string key = "a";
  for (int i = 0; i < 100'000; ++i) key += ".a";
  CHECK(problem_in_file(key + " = 1\n").find("a key has too many parts") != std::string::npos);
  CHECK(problem_in_file("a = " + std::string(100'000, '[')).find("is no TOML") !=
        std::string::npos);
  CHECK(
      problems(
          {.file = "[kafka]\nbrokers = \"" + std::string("10.0.0.1:9092") +
                   ",10.0.0.2:9092,10.0.0.3:9092,10.0.0.4:9092,10.0.0.5:9092,10.0.0.6:9092,10.0.0."
                   "7:9092,"
                   "10.0.0.8:9092,10.0.0.9:9092,10.0.0.10:9092,10.0.0.11:9092,10.0.0.12:9092\"\n"})
          .empty());
}

TEST_CASE("what a message repeats is short and safe for a terminal") {
  const auto message =
      problem({.overrides = {{"http.listen", "\x1b[31m" + std::string(5000, 'x'), "--http"}}});
  CHECK(message.size() < 200);
  CHECK(message.find('\x1b') == std::string::npos);
}

TEST_CASE("distance counts inserted, removed, changed and swapped characters") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("listen", "listn") == 1);
  CHECK(edit_distance("listen", "lisetn") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(nearest("lisetn", {"level", "listen"}) == "listen");
  CHECK(nearest("x", {"ab", "b"}).empty());
}

TEST_CASE("every option's default is within its own range and choices") {
  for (const auto& option : options()) {
    CAPTURE(option.key);
    CHECK(find_option(option.key) == &option);
    CHECK(option.help.ends_with('.'));
    CHECK(option.min <= option.max);
  }
}

TEST_CASE("an origin is written as browsers write it") {
  const auto origins = [](const std::string& list) {
    return lines(problems({.file = "[http]\ncors_origins = [" + list + "]\n"}));
  };
  CHECK(origins("").empty());
  CHECK(origins("'*'").empty());
  CHECK(origins("'https://app.example', 'http://localhost:3000', 'http://[::1]:3000'").empty());
  for (const char* bad :
       {"'app.example'", "'https://app.example/'", "'https://App.example'", "'https://*.example'",
        "'null'", "'https://'", "''", "'https://app.example:443'"}) {
    CHECK_MESSAGE(origins(bad).find("test.toml:2") == 0, bad);
  }
}

TEST_CASE("a host is a name, with or without its port") {
  const auto hosts = [](const std::string& list) {
    return lines(problems({.file = "[http]\nhosts = [" + list + "]\n"}));
  };
  CHECK(hosts("").empty());
  CHECK(hosts("'rollcall', 'rollcall.internal:8000', 'a-b.example'").empty());
  for (const char* bad : {"'https://app.example'", "'app.example/'", "'*'", "''", "':80'", "'a b'"})
    CHECK_MESSAGE(hosts(bad).find("test.toml:2") == 0, bad);
}

}  // namespace
}  // namespace rollcall::config
