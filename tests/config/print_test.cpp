#include "config/print.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>

#include "config/option.hpp"
#include "tests/config/loading.hpp"

namespace rollcall::config {
namespace {

using test::load;

std::string text_of_file(const std::string& path) {
  std::ifstream in(std::string(ROLLCALL_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void check_same(const Config& a, const Config& b) {
  for (const auto& option : options()) {
    CAPTURE(option.key);
    CHECK(show(option, a) == show(option, b));
  }
}

TEST_CASE("config/rollcall.toml is what the options say; if not: rollcall config print --example") {
  CHECK(text_of_file("config/rollcall.toml") == print_example());
}

TEST_CASE("the example file says every option's default") {
  const auto loaded = load({.file = print_example()});
  CHECK(loaded.problems.empty());
  CHECK(loaded.origins.size() >=
        options().size() - 1);  // of kafka.properties only the samples stand there
  check_same(loaded.config, Config{});
}

TEST_CASE("the samples in the example file are good, too") {
  std::string text;
  for (const auto& option : options()) {
    if (option.sample.empty()) continue;
    const bool table = option.key == "kafka.properties";
    text.append("[").append(table ? option.key : section_of(option.key)).append("]\n");
    text.append(option.sample).append("\n");
  }
  const auto loaded = load({.file = text,
                            .secrets = {{"/run/secrets/database_url", "postgresql://h/d"},
                                        {"/run/secrets/kafka_password", "secret"}}});
  for (const auto& problem : loaded.problems) CHECK_MESSAGE(false, message_of(problem));
}

TEST_CASE("what is printed can be read again and means the same") {
  const auto first = load(
      {.file = "[http]\nlisten = \"[::1]:9\"\n[kafka]\nbrokers = \"a:1\"\n"
               "topics = [{name = \"t\", side = \"event\", fields = {batch = \"/a\\\"~1\"}}]\n"
               "[kafka.properties]\nclient.id = \"x\\ny\"\n[checkpoint]\ninterval = \"1m30s\"\n",
       .environment = {{"LOG_LEVEL", "debug"}}});
  REQUIRE(first.problems.empty());
  const auto text = print_effective(first);
  const auto second = load({.file = text});
  CHECK(second.problems.empty());
  check_same(first.config, second.config);
  CHECK(second.config.kafka.properties.at("client.id") == "x\ny");
}

TEST_CASE("every printed option says where its value comes from") {
  const auto text = print_effective(load({.file = "[http]\nlisten = \"a:1\"\n",
                                          .environment = {{"LOG_LEVEL", "debug"}},
                                          .overrides = {{"kafka.brokers", "k:1", "--kafka"}}}));
  CHECK(text.find("listen = \"a:1\"  # test.toml:2:1\n") != std::string::npos);
  CHECK(text.find("level = \"debug\"  # environment LOG_LEVEL\n") != std::string::npos);
  CHECK(text.find("brokers = \"k:1\"  # --kafka\n") != std::string::npos);
  CHECK(text.find("deadline = \"10s\"  # default\n") != std::string::npos);
}

}  // namespace
}  // namespace rollcall::config
