// Sends records in bodies of POST /api/v1/records/bulk over a number of connections, each of which
// sends the next body when the one before is answered, and prints how many seconds it took:
//   bulk_client PORT BATCH RECORDS RECORDS_PER_BODY CONNECTIONS FIRST_ID SIDE [STRIDE]
// Bodies are made before the clock starts.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Order {
  std::uint16_t port;
  std::string batch;
  std::uint64_t records, per_body, connections, first, stride;
  std::string side;
};

std::string request_of(const Order& order, std::uint64_t begin, std::uint64_t end) {
  std::string body = R"({"batch_id":)" + order.batch + R"(,"records":[)";
  for (std::uint64_t at = begin; at < end; ++at) {
    if (at > begin) body += ',';
    body += R"({"record_id":)";
    body += std::to_string(order.first + at * order.stride);
    body += R"(,"status":")" + order.side + R"("})";
  }
  body += "]}";
  return "POST /api/v1/records/bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

asio::awaitable<void> send(tcp::socket& socket, const std::vector<std::string>& requests,
                           std::size_t& next) {
  std::string answer;
  while (next < requests.size()) {
    const std::string& request = requests[next++];
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    // The answer is one small object, and nothing follows it before the next request.
    const std::size_t size = co_await asio::async_read_until(socket, asio::dynamic_buffer(answer),
                                                             "}", asio::use_awaitable);
    if (answer.compare(9, 3, "201") != 0) throw std::runtime_error(answer);
    answer.erase(0, size);
  }
}

double run(const Order& order) {
  std::vector<std::string> requests;
  for (std::uint64_t begin = 0; begin < order.records; begin += order.per_body)
    requests.push_back(request_of(order, begin, std::min(order.records, begin + order.per_body)));
  asio::io_context loop{1};
  std::vector<tcp::socket> sockets;
  for (std::uint64_t i = 0; i < order.connections; ++i) {
    sockets.emplace_back(loop).connect({asio::ip::make_address("127.0.0.1"), order.port});
    sockets.back().set_option(tcp::no_delay{true});
  }
  std::size_t next = 0;
  for (tcp::socket& socket : sockets) {
    asio::co_spawn(loop, send(socket, requests, next), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  const auto began = std::chrono::steady_clock::now();
  loop.run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fprintf(
        stderr,
        "bulk_client PORT BATCH RECORDS RECORDS_PER_BODY CONNECTIONS FIRST_ID SIDE [STRIDE]\n");
    return 2;
  }
  try {
    const auto number = [argv](int at) { return std::strtoull(argv[at], nullptr, 10); };
    const Order order{static_cast<std::uint16_t>(number(1)),
                      argv[2],
                      number(3),
                      number(4),
                      number(5),
                      number(6),
                      argc > 8 ? number(8) : 1,
                      argv[7]};
    std::printf("%.6f\n", run(order));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bulk_client: %s\n", error.what());
    return 1;
  }
  return 0;
}
