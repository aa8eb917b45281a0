#include <doctest/doctest.h>

#include "config/field_mapping.hpp"
#include "tests/config/loading.hpp"

namespace rollcall::config {
namespace {

using test::lines;
using test::load;
using test::problem;
using test::problem_in_file;
using test::problems;

TEST_CASE("topics are tables with a name, a side and a mapping of fields") {
  const auto loaded =
      load({.file = "[[kafka.topics]]\nname = \"shop.orders\"\nside = \"expected\"\n"
                    "fields = {batch = \"/order/batch_no\", id = \"/order/number\"}\n"
                    "[[kafka.topics]]\nname = \"shop.all\"\nside = \"event\"\n"});
  CHECK(loaded.problems.empty());
  REQUIRE(loaded.config.kafka.topics.size() == 2);
  const auto names = field_names(loaded.config.kafka.topics[0]);
  CHECK(names.batch == "/order/batch_no");
  CHECK(names.id == "/order/number");
  CHECK(names.ts == "/ts");
}

TEST_CASE("each thing that is wrong with a topic is said where it stands") {
  const auto found =
      problems({.file = "[kafka]\n"
                        "topics = [\n"
                        "  {name = \"a b\", side = \"expected\"},\n"
                        "  {nam = \"b\", side = \"expected\"},\n"
                        "  {name = \"c\", side = 3},\n"
                        "  {name = \"d\", side = \"expected\", fields = {batsh = \"/b\"}},\n"
                        "  {name = \"e\", side = \"expected\", fields = {batch = \"order\"}},\n"
                        "  {name = \"d\", side = \"expected\"},\n"
                        "  \"f\",\n"
                        "]\n"});
  CHECK(lines(found) ==
        "test.toml:3:4: kafka.topics: \"a b\" is no topic name; use letters, digits, '.', '_' and "
        "'-', at most 249\n"
        "test.toml:4:4: kafka.topics: a topic has no \"nam\"; did you mean \"name\"?\n"
        "test.toml:4:3: kafka.topics: a topic without name; add its name\n"
        "test.toml:5:16: kafka.topics: side is a whole number; give a text\n"
        "test.toml:6:45: kafka.topics: an event has no field \"batsh\"; did you mean \"batch\"?\n"
        "test.toml:7:3: kafka.topics: batch = \"order\" is no JSON pointer, such as "
        "\"/order/number\"; mend the topic's fields\n"
        "test.toml:8:4: kafka.topics: \"d\" is there twice; declare each topic once\n"
        "test.toml:9:3: kafka.topics: has a text in it; write for example {name = "
        "\"shop.orders\", side = \"expected\"}\n");
}

TEST_CASE("a topic's side must be one of the batches' sides") {
  CHECK(problem_in_file("[kafka]\ntopics = [{name = \"a\", side = \"expcted\"}]\n") ==
        "test.toml:2:1: kafka.topics: \"a\" has the side \"expcted\", which batches.sides does not "
        "name; did you mean "
        "\"expected\"?");
  CHECK(problems({.overrides = {{"batches.sides", "salesforce,hubspot", "--set"}}}).size() == 2);
}

TEST_CASE("librdkafka's properties pass through, dotted, quoted, as flags and as variables") {
  const auto loaded =
      load({.file = "[kafka.properties]\nfetch.wait.max.ms = 50\n\"security.protocol\" = \"ssl\"\n"
                    "socket.keepalive.enable = true\n",
            .environment = {{"ROLLCALL_KAFKA__PROPERTIES__SECURITY_PROTOCOL", "sasl_ssl"},
                            {"ROLLCALL_KAFKA__PROPERTIES__SASL_PASSWORD_FILE", "/run/p"}},
            .overrides = {{"kafka.properties.fetch.min.bytes", "1", "--set"}},
            .secrets = {{"/run/p", "hunter2\n"}}});
  CHECK(loaded.problems.empty());
  const std::map<std::string, std::string> expected = {{"fetch.min.bytes", "1"},
                                                       {"fetch.wait.max.ms", "50"},
                                                       {"sasl.password", "hunter2"},
                                                       {"security.protocol", "sasl_ssl"},
                                                       {"socket.keepalive.enable", "true"}};
  CHECK(loaded.config.kafka.properties == expected);
}

TEST_CASE("properties that rollcall owns are refused with what to use instead") {
  CHECK(problem_in_file("[kafka.properties]\n\"group.id\" = \"a\"\n") ==
        "test.toml:2:1: kafka.properties.group.id: is set by rollcall itself; use kafka.group");
  CHECK(problem({.environment = {{"ROLLCALL_KAFKA__PROPERTIES__ENABLE_AUTO_COMMIT", "true"}}}) ==
        "environment ROLLCALL_KAFKA__PROPERTIES__ENABLE_AUTO_COMMIT: "
        "kafka.properties.enable.auto.commit: is set by "
        "rollcall itself; remove it: exactly once depends on it");
  CHECK(problem_in_file("[kafka.properties]\nrebalance_cb = \"a\"\n")
            .find("is set by rollcall itself") != std::string::npos);
  CHECK(problem_in_file("[kafka.properties]\n\"fetch.min.bytes\" = 1.5\n")
            .find("is a number with a fraction") != std::string::npos);
}

TEST_CASE("brokers are one text without holes") {
  CHECK(problems({.overrides = {{"kafka.brokers", "a:9092,b:9092", "--kafka"}}}).empty());
  CHECK(problem({.overrides = {{"kafka.brokers", "a:9092, b:9092", "--kafka"}}})
            .find("white space") != std::string::npos);
  CHECK(problem({.overrides = {{"kafka.brokers", "a:9092,,b:9092", "--kafka"}}})
            .find("empty broker") != std::string::npos);
}

}  // namespace
}  // namespace rollcall::config
