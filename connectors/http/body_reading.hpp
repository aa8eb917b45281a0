#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "connectors/http/offload.hpp"

namespace rollcall::http {

// Longer bodies are read on a query thread; shorter ones take a tenth of a millisecond at most.
inline constexpr std::size_t kReadOnLoopBytes = std::size_t{16} << 10U;

// Reads a body, wherever there is time for it, with `read(text)`. The text outlives the wait.
// Fails: by throwing what reading throws.
template <class Read>
auto read_body(boost::asio::thread_pool& query, std::string& text, Read read)
    -> boost::asio::awaitable<decltype(read(text))> {
  decltype(read(text)) body;
  std::string failure;
  auto reading = [&]() noexcept {
    try {
      body = read(text);
    } catch (const std::exception& exception) {
      failure = exception.what();
    }
  };
  if (text.size() > kReadOnLoopBytes) {
    auto elsewhere = run_on(query, reading);
    co_await std::move(elsewhere);
  } else {
    reading();
  }
  if (!failure.empty()) throw std::runtime_error(failure);
  co_return std::move(body);
}

}  // namespace rollcall::http
