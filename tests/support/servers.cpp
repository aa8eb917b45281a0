#include "tests/support/servers.hpp"

#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/child_process.hpp"

namespace rollcall::test {
namespace {

constexpr int kSkipped = 77;
constexpr seconds kVerbMax{120};

std::string needed(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr && *value != '\0') return value;
  std::fprintf(stderr, "skipped: %s is not set; run this with tests/servers/with_servers.sh\n",
               name);
  std::fflush(nullptr);
  std::_Exit(kSkipped);
}

void run_script(const std::string& script, const std::string& verb) {
  const std::string path = ROLLCALL_SOURCE_DIR "/tests/servers/" + script;
  if (run_command({path, verb, servers().directory}, kVerbMax) != 0) {
    throw std::runtime_error(script + " " + verb + " failed");
  }
}

bool is_free(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free =
      ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return free;
}

}  // namespace

const Servers& servers() {
  static const Servers all{needed("ROLLCALL_TEST_KAFKA"), needed("ROLLCALL_TEST_DATABASE"),
                           needed("ROLLCALL_TEST_SERVERS")};
  return all;
}

void kafka_server(const std::string& verb) { run_script("kafka.sh", verb); }
void postgres_server(const std::string& verb) { run_script("postgres.sh", verb); }

const std::string& pooler() {
  static const std::string address = [] {
    run_script("pgbouncer.sh", "start");
    std::ifstream port(servers().directory + "/pgbouncer/port");
    std::string number;
    if (!(port >> number)) throw std::runtime_error("the pooler has no port");
    return "127.0.0.1:" + number;
  }();
  return address;
}

int free_port() {
  constexpr int kBegin = 10'000;
  constexpr int kEnd = 32'000;
  std::random_device random;
  std::uniform_int_distribution<int> any(kBegin, kEnd);
  for (int tries = 0; tries < 100; ++tries) {
    const int port = any(random);
    if (is_free(port)) return port;
  }
  throw std::runtime_error("found no free port");
}

}  // namespace rollcall::test
