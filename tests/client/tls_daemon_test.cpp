// The client commands and a real daemon whose certificate was signed by a CA of the house.
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/client/private_ca.hpp"
#include "tests/client/program_run.hpp"
#include "tests/support/daemon_process.hpp"

using namespace rollcall::test;

namespace {

struct TlsDaemon {
  explicit TlsDaemon(PrivateCa ours = make_private_ca()) : made(std::move(ours)) {
    std::filesystem::permissions(
        key.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    daemon.start();
    REQUIRE_MESSAGE(wait_until(seconds{60}, [&] { return daemon.log_has("answering"); }),
                    daemon.log());
  }

  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(daemon.port());
  }
  [[nodiscard]] ProgramOutcome list(std::vector<std::string> more,
                                    const std::vector<std::string>& environment = {}) const {
    std::vector<std::string> arguments{"batch", "list", "--url", url(), "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments, environment);
  }

  PrivateCa made;
  TestFile ca{"ca.pem", made.ca};
  TestFile certificate{"certificate.pem", made.certificate};
  TestFile key{"key.pem", made.key};
  DaemonProcess daemon{{ROLLCALL_PROGRAM,
                        "[database]\nurl = \"memory\"\n",
                        0,
                        {"ROLLCALL_HTTP__TLS_CERTIFICATE_FILE=" + certificate.path(),
                         "ROLLCALL_HTTP__TLS_KEY_FILE=" + key.path()}}};
};

bool says(const ProgramOutcome& outcome, const std::string& text) {
  return outcome.err.find(text) != std::string::npos;
}

TEST_CASE("a daemon behind a private CA answers whoever names that CA, by flag or by variable") {
  const TlsDaemon tls;
  const auto by_flag = tls.list({"--ca-file", tls.ca.path()});
  CHECK_MESSAGE(by_flag.code == 0, by_flag.err);
  const auto by_variable = tls.list({}, {"SSL_CERT_FILE=" + tls.ca.path()});
  CHECK_MESSAGE(by_variable.code == 0, by_variable.err);
  CHECK(by_variable.out == by_flag.out);
  const auto flag_wins = tls.list({"--ca-file", tls.ca.path()}, {"SSL_CERT_FILE=/nowhere.pem"});
  CHECK_MESSAGE(flag_wins.code == 0, flag_wins.err);
  const TestFile rows("rows.csv", "record_id,status\n1,expected\n");
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"import", rows.path(), "--batch", "orders"},
           {"batch", "show", "orders"},
           {"batch", "missing", "orders"},
           {"check", "orders", "--max-missing", "1", "--wait", "30s"},
           {"dead-letters", "list"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--url", tls.url(), "--ca-file", tls.ca.path()});
    const auto outcome = run_program(arguments);
    CHECK_MESSAGE(outcome.code == 0, command.front(), ": ", outcome.err);
  }
}

TEST_CASE("a certificate that nobody vouches for is told with the option that helps, at once") {
  const TlsDaemon tls;
  const auto unknown = tls.list({});
  CHECK(unknown.code == 1);
  CHECK_MESSAGE(says(unknown, "the daemon's certificate is not trusted"), unknown.err);
  CHECK_MESSAGE(says(unknown, "--ca-file FILE (or SSL_CERT_FILE)"), unknown.err);
  const TestFile other("other.pem", make_private_ca("DNS:localhost", "Another CA").ca);
  const auto wrong = tls.list({"--ca-file", other.path()});
  CHECK(wrong.code == 1);
  CHECK_MESSAGE(says(wrong, "Nothing in " + other.path() + " vouches for it"), wrong.err);
  // As where the CA was made anew: OpenSSL tries its key, and says something about ASN.1.
  const TestFile namesake("namesake.pem", make_private_ca().ca);
  const auto odd = tls.list({"--ca-file", namesake.path()});
  CHECK(odd.code != 0);
  CHECK_MESSAGE(says(odd, namesake.path()), odd.err);
  CHECK_MESSAGE(says(odd, "--ca-file"), odd.err);
}

TEST_CASE("a certificate for another name is told as that, not as an unknown CA") {
  const TlsDaemon tls{make_private_ca("DNS:rollcall.example")};
  const auto outcome = tls.list({"--ca-file", tls.ca.path()});
  CHECK(outcome.code == 1);
  CHECK_MESSAGE(says(outcome, "Give --url a name that the certificate is for"), outcome.err);
  CHECK_FALSE(says(outcome, "--ca-file"));
}

TEST_CASE("a certificate that has expired is told as that") {
  constexpr int kYesterday = -1;
  const TlsDaemon tls{make_private_ca("IP:127.0.0.1", "A private CA", kYesterday)};
  const auto outcome = tls.list({"--ca-file", tls.ca.path()});
  CHECK(outcome.code == 1);
  CHECK_MESSAGE(says(outcome, "expired"), outcome.err);
  CHECK_MESSAGE(says(outcome, "a certificate that is valid today"), outcome.err);
}

TEST_CASE("a file of certificates that cannot be read, or holds none, is the caller's to correct") {
  const TlsDaemon tls;
  const TestFile none("none.pem", "no certificate\n");
  for (const std::string& path : {std::string{"/nowhere/ca.pem"}, none.path()}) {
    const auto by_flag = tls.list({"--ca-file", path});
    CHECK_MESSAGE(by_flag.code == 2, by_flag.err);
    CHECK_MESSAGE(says(by_flag, path), by_flag.err);
    CHECK_MESSAGE(says(by_flag, "--ca-file (or SSL_CERT_FILE)"), by_flag.err);
    const auto by_variable = tls.list({}, {"SSL_CERT_FILE=" + path});
    CHECK_MESSAGE(by_variable.code == 2, by_variable.err);
  }
}

}  // namespace
