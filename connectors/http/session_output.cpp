// How answers leave: collected, or piece by piece, never faster than the client takes them.
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <utility>

#include "connectors/http/counted.hpp"
#include "connectors/http/offload.hpp"
#include "connectors/http/piece.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/session.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

void append_chunk_size(std::string& out, std::size_t size) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
  out.append(digits, end).append("\r\n");
}

}  // namespace

asio::awaitable<void> Session::answer_list(Response& response) {
  if (request_.method == Method::head) {  // its length is not known without making it
    Framing head = framing();
    append_head(out_, response, head);
    body_bytes_ = 0;
    co_return;
  }
  const bool whole = response.whole_list;
  std::size_t& all = whole ? state_->use.lists : state_->use.pages;
  std::size_t& own = whole ? visit_.client().use.lists : visit_.client().use.pages;
  Problem full{
      503, "too_many_lists", "As many lists are being read as this server takes at once.", {}, {}};
  const std::size_t limit = whole ? state_->options.lists_max : state_->options.pages_max;
  if (auto refused = state_->refuse_one_more(own, all, limit, std::move(full), request_.id)) {
    response = std::move(*refused);
    append(response);
    co_return;
  }
  const Counted counted{all, own};
  Piece piece{*response.producer, {}, {}, true};
  co_await run_on(state_->service.query, piece);
  if (!piece.failure.empty()) {
    state_->report_failure(piece.failure);
    response = internal_error(request_.id);
    append(response);
  } else if (piece.more) {
    co_await stream(response, piece);
  } else {
    response.body = std::move(piece.bytes);
    append(response);
    // Sent while it is still counted, so that clients who do not read hold a limited number of
    // pages.
    if (response.body.size() > kFlushBytes) static_cast<void>(co_await flush());
  }
}

// Sends the first piece and makes the others one by one, each only when the client has taken the
// one before.
asio::awaitable<void> Session::stream(Response& response, Piece& piece) {
  Framing head = framing();
  head.chunked = !request_.http_1_0;
  if (!head.chunked)
    head.keep_alive = keep_alive_ = false;  // the end of the connection ends the list
  append_head(out_, response, head);
  body_bytes_ = 0;
  for (;;) {
    if (!piece.bytes.empty()) {
      body_bytes_ += piece.bytes.size();
      std::array<asio::const_buffer, 3> buffers{};
      if (head.chunked) {
        append_chunk_size(out_, piece.bytes.size());
        buffers[2] = asio::buffer("\r\n", 2);
      }
      buffers[0] = asio::buffer(out_);
      buffers[1] = asio::buffer(piece.bytes);
      const bool written = co_await write(buffers);
      if (!written) co_return;
      out_.clear();
    }
    if (!piece.more) break;
    co_await run_on(state_->service.query, piece);
    if (!piece.failure.empty()) {
      state_->report_failure(piece.failure);
      gone_ = true;  // cut, so that half a list is not taken for a whole one
      co_return;
    }
  }
  if (head.chunked) out_ += "0\r\n\r\n";
}

asio::awaitable<bool> Session::flush() {
  // Mostly the kernel takes all of it at once: no need to wait for anything.
  const std::size_t taken = connection_.write_at_once(asio::buffer(out_));
  bool written = taken == out_.size();
  if (!written) {
    std::array<asio::const_buffer, 3> buffers{};
    buffers[0] = asio::buffer(out_) + taken;
    written = co_await write(buffers);
  }
  constexpr std::size_t kKept =
      kFlushBytes;  // a page of a list must not stay with an idle connection
  out_.clear();
  if (out_.capacity() > kKept * 2) out_.shrink_to_fit();
  co_return written;
}

asio::awaitable<bool> Session::write(std::array<asio::const_buffer, 3> buffers) {
  while (asio::buffer_size(buffers) > 0) {
    await_until(Waiting::for_client_to_take, state_->options.write_stall);
    auto writing = connection_.write_some(buffers);
    const auto [error, taken] = co_await std::move(writing);
    if (error) {
      gone_ = true;
      waiting_ = Waiting::for_nothing;
      co_return false;
    }
    std::size_t rest = taken;
    for (asio::const_buffer& buffer : buffers) {
      const std::size_t of_this = std::min(rest, buffer.size());
      buffer += of_this;
      rest -= of_this;
    }
  }
  waiting_ = Waiting::for_nothing;
  co_return true;
}

void Session::append(const Response& response) {
  Framing head = framing();
  head.content_length = response.body.size();
  append_head(out_, response, head);
  body_bytes_ = 0;
  if (request_.method == Method::head || response.status == 204 || response.status == 304) return;
  out_ += response.body;
  body_bytes_ = response.body.size();
}

Framing Session::framing() const {
  Framing head;
  head.date = state_->date;
  head.request_id = request_.id;
  head.browser = &state_->browser_headers;
  head.origin = request_.origin;
  head.keep_alive = keep_alive_;
  head.http_1_0 = request_.http_1_0;
  return head;
}

}  // namespace rollcall::http
