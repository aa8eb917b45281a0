#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace rollcall::test {

struct FakeRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct FakeAnswer {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers;
  // Closes the connection in the middle of the body instead of ending it.
  bool cut = false;
};

// An HTTP server on a port of its own that answers what a test says and remembers what it was asked.
// The handler runs on a thread of the connection; connections call it at the same time.
class FakeDaemon {
 public:
  using Handler = std::function<FakeAnswer(const FakeRequest&)>;

  explicit FakeDaemon(Handler handler, int port = 0);
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  [[nodiscard]] int port() const;
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<FakeRequest> requests() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What POST /api/v1/events does in the real one: takes a body once for each Idempotency-Key, and of
// its lines those that do not hold the word "bad". Every batch that is asked for exists.
class FakeEvents {
 public:
  [[nodiscard]] FakeAnswer take(const FakeRequest& request);

  void delete_batches();  // all exist again at once, under other numbers

  [[nodiscard]] std::uint64_t records() const;  // applied, repeated ones included
  [[nodiscard]] std::uint64_t bodies() const;   // applied
  [[nodiscard]] std::string all() const;        // every applied body

 private:
  mutable std::mutex mutex_;
  std::map<std::string, FakeAnswer> answers_;
  int batch_number_ = 1;
  std::uint64_t records_ = 0;
  std::string all_;
};

}  // namespace rollcall::test
