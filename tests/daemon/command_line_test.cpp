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
  CHECK(parse({"batch", "list"}).verb == Verb::batch_list);
  CHECK(parse({"batch", "show", "b"}).verb == Verb::batch_show);
  CHECK(parse({"batch", "missing", "b"}).verb == Verb::batch_missing);
  CHECK(parse({"check", "b"}).verb == Verb::check);
  CHECK(parse({"import", "f.csv"}).verb == Verb::import);
}

TEST_CASE("check is told its limits and how long to wait") {
  const auto line = parse({"check", "orders", "--max-missing", "3", "--max-unexpected", "4",
                           "--wait", "1h30m", "--interval", "0", "--by-name", "-o", "json"});
  CHECK(line.client.batch == "orders");
  CHECK(line.client.by_name);
  CHECK(line.client.output == Output::json);
  CHECK(line.check.max_missing == 3);
  CHECK(line.check.max_unexpected == 4);
  CHECK(line.check.wait == std::chrono::minutes{90});
  CHECK(line.check.interval == std::chrono::milliseconds{0});
  CHECK(parse({"check", "b"}).check.wait == std::chrono::milliseconds{0});
}

TEST_CASE("import is told what a file holds") {
  const auto line = parse({"import",
                           "-",
                           "--batch",
                           "b",
                           "--format",
                           "csv",
                           "--side-column",
                           "s",
                           "--id-column",
                           "i",
                           "--metadata-column",
                           "m",
                           "--metadata-column",
                           "n",
                           "--delimiter",
                           "tab",
                           "--retry",
                           "1m",
                           "--url",
                           "http://h:1"});
  CHECK(line.import.file == "-");
  CHECK(line.client.batch == "b");
  CHECK(line.client.url == "http://h:1");
  CHECK(line.import.format == "csv");
  CHECK(line.import.side_column == "s");
  CHECK(line.import.id_column == "i");
  CHECK(line.import.metadata_columns == std::vector<std::string>{"m", "n"});
  CHECK(line.import.delimiter == '\t');
  CHECK(line.import.retry == std::chrono::minutes{1});
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
  CHECK(is_usage_error(parse({"batch"})));
  CHECK(is_usage_error(parse({"batch", "list", "b"})));
  CHECK(is_usage_error(parse({"check"})));
  CHECK(is_usage_error(parse({"check", "b", "--wait", "soon"})));
  CHECK(is_usage_error(parse({"check", "b", "--max-missing", "-1"})));
  CHECK(is_usage_error(parse({"import"})));
  CHECK(is_usage_error(parse({"import", "f", "--side", "a", "--side-column", "b"})));
  CHECK(is_usage_error(parse({"import", "f", "--metadata-column", "a", "b"})));
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
  for (const auto* const command : {"check", "import"}) {
    CAPTURE(command);
    const auto help = parse({command, "--help"}).out;
    CHECK(help.find("Exit codes: 0 ") != std::string::npos);
    CHECK(help.find("--url URL") != std::string::npos);
  }
}

}  // namespace
}  // namespace rollcall
