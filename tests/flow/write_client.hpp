#pragma once

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>
#include <exception>
#include <optional>
#include <utility>

#include "tests/flow/process.hpp"

namespace rollcall::test {

// A client that waits for its answer.
struct Client {
  void send(Process& process, Write write, milliseconds patience = std::chrono::seconds{30}) {
    answer.reset();
    boost::asio::co_spawn(process.loop,
                          process.reconciler->writes().write(std::move(write), patience),
                          [this](const std::exception_ptr& thrown, Result<WriteAnswer> result) {
                            REQUIRE_FALSE(thrown);
                            answer.emplace(std::move(result));
                          });
  }
  WriteAnswer ask(Process& process, Write write) {
    send(process, std::move(write));
    process.run_until([this] { return answer.has_value(); });
    REQUIRE_MESSAGE(answer->has_value(), answer->error().message);
    return **answer;
  }
  std::optional<Result<WriteAnswer>> answer;
};

inline void start(Process& process) {
  process.run_until([&] { return process.reconciler->readiness().ready; });
}

}  // namespace rollcall::test
