// What only TLS has. That everything else holds over TLS, too, is shown by the same tests run once
// more with ROLLCALL_TEST_TLS.
#include <doctest/doctest.h>
#include <fstream>

#include "connectors/http/credentials.hpp"
#include "tests/http/running_server.hpp"
#include "tests/support/temporary_directory.hpp"

namespace rollcall::http {
namespace {

using namespace std::chrono_literals;

Options with_tls() {
  Options options;
  options.tls_certificate_file = certificate_files().certificate;
  options.tls_key_file = certificate_files().key;
  return options;
}

struct Orders {
  Orders() { answers.add("orders", {1ULL, 2ULL}, {1ULL}); }
  fakes::FakeAnswers answers;
};

TEST_CASE("TLS 1.2 and 1.3 are spoken, older ones are not") {
  Orders orders;
  RunningServer server{orders.answers, with_tls()};
  for (const auto& [newest, name] :
       {std::pair{PeerTls::Newest::tls_1_2, "TLSv1.2"}, {PeerTls::Newest::tls_1_3, "TLSv1.3"}}) {
    Peer peer{server.port()};
    CHECK(peer.begin_tls(newest).version() == name);
    CHECK(peer.get("/api/v1/batches/1").status == 200);
  }
  Peer old{server.port()};
  CHECK_THROWS(old.begin_tls(PeerTls::Newest::tls_1_1));
  CHECK(server.connect().get("/livez").status == 200);
}

TEST_CASE("a client that speaks plainly to a TLS port is told so") {
  Orders orders;
  RunningServer server{orders.answers, with_tls()};
  Peer peer{server.port()};
  const auto answer = peer.get("/api/v1/batches/1");
  CHECK(answer.status == 400);
  CHECK(answer.body.find("tls_expected") != std::string::npos);
  CHECK(answer.header("connection") == "close");
  CHECK(peer.closed());
}

TEST_CASE("garbage that looks like TLS at first is closed") {
  Orders orders;
  RunningServer server{orders.answers, with_tls()};
  Peer peer{server.port()};
  peer.send("\x16\x03\x01" + std::string(500, 'z'));
  CHECK(peer.closed());
  CHECK(server.connect().get("/livez").status == 200);
}

TEST_CASE("a handshake has a deadline, and counts as a connection") {
  Orders orders;
  Options options = with_tls();
  options.request = 100ms;
  RunningServer server{orders.answers, options};
  Peer silent{server.port()};
  Peer halfway{server.port()};
  halfway.send(std::string_view{"\x16\x03\x01\x02\x00\x01\x00", 7});
  CHECK(silent.closed());
  CHECK(halfway.closed());
  while (server.connections() > 0) std::this_thread::yield();
}

TEST_CASE("a server that stops does not wait for handshakes") {
  Orders orders;
  RunningServer server{orders.answers, with_tls()};
  Peer silent{server.port()};
  Peer halfway{server.port()};
  halfway.send(std::string_view{"\x16\x03\x01\x02\x00\x01\x00", 7});
  CHECK(server.connect().get("/livez").status == 200);
  const auto began = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("the end of a connection is said in TLS, so that none can be cut short unseen") {
  Orders orders;
  RunningServer server{orders.answers, with_tls()};
  Peer peer{server.port()};
  PeerTls& tls = peer.begin_tls();
  peer.send("GET /api/v1/batches/1/missing?format=ndjson HTTP/1.0\r\n\r\n");
  CHECK(peer.receive().body == "2\n{\"_end\":true,\"count\":1}\n");
  CHECK(peer.receive_some(1) == 0);
  CHECK(tls.heard_goodbye());
}

TEST_CASE("a stream that breaks says no goodbye") {
  fakes::FakeAnswers answers;
  answers.add("many", {}, {}).view->missing_up_to = 10'000'000;
  Options options = with_tls();
  options.drain = 100ms;
  RunningServer server{answers, options};
  Peer peer{server.port(), 4096};
  PeerTls& tls = peer.begin_tls();
  peer.send("GET /api/v1/batches/1/missing?format=ndjson HTTP/1.0\r\n\r\n");
  CHECK(peer.receive_some(1) == 1);
  server.stop();
  while (peer.receive_some(65536) > 0) {
  }
  CHECK_FALSE(tls.heard_goodbye());
}

TEST_CASE("browsers are told to stay with TLS where the options say so") {
  Orders orders;
  Options options = with_tls();
  {
    RunningServer server{orders.answers, options};
    CHECK(server.connect().get("/livez").header("strict-transport-security").empty());
  }
  options.hsts_max_age = 24h;
  RunningServer server{orders.answers, options};
  CHECK(server.connect().get("/livez").header("strict-transport-security") == "max-age=86400");
}

TEST_CASE("a new certificate is used by new connections, and the old ones go on") {
  Orders orders;
  test::TemporaryDirectory directory;
  Options options;
  options.tls_certificate_file = (directory.path() / "certificate").string();
  options.tls_key_file = (directory.path() / "key").string();
  const auto write = [&options](const Certificate& made) {
    write_private(options.tls_certificate_file, made.certificate);
    write_private(options.tls_key_file, made.key);
  };
  write(make_certificate());
  RunningServer server{orders.answers, options};
  Peer before = server.connect();
  CHECK(before.get("/livez").status == 200);
  write(make_certificate());
  CHECK(server.on_loop([&server] { return server.reload(); }).has_value());
  CHECK(before.get("/livez").status == 200);
  CHECK(server.connect().get("/livez").status == 200);
  write_private(options.tls_key_file, "nonsense");
  CHECK(server.on_loop([&server] { return server.reload(); }).has_error());
  CHECK(server.connect().get("/livez").status == 200);
}

// ---- Files ----

struct Files {
  std::string problem(const std::string& certificate, const std::string& key) {
    Options options;
    options.tls_certificate_file = write("certificate", certificate);
    options.tls_key_file = write("key", key);
    const auto loaded = load_credentials(options);
    if (loaded) return {};
    CHECK(loaded.error().configuration);
    CHECK_FALSE(loaded.error().advice.empty());
    return loaded.error().message;
  }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = directory.path() / name;
    write_private(path, text);
    return path.string();
  }
  test::TemporaryDirectory directory;
};

TEST_CASE("what is wrong with the files of TLS is said by file") {
  Files files;
  const Certificate one = make_certificate();
  const Certificate other = make_certificate();
  const auto has = [](const std::string& text, const char* part) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  };
  CHECK(files.problem(one.certificate, one.key).empty());
  CHECK(files.problem(one.certificate + other.certificate, one.key).empty());  // a chain
  has(files.problem(one.certificate, other.key), "key does not belong to the certificate");
  has(files.problem("nonsense", one.key), "certificate holds no usable certificate");
  has(files.problem("", one.key), "holds no usable certificate");
  has(files.problem(one.key, one.key), "holds no usable certificate");
  has(files.problem(one.certificate, "nonsense"), "key holds no key");
  has(files.problem(
          one.certificate,
          "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"),
      "encrypted with a password");
}

TEST_CASE("a file of TLS that is missing or one of two is refused before anything listens") {
  Files files;
  const Certificate made = make_certificate();
  Options options;
  options.tls_certificate_file = files.write("certificate", made.certificate);
  CHECK(load_credentials(options).error().message.find("only one of them") != std::string::npos);
  options.tls_key_file = "/nowhere/key.pem";
  CHECK(load_credentials(options).error().message.find(
            "/nowhere/key.pem cannot be read: No such") != std::string::npos);
  std::swap(options.tls_certificate_file, options.tls_key_file);
  CHECK(load_credentials(options).error().message.find("certificate's file /nowhere") !=
        std::string::npos);
}

TEST_CASE("an expired certificate and an open key are warned of") {
  Files files;
  const Certificate made = make_certificate(-3, -1);
  Options options;
  options.tls_certificate_file = files.write("certificate", made.certificate);
  options.tls_key_file = files.write("key", made.key);
  std::filesystem::permissions(options.tls_key_file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const auto loaded = load_credentials(options);
  REQUIRE(loaded.has_value());
  REQUIRE(loaded->warnings.size() == 2);
  CHECK(loaded->warnings[0].find("chmod 600") != std::string::npos);
  CHECK(loaded->warnings[1].find("has expired") != std::string::npos);
}

}  // namespace
}  // namespace rollcall::http
