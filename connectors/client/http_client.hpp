#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/failure.hpp"

namespace rollcall::client {

struct ClientOptions {
  std::string url = "http://127.0.0.1:8000";  // of the daemon; a path in front of its paths is kept
  std::string token;                          // bearer; empty: none. Never shown
  // In PEM: who may have signed the daemon's certificate, instead of those that the system trusts. Empty: those.
  std::string ca_file;
  std::string user_agent = "rollcall";
  int stop_descriptor = -1;  // readable: give up what is under way. Negative: none
  std::chrono::milliseconds connect_timeout{5'000};
};

struct HttpRequest {
  std::string method = "GET";
  std::string target;  // begins with '/'
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};  // for everything; 0: as long as bytes come
  // Takes the body of a 200 piece by piece instead of the answer; false gives up.
  std::function<bool(std::string_view)> sink;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Empty where a daemon may be there; else what is wrong with that URL.
[[nodiscard]] std::string url_problem(const std::string& url);

// A connection to a remote daemon, kept open between requests, by libcurl.
// Owner:  a command. Used by one thread; blocks until the answer is there or the stop descriptor
//         becomes readable.
// Limits: an answer without a sink may have kAnswerBytesMax.
// Fails:  transient where nobody answers, or not to the end; fatal where trying again would not
//         help (a certificate, a sink that gave up), and when it was stopped.
class HttpClient {
 public:
  static constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20U;

  explicit HttpClient(ClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  [[nodiscard]] Result<HttpAnswer> send(const HttpRequest& request);
  // Lets time pass before another try; false where it was stopped.
  [[nodiscard]] bool wait(std::chrono::milliseconds time);
  [[nodiscard]] bool stopped() const;
  [[nodiscard]] const std::string& url() const;

 private:
  class Impl;  // keeps libcurl's macros in one translation unit
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::client
