#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "connectors/http/fresh_look.hpp"
#include "connectors/http/router.hpp"

namespace rollcall::http {

// A body that has arrived whole.
class NoMoreBody final : public BodyStream {
 public:
  boost::asio::awaitable<bool> more() override { co_return false; }
  [[nodiscard]] const std::optional<Problem>& failure() const override { return failure_; }

 private:
  std::optional<Problem> failure_;
};

// Runs a handler without a session, on a loop of its own.
inline Response run(const Route& route, Request& request, const Service& service) {
  boost::asio::io_context loop;
  boost::asio::co_spawn(loop, look_if_asked(route, request, service), boost::asio::detached);
  loop.run();
  if (const auto* at_once = std::get_if<Handler>(&route.handle))
    return (*at_once)(request, service);
  loop.restart();
  Response response;
  NoMoreBody no_more;
  const auto* waiting = std::get_if<WaitingHandler>(&route.handle);
  boost::asio::co_spawn(loop,
                        waiting != nullptr
                            ? (*waiting)(request, service)
                            : std::get<StreamHandler>(route.handle)(request, no_more, service),
                        [&response](const std::exception_ptr& error, Response answered) {
                          if (error) std::rethrow_exception(error);
                          response = std::move(answered);
                        });
  loop.run();
  return response;
}

}  // namespace rollcall::http
