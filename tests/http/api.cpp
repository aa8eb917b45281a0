#include "tests/http/api.hpp"

#include <boost/asio/thread_pool.hpp>

#include "tests/http/run_route.hpp"

namespace rollcall::http {
ApiAnswer Api::ask(Method method, std::string_view target, const ApiHeaders& headers) {
  Request request;
  request.method = method;
  request.target = target;
  request.accept = headers.accept;
  request.if_none_match = headers.if_none_match;
  request.accept_encoding = headers.accept_encoding;
  request.id = "test-1";
  Routed routed = find_route(request, routes());
  boost::asio::thread_pool query{1};
  const Service service{answers, writes, replays, options, query};
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
