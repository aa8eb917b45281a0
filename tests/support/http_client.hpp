#pragma once

#include <map>
#include <optional>
#include <string>

#include "tests/support/wait.hpp"

namespace rollcall::test {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct HttpQuestion {
  std::string method = "GET";
  std::string target;
  std::map<std::string, std::string> headers;
  std::string body;
};

// One request over a connection of its own to 127.0.0.1. Empty where nobody answers completely within the time.
std::optional<HttpAnswer> http_ask(int port, const HttpQuestion& question,
                                   milliseconds at_most = seconds{10});

// One GET over a connection of its own to 127.0.0.1. Empty where nobody answers completely within the time.
std::optional<HttpAnswer> http_get(int port, const std::string& target,
                                   milliseconds at_most = seconds{10});

}  // namespace rollcall::test
