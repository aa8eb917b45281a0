#include "tests/http/api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "connectors/http/router.hpp"

namespace rollcall::http {
namespace {

Response run(const Route& route, const Request& request, const Service& service) {
  if (route.handle != nullptr) return route.handle(request, service);
  boost::asio::io_context loop;
  Response response;
  boost::asio::co_spawn(loop, route.handle_waiting(request, service),
                        [&response](const std::exception_ptr& error, Response answered) {
                          if (error) std::rethrow_exception(error);
                          response = std::move(answered);
                        });
  loop.run();
  return response;
}

}  // namespace

ApiAnswer Api::ask(Method method, std::string_view target, const ApiHeaders& headers) {
  Request request;
  request.method = method;
  request.target = target;
  request.accept = headers.accept;
  request.if_none_match = headers.if_none_match;
  request.id = "test-1";
  Routed routed = find_route(request, routes());
  const Service service{answers, options};
  ApiAnswer answer;
  answer.route = routed.label;
  answer.head =
      routed.route == nullptr ? std::move(routed.response) : run(*routed.route, request, service);
  answer.status = answer.head.status;
  answer.body = std::move(answer.head.body);
  if (answer.head.producer) {
    while (answer.head.producer->produce(answer.body)) ++answer.pieces;
  }
  return answer;
}

}  // namespace rollcall::http
