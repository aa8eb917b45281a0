// `rollcall demo` shows what it promises, with nothing around it.
#include <boost/json.hpp>
#include <csignal>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace rollcall::test;

namespace {

constexpr seconds kStoryMax{120};

// A demo and everything it says, on either channel.
struct Demo {
  explicit Demo(const std::vector<std::string>& arguments) {
    ChildProcess::Options options;
    options.command = {ROLLCALL_PROGRAM, "demo", "--http", "127.0.0.1:" + std::to_string(port)};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    options.output_path = (directory.path() / "said").string();
    options.error_path = options.output_path;
    process = std::make_unique<ChildProcess>(options);
  }

  [[nodiscard]] std::string said() const {
    std::ifstream file(directory.path() / "said");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  [[nodiscard]] std::uint64_t count(const std::string& batch, const std::string& name) const {
    const auto answer = http_get(port, "/api/v1/batches/" + batch);
    if (!answer || answer->status != 200) return 0;
    return boost::json::parse(answer->body).at("counts").at(name).to_number<std::uint64_t>();
  }

  TemporaryDirectory directory;
  int port = free_port();
  std::unique_ptr<ChildProcess> process;
};

// The paths of all URLs it tells us to ask.
std::vector<std::string> urls_in(const std::string& text, int port) {
  const std::regex url("curl[^\\n]*?127\\.0\\.0\\.1:" + std::to_string(port) + "(/[^\\s'\"]*)");
  std::vector<std::string> targets;
  for (std::sregex_iterator found(text.begin(), text.end(), url), end; found != end; ++found) {
    targets.push_back((*found)[1]);
  }
  return targets;
}

TEST_CASE(
    "the demo tells its story: a dozen missing, some unexpected, duplicates and bad records") {
  Demo demo({});
  REQUIRE(wait_until(kStoryMax, [&] { return !urls_in(demo.said(), demo.port).empty(); }));
  CHECK(wait_until(kStoryMax, [&] {
    return demo.count("orders", "expected") == 2'000 && demo.count("orders", "missing") == 12;
  }));
  CHECK(wait_until(kStoryMax, [&] { return demo.count("payments", "unexpected") == 5; }));
  CHECK(wait_until(kStoryMax, [&] {
    return demo.count("shipments", "duplicate_expected") +
               demo.count("shipments", "duplicate_processed") ==
           7;
  }));
  for (const auto& target : urls_in(demo.said(), demo.port)) {
    INFO(target);
    const auto answer = http_get(demo.port, target);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(!answer->body.empty());
  }
  demo.process->signal(SIGINT);
  const auto end = demo.process->wait(seconds{15});
  REQUIRE(end);
  CHECK(end->code == 130);
}

TEST_CASE("the demo with --once ends by itself when the story is told") {
  Demo demo({"--once"});
  const auto end = demo.process->wait(kStoryMax);
  REQUIRE(end);
  CHECK_MESSAGE(end->code == 0, demo.said());
}

}  // namespace
