#include "daemon/command_line.hpp"

#include <doctest/doctest.h>
#include <initializer_list>
#include <vector>

namespace rollcall {
namespace {

CommandLine parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv = {"rollcall"};
  argv.insert(argv.end(), arguments);
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

bool is_usage_error(const CommandLine& line) {
  return line.verb == Verb::none && line.exit_code == ExitCode::usage && line.out.empty() &&
         !line.err.empty();
}

TEST_CASE("each subcommand is understood") {
  CHECK(parse({"serve"}).verb == Verb::serve);
  CHECK(parse({"demo"}).verb == Verb::demo);
  CHECK(parse({"config", "check"}).verb == Verb::config_check);
  CHECK(parse({"config", "print"}).verb == Verb::config_print);
  CHECK(parse({"migrate"}).verb == Verb::migrate);
  CHECK(parse({"version"}).verb == Verb::version);
}

TEST_CASE("flags of serve become overrides that say where they come from") {
  const auto line = parse({"serve", "-c", "a.toml", "--http", "127.0.0.1:1", "--database", "memory",
                           "--kafka", "k:1", "--set", "log.level=debug", "--set",
                           "kafka.topics=[{name = \"a\", side = \"b=c\"}]"});
  CHECK(line.verb == Verb::serve);
  CHECK(line.config_file == "a.toml");
  REQUIRE(line.overrides.size() == 5);
  const auto find = [&](const std::string& key) -> config::Override {
    for (const auto& given : line.overrides) {
      if (given.key == key) return given;
    }
    return {};
  };
  CHECK(find("http.listen").text == "127.0.0.1:1");
  CHECK(find("http.listen").origin == "--http");
  CHECK(find("database.url").text == "memory");
  CHECK(find("kafka.brokers").text == "k:1");
  CHECK(find("log.level").text == "debug");
  CHECK(find("kafka.topics").text == "[{name = \"a\", side = \"b=c\"}]");
  CHECK(find("kafka.topics").origin == "--set");
}

TEST_CASE("flags may be written with an equals sign") {
  const auto line = parse({"serve", "--http=127.0.0.1:1", "--set=log.level=debug"});
  REQUIRE(line.overrides.size() == 2);
  CHECK(line.overrides[1].text == "debug");
}

TEST_CASE("the demo never touches a database or Kafka of the environment") {
  const auto line = parse({"demo", "--once", "--http", "127.0.0.1:1"});
  CHECK(line.once);
  REQUIRE(line.overrides.size() == 3);
  CHECK(line.overrides[1].key == "database.url");
  CHECK(line.overrides[1].text == "memory");
  CHECK(line.overrides[2].key == "kafka.brokers");
  CHECK(line.overrides[2].text.empty());
}

TEST_CASE("what is not understood is a usage error") {
  CHECK(is_usage_error(parse({})));
  CHECK(is_usage_error(parse({"serv"})));
  CHECK(is_usage_error(parse({"serve", "--htpp", "a:1"})));
  CHECK(is_usage_error(parse({"serve", "extra"})));
  CHECK(is_usage_error(parse({"serve", "--http"})));
  CHECK(is_usage_error(parse({"serve", "--set", "novalue"})));
  CHECK(is_usage_error(parse({"serve", "--set", "=value"})));
  CHECK(is_usage_error(parse({"serve", "--set", "a=b", "c=d"})));
  CHECK(is_usage_error(parse({"config"})));
  CHECK(is_usage_error(parse({"config", "chek"})));
  CHECK(is_usage_error(parse({"version", "--once"})));
  CHECK(is_usage_error(parse({"serve", "demo"})));
}

TEST_CASE("help that was asked for is data and no error") {
  for (const auto& line :
       {parse({"--help"}), parse({"serve", "--help"}), parse({"config", "print", "-h"})}) {
    CHECK(line.verb == Verb::none);
    CHECK(line.exit_code == ExitCode::ok);
    CHECK(line.out.find("Usage: rollcall") != std::string::npos);
    CHECK(line.err.empty());
  }
  CHECK(parse({"serve", "--help"}).out.find("--database URL|memory") != std::string::npos);
}

}  // namespace
}  // namespace rollcall
