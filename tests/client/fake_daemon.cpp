#include "tests/client/fake_daemon.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <limits>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace rollcall::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr std::uint64_t kErrorsMax = 25;

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

FakeRequest request_of(const http::request<http::string_body>& message) {
  FakeRequest request;
  request.method = std::string{message.method_string()};
  request.target = std::string{message.target()};
  for (const auto& field : message)
    request.headers[lower_case(std::string{field.name_string()})] = std::string{field.value()};
  request.body = message.body();
  return request;
}

std::string head_of(const FakeAnswer& answer) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Fake\r\n";
  for (const auto& [name, value] : answer.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  const auto size = answer.body.size() + (answer.cut ? 1 : 0);
  if (answer.status != 304) head += "Content-Length: " + std::to_string(size) + "\r\n";
  return head + "\r\n";
}

}  // namespace

class FakeDaemon::Impl {
 public:
  Impl(Handler handler, int port)
      : handler_(std::move(handler)),
        acceptor_(loop_, tcp::endpoint{asio::ip::address_v4::loopback(),
                                       static_cast<std::uint16_t>(port)}),
        port_(acceptor_.local_endpoint().port()),
        listening_([this] { accept(); }) {}

  ~Impl() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      // Wakes whoever accepts or reads; the sockets themselves are closed by their threads.
      ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    listening_.join();
    for (auto& thread : sessions_) thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::vector<FakeRequest> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void accept() {
    for (;;) {
      beast::error_code error;
      tcp::socket socket = acceptor_.accept(error);
      const std::scoped_lock lock(mutex_);
      if (stopping_ || error) return;
      open_.push_back(socket.native_handle());
      sessions_.emplace_back([this, moved = std::move(socket)]() mutable { serve(moved); });
    }
  }

  void serve(tcp::socket& socket) {
    beast::flat_buffer buffer;
    beast::error_code error;
    bool going_on = true;
    while (going_on) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(std::numeric_limits<std::uint64_t>::max());
      http::read(socket, buffer, parser, error);
      if (error) break;
      const FakeRequest request = request_of(parser.get());
      {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(request);
      }
      const FakeAnswer answer = handler_(request);
      asio::write(socket, asio::buffer(head_of(answer) + answer.body), error);
      going_on = !answer.cut && !error;
    }
    const std::scoped_lock lock(mutex_);
    open_.erase(std::find(open_.begin(), open_.end(), socket.native_handle()));
    socket.close(error);
  }

  Handler handler_;
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  int port_;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::vector<int> open_;
  std::vector<FakeRequest> requests_;
  std::vector<std::thread> sessions_;
  std::thread listening_;  // last: it uses all the others
};

FakeDaemon::FakeDaemon(Handler handler, int port)
    : impl_(std::make_unique<Impl>(std::move(handler), port)) {}
FakeDaemon::~FakeDaemon() = default;
int FakeDaemon::port() const { return impl_->port(); }
std::string FakeDaemon::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::vector<FakeRequest> FakeDaemon::requests() const { return impl_->requests(); }

FakeAnswer FakeEvents::take(const FakeRequest& request) {
  const std::scoped_lock lock(mutex_);
  if (request.target.starts_with("/api/v1/imports")) return {200, "{}", {}};
  if (request.method == "GET") return {200, R"({"id":)" + std::to_string(batch_number_) + "}", {}};
  const std::string& key = request.headers.at("idempotency-key");
  if (const auto known = answers_.find(key); known != answers_.end()) return known->second;
  std::string errors;
  std::uint64_t lines = 0;
  std::uint64_t bad = 0;
  for (std::size_t begin = 0; begin < request.body.size(); ++lines) {
    const auto end = request.body.find('\n', begin);
    const auto line = request.body.substr(begin, end + 1 - begin);
    begin = end + 1;
    if (line.find("bad") == line.npos) {
      all_ += line;
      continue;
    }
    if (++bad > kErrorsMax) continue;
    errors += errors.empty() ? "" : ",";
    errors += R"({"pointer":"/)" + std::to_string(lines + 1) + R"(/id","message":"a bad one"})";
  }
  records_ += lines - bad;
  FakeAnswer answer{bad > 0 ? 422 : 201, "", {}};
  answer.body = R"({"lines":)" + std::to_string(lines) + R"(,"accepted":)" +
                std::to_string(lines - bad) + R"(,"duplicates":0,"rejected":)" +
                std::to_string(bad) +
                (bad > 0 ? R"(,"status":422,"errors":[)" + errors + "]" : "") + "}";
  return answers_[key] = answer;
}

void FakeEvents::delete_batches() {
  const std::scoped_lock lock(mutex_);
  ++batch_number_;
  records_ = 0;
}

std::uint64_t FakeEvents::records() const {
  const std::scoped_lock lock(mutex_);
  return records_;
}

std::uint64_t FakeEvents::bodies() const {
  const std::scoped_lock lock(mutex_);
  return answers_.size();
}

std::string FakeEvents::all() const {
  const std::scoped_lock lock(mutex_);
  return all_;
}

}  // namespace rollcall::test
