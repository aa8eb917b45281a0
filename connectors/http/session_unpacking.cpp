// Bodies that come packed: unpacked on a query thread, whole or piece by piece, never further than they may go.
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "connectors/http/offload.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/session.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

// Of a stream, at once. Of a whole body so much needs no permission to be held: it is bounded by the number of
// connections.
constexpr std::size_t kStreamPieceBytes = std::size_t{256} << 10U;
constexpr std::uint64_t kFreeBytes = std::uint64_t{64} << 10U;

Problem cannot_unpack(const Unpacker& unpacker, const std::string& why) {
  return {400,
          "bad_content_encoding",
          "The body cannot be unpacked as its Content-Encoding says: " + why + ", at byte " +
              std::to_string(unpacker.taken()) + " of what was sent.",
          {},
          {}};
}

// One piece of work for a query thread.
struct Unpacking {
  Unpacker& unpacker;
  std::string_view packed;
  std::size_t bytes_max;
  std::string& out;
  Unpacker::Step step{};
  std::string failure{};  // of ours

  void operator()() noexcept {
    try {
      step = unpacker.take(packed, bytes_max, out);
    } catch (const std::exception& exception) {
      failure = exception.what();
    }
  }
};

}  // namespace

asio::awaitable<std::optional<Response>> Session::unpack_body() {
  const std::string packed = std::exchange(request_.body, {});
  const std::uint64_t room_of_packed = body_room_.bytes();
  const std::uint64_t limit = state_->options.body_bytes_max;
  std::string_view rest = packed;
  for (bool more = !packed.empty(); more;) {
    const std::uint64_t wanted =
        std::min(std::max<std::uint64_t>(kFreeBytes, 2 * request_.body.size()), limit + 1);
    if (wanted > kFreeBytes) {
      const bool room = co_await grow_body_room(room_of_packed + wanted);
      if (!room) co_return std::move(routed_.response);
    }
    request_.body.reserve(wanted);
    Unpacking work{*unpacker_, rest, wanted - request_.body.size(), request_.body};
    co_await run_on(state_->service.query, work);
    if (!work.failure.empty()) throw std::runtime_error(work.failure);
    if (!work.step.failure.empty())
      co_return to_response(cannot_unpack(*unpacker_, work.step.failure), request_.id);
    if (request_.body.size() > limit) co_return to_response(body_too_large(limit), request_.id);
    rest.remove_prefix(work.step.taken);
    more = work.step.full || !rest.empty();
  }
  if (!unpacker_->at_end())
    co_return to_response(cannot_unpack(*unpacker_, "it ends too early"), request_.id);
  co_return std::nullopt;
}

asio::awaitable<bool> Session::more() {
  if (!unpacker_) {
    auto coming = more_as_sent();
    co_return co_await std::move(coming);
  }
  const std::size_t before = request_.body.size();
  while (!stream_failure_ && request_.body.size() == before) {
    if (packed_.empty() && !unpacker_full_) {
      std::string unpacked = std::exchange(request_.body, {});
      const bool arrived = co_await more_as_sent();
      packed_ = std::exchange(request_.body, std::move(unpacked));
      if (!arrived) {
        if (!stream_failure_ && !unpacker_->at_end())
          stream_failure_ = cannot_unpack(*unpacker_, "it ends too early");
        break;
      }
    }
    Unpacking work{*unpacker_, packed_, kStreamPieceBytes, request_.body};
    co_await run_on(state_->service.query, work);
    if (!work.failure.empty()) throw std::runtime_error(work.failure);
    packed_.erase(0, work.step.taken);
    unpacker_full_ = work.step.full;
    if (!work.step.failure.empty()) stream_failure_ = cannot_unpack(*unpacker_, work.step.failure);
  }
  co_return request_.body.size() > before;
}

}  // namespace rollcall::http
