// The program as its users start it, for what needs neither database nor Kafka: words, exit codes,
// and what goes to stdout and what to stderr.
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>

#include "config/print.hpp"

namespace rollcall {
namespace {

namespace fs = std::filesystem;

// A folder of its own that is gone with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "rollcall-cli-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    return file(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  fs::path path_;
};

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// Through the shell, so that a test may write variables before and redirections behind. Nothing of
// this process's environment gets through.
Outcome rollcall(const std::string& arguments, const std::string& environment = "") {
  const Folder folder;
  const auto command = "env -i " + environment + " " + ROLLCALL_PROGRAM + " " + arguments + " >" +
                       folder.file("out") + " 2>" + folder.file("err");
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, folder.read("out"), folder.read("err")};
}

TEST_CASE("without arguments the program shows its help on stderr and ends with 2") {
  const auto outcome = rollcall("");
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("Usage: rollcall") != std::string::npos);
}

TEST_CASE("usage errors end with 2 and say what was wrong on stderr") {
  for (const auto* const arguments :
       {"frobnicate", "serve --frobnicate", "config", "serve --set nonsense"}) {
    CAPTURE(arguments);
    const auto outcome = rollcall(arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK_FALSE(outcome.err.empty());
  }
}

TEST_CASE("help is data") {
  const auto outcome = rollcall("serve --help");
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("--kafka BROKERS") != std::string::npos);
  CHECK(outcome.err.empty());
}

TEST_CASE("version names the program, its build, its allocator and its libraries") {
  const auto outcome = rollcall("version");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with("rollcall "));
  for (const auto* const part : {"\nbuild ", "\nallocator ", "\nlibrdkafka ", "\nlibpqxx ",
                                 "\nBoost ", "\nsimdjson ", "\nCRoaring "}) {
    const auto found = outcome.out.find(part);
    REQUIRE(found != std::string::npos);
    CHECK(outcome.out[found + std::string(part).size()] != '\n');
  }
  CHECK(rollcall("--version").out.starts_with("rollcall "));
}

TEST_CASE("config check accepts the example file and talks on stderr only") {
  const auto outcome =
      rollcall(std::string("config check -c ") + ROLLCALL_SOURCE_DIR + "/config/rollcall.toml");
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
}

TEST_CASE("config check says everything that is wrong and ends with 78") {
  const Folder folder;
  const auto file = folder.write("bad.toml", "[http]\nlistn = 1\n[log]\nlevel = \"loud\"\n");
  const auto outcome =
      rollcall("config check -c " + file + " --set a.b=c", "ROLLCALL_LOG__FORMAT=xml");
  CHECK(outcome.code == 78);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find(file + ":2:1: http.listn: no such option; did you mean http.listen?\n") !=
        std::string::npos);
  CHECK(outcome.err.find(file + ":4:1: log.level: ") != std::string::npos);
  CHECK(outcome.err.find("environment ROLLCALL_LOG__FORMAT: log.format: ") != std::string::npos);
  CHECK(outcome.err.find("--set: a.b: no such option") != std::string::npos);
}

TEST_CASE("a bad configuration stops serve, migrate and demo with 78 before they do anything") {
  for (const auto* const arguments :
       {"serve --set log.level=loud", "migrate --database nonsense", "demo --http nonsense"}) {
    CAPTURE(arguments);
    CHECK(rollcall(arguments).code == 78);
  }
}

TEST_CASE("config check knows what librdkafka would refuse") {
  const auto outcome = rollcall(
      "config check --kafka k:9092 --set kafka.properties.no.such=1 "
      "--set kafka.properties.fetch.min.bytes=many");
  CHECK(outcome.code == 78);
  CHECK(outcome.err.find("no.such") != std::string::npos);
  CHECK(outcome.err.find("fetch.min.bytes") != std::string::npos);
}

TEST_CASE("tokens that cannot be read stop serve with 78; print and migrate need not read them") {
  const Folder folder;
  const auto tokens = " --set http.tokens_file=" + folder.write("tokens", "read a\nhunter2\n");
  for (const std::string verb : {"serve", "config check"}) {
    const auto outcome = rollcall(verb + tokens);
    CHECK(outcome.code == 78);
    CHECK(outcome.err.find("--set: http: the tokens' file " + folder.file("tokens") +
                           ", line 2: the role is neither read nor write;") != std::string::npos);
    CHECK(outcome.err.find("hunter2") == std::string::npos);
  }
  CHECK(rollcall("config print" + tokens).code == 0);
  CHECK(rollcall("serve --set http.tokens_file=/nowhere").code == 78);
}

TEST_CASE("TLS that cannot be spoken stops serve with 78, beside everything else that is wrong") {
  const auto outcome = rollcall(
      "serve --set http.tls_certificate_file=/nowhere/cert.pem --set "
      "http.tls_key_file=/nowhere/key.pem --set http.tokens_file=/nowhere/tokens");
  CHECK(outcome.code == 78);
  CHECK(outcome.err.find("the certificate's file /nowhere/cert.pem cannot be read: No such file") !=
        std::string::npos);
  CHECK(outcome.err.find("the tokens' file /nowhere/tokens cannot be read") != std::string::npos);
  CHECK(rollcall("serve --set http.tls_key_file=/nowhere/key.pem").code == 78);
}

TEST_CASE("a configuration file that cannot be read ends with 78") {
  const auto outcome = rollcall("config check -c /nowhere/rollcall.toml");
  CHECK(outcome.code == 78);
  CHECK(outcome.err.find("/nowhere/rollcall.toml: cannot be read: No such file or directory") !=
        std::string::npos);
  CHECK(rollcall("config check -c /dev/zero").code == 78);
  CHECK(rollcall("config check -c /").code == 78);
}

TEST_CASE("config print shows what is in effect, from every layer, without secrets") {
  const Folder folder;
  const auto file = folder.write("good.toml", "[http]\nlisten = \"127.0.0.1:1\"\n");
  const auto secret = folder.write("url", "postgresql://u:hunter2@h/d\n");
  const auto outcome = rollcall("config print --kafka k:9092 -c " + file,
                                "LOG_LEVEL=debug ROLLCALL_DATABASE__URL_FILE=" + secret);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("listen = \"127.0.0.1:1\"  # " + file + ":2:1\n") != std::string::npos);
  CHECK(outcome.out.find("brokers = \"k:9092\"  # --kafka\n") != std::string::npos);
  CHECK(outcome.out.find("level = \"debug\"  # environment LOG_LEVEL\n") != std::string::npos);
  CHECK(outcome.out.find("url = \"postgresql://u:***@h/d\"  # file \"" + secret) !=
        std::string::npos);
  CHECK(outcome.out.find("hunter2") == std::string::npos);
}

TEST_CASE("config print --example is the documented file") {
  const auto outcome = rollcall("config print --example");
  CHECK(outcome.code == 0);
  CHECK(outcome.out == config::print_example());
}

TEST_CASE("data that cannot be written is no success") {
  if (!fs::exists("/dev/full")) return;
  const Folder folder;
  const auto command =
      std::string(ROLLCALL_PROGRAM) + " version >/dev/full 2>" + folder.file("err");
  const int status = std::system(command.c_str());
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(folder.read("err") == "rollcall: cannot write to stdout\n");
}

}  // namespace
}  // namespace rollcall
