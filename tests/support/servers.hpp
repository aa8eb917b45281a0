#pragma once

#include <string>

namespace rollcall::test {

// The real servers that tests/servers/with_servers.sh has started around this program.
struct Servers {
  std::string kafka;      // host:port
  std::string database;   // a superuser's URL
  std::string directory;  // with which the scripts stop, kill and start them
};

// Without servers there is nothing to test: says so and ends the program with the code that ctest takes for "skipped".
const Servers& servers();

// verb: start, stop, restart or kill (SIGKILL). Returns when it is done: a started server answers.
void kafka_server(const std::string& verb);
void postgres_server(const std::string& verb);

// HOST:PORT of a PgBouncer in transaction mode in front of that PostgreSQL, started by the first call. It runs until the
// servers end.
const std::string& pooler();

// A port of 127.0.0.1 that nobody listens on, below those that the system hands to outgoing connections: a program
// that is killed finds it free again.
[[nodiscard]] int free_port();

}  // namespace rollcall::test
