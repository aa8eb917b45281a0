#include "tests/support/http_client.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <limits>

namespace rollcall::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

// connect, write, read: each step begins the next.
class Exchange {
 public:
  Exchange(asio::io_context& loop, int port, const HttpQuestion& question, milliseconds at_most)
      : stream_(loop) {
    request_.version(11);
    request_.method_string(question.method);
    request_.target(question.target);
    for (const auto& [name, value] : question.headers) request_.set(name, value);
    request_.body() = question.body;
    if (!question.body.empty() || question.method == "POST") request_.prepare_payload();
    request_.set(http::field::host, "127.0.0.1");
    request_.set(http::field::connection, "close");
    parser_.body_limit(std::numeric_limits<std::uint64_t>::max());
    stream_.expires_after(at_most);
    const asio::ip::tcp::endpoint peer{asio::ip::address_v4::loopback(),
                                       static_cast<std::uint16_t>(port)};
    stream_.async_connect(peer, [this](beast::error_code error) {
      if (!error) write();
    });
  }

  [[nodiscard]] bool complete() const { return complete_; }
  http::response<http::string_body> take() { return parser_.release(); }

 private:
  void write() {
    http::async_write(stream_, request_, [this](beast::error_code error, std::size_t) {
      if (!error) read();
    });
  }
  void read() {
    http::async_read(stream_, buffer_, parser_,
                     [this](beast::error_code error, std::size_t) { complete_ = !error; });
  }

  beast::tcp_stream stream_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  bool complete_ = false;
};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::optional<HttpAnswer> http_get(int port, const std::string& target, milliseconds at_most) {
  return http_ask(port, {"GET", target, {}, {}}, at_most);
}

std::optional<HttpAnswer> http_ask(int port, const HttpQuestion& question, milliseconds at_most) {
  asio::io_context loop;
  Exchange exchange(loop, port, question, at_most);
  loop.run();
  if (!exchange.complete()) return std::nullopt;
  auto response = exchange.take();
  HttpAnswer answer;
  answer.status = static_cast<int>(response.result_int());
  for (const auto& field : response) {
    answer.headers[lower_case(std::string{field.name_string()})] = std::string{field.value()};
  }
  answer.body = std::move(response.body());
  return answer;
}

}  // namespace rollcall::test
