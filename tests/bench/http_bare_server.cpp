// What the loop's HTTP could do at best with Beast: one thread, coroutines, keep-alive, a fixed
// body of the given size, the deadlines that any server needs and nothing else. http_bare_server
// [PORT [BODY_BYTES]]   then   wrk -t1 -c64 -d10 http://127.0.0.1:PORT/
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Token = asio::as_tuple_t<asio::use_awaitable_t<>>;
using Stream = Token::as_default_on_t<beast::tcp_stream>;

namespace {

asio::awaitable<void> serve(tcp::socket socket, const std::string& body) {
  socket.set_option(tcp::no_delay{true});
  Stream stream{std::move(socket)};
  beast::flat_buffer buffer;
  for (;;) {
    http::request<http::empty_body> request;
    stream.expires_after(std::chrono::seconds{75});
    const auto [read_error, read] = co_await http::async_read(stream, buffer, request);
    if (read_error) co_return;
    http::response<http::span_body<const char>> response{http::status::ok, request.version()};
    response.set(http::field::server, "bare");
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = {body.data(), body.size()};
    response.prepare_payload();
    stream.expires_after(std::chrono::seconds{30});
    const auto [write_error, written] = co_await http::async_write(stream, response);
    if (write_error || !request.keep_alive()) co_return;
  }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, const std::string& body) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), body), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 8000);
  const std::string body(static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 640), 'x');
  asio::io_context loop{1};
  tcp::acceptor acceptor{loop, tcp::endpoint{asio::ip::address_v4::loopback(), port}};
  asio::co_spawn(loop, accept(acceptor, body), asio::detached);
  std::fprintf(stderr, "listening on port %u\n",
               static_cast<unsigned>(acceptor.local_endpoint().port()));
  loop.run();
}
