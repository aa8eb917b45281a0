#include <string>
#include <utility>
#include <xxhash.h>

#include "connectors/handle.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/offload.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/write_answer.hpp"
#include "connectors/json/event_lines.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

// Gathered before lines are read, so that a query thread is asked for something worth its while.
constexpr std::size_t kReadBytes = std::size_t{256} << 10U;

// A body of events on its way: lines are cut off what has arrived, gathered into units, and each
// unit is durable before the next one is read. So a client is never further ahead than the socket's
// buffers, and one that repeats an interrupted body with its key goes on where it stopped.
class EventBody {
 public:
  EventBody(Request& request, BodyStream& stream, const Service& service)
      : request_(request), stream_(stream), service_(service) {
    XXH3_64bits_reset(hash_.get());
  }

  asio::awaitable<Response> take() {
    while (!ended_) {
      co_await gather();
      co_await run_on(service_.query, *this);
      if (!failure_.empty()) throw std::runtime_error(failure_);
      if (request_.body.size() > json::EventLines::kLineBytesMax && !lines_.full())
        co_return line_too_long();
      ended_ = at_end_ && request_.body.empty();
      if (ended_ && is_cut_within_unit()) break;
      if (!lines_.full() && !(ended_ && !lines_.empty())) continue;
      auto committing = commit();
      auto refused = co_await std::move(committing);
      if (refused) co_return std::move(*refused);
    }
    if (stream_.failure()) co_return cut_off();
    if (total_.units > units_ && !request_.idempotency_key.empty()) {
      WriteAnswer shorter;
      shorter.outcome = WriteOutcome::key_reused;
      co_return not_applied(request_, shorter);
    }
    co_return refused_ > 0 ? partly() : all();
  }

  // On a query thread: reads lines.
  void operator()() noexcept {
    try {
      const std::size_t taken = lines_.take(request_.body, at_end_ && !stream_.failure());
      XXH3_64bits_update(hash_.get(), request_.body.data(), taken);
      request_.body.erase(0, taken);
      // What is left of a body that was cut off is no line.
      if (stream_.failure() && at_end_ && !lines_.full()) request_.body.clear();
    } catch (const std::exception& exception) {
      failure_ = exception.what();
    }
  }

 private:
  asio::awaitable<void> gather() {
    const std::size_t enough =
        request_.body.size() + kReadBytes;  // what is left may be half a line
    while (!at_end_ && request_.body.size() < enough) {
      const bool more = co_await stream_.more();
      at_end_ = !more;
    }
  }

  // Where a client will send all of a body again, a unit that was cut off must not be stored: whole,
  // it would be another one than its receipt says.
  [[nodiscard]] bool is_cut_within_unit() const {
    return stream_.failure() && !request_.idempotency_key.empty() && !lines_.full();
  }

  asio::awaitable<std::optional<Response>> commit() {
    Write one{Change{lines_.take_unit()}, std::nullopt};
    if (!request_.idempotency_key.empty())
      one.key = WriteKey{request_.idempotency_key, XXH3_64bits_digest(hash_.get()), units_, false};
    auto answer = co_await service_.writes.write(std::move(one), service_.options.commit);
    if (!answer) co_return not_durable(request_, service_, answer.error());
    if (answer->outcome != WriteOutcome::applied) co_return not_applied(request_, *answer);
    ++units_;
    for (std::size_t at = 0; at < answer->refused_lines.size(); ++at) {
      const std::uint64_t line = lines_.line_of(answer->refused_lines[at]);
      lines_.errors().add("/" + std::to_string(line) + "/side", unknown_side(*answer, at));
    }
    add(answer->receipt);
    co_return std::nullopt;
  }

  // With a key a receipt is of all units so far, without one of this unit.
  void add(const Receipt& receipt) {
    if (!request_.idempotency_key.empty()) {
      total_ = receipt;
    } else {
      total_.lines += receipt.lines;
      total_.accepted += receipt.accepted;
      total_.duplicates += receipt.duplicates;
      total_.refused += receipt.refused;
    }
    refused_ = total_.refused;
  }

  [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> numbers() const {
    return {{"lines", total_.lines},
            {"accepted", total_.accepted},
            {"duplicates", total_.duplicates},
            {"rejected", total_.refused}};
  }

  Response all() {
    Response response;
    response.status = 201;
    JsonWriter json{response.body};
    json.open('{');
    for (const auto& [name, number] : numbers()) json.member(name, number);
    json.close('}');
    return response;
  }

  Response told(unsigned status, std::string_view code, std::string detail) {
    Problem problem{status, code, std::move(detail), {}, {}, numbers()};
    for (const json::BodyError& error : lines_.errors().first())
      problem.errors.push_back({error.pointer, error.message});
    return to_response(problem, request_.id);
  }
  Response partly() {
    return told(422, "rejected_lines",
                "Some lines are no events; all others are stored. Send the corrected lines only.");
  }
  Response line_too_long() {
    return told(413, "line_too_long",
                "A line is longer than 1 MiB; the lines that are counted here are stored.");
  }
  Response cut_off() {
    const Problem& why = *stream_.failure();
    return told(why.status, why.code,
                why.detail +
                    " The lines that are counted here are stored; send the others, or all "
                    "of it again with the same Idempotency-Key.");
  }

  Request& request_;
  BodyStream& stream_;
  const Service& service_;
  json::EventLines lines_;
  Handle<XXH3_state_t, XXH3_freeState> hash_{XXH3_createState()};  // of all that was taken
  Receipt total_;
  std::uint64_t units_ = 0;
  std::uint64_t refused_ = 0;
  bool at_end_ = false;  // nothing more arrives
  bool ended_ = false;   // and everything is taken
  std::string failure_;
};

}  // namespace

asio::awaitable<Response> post_events(Request& request, BodyStream& stream,
                                      const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  EventBody body{request, stream, service};
  auto taking = body.take();
  co_return co_await std::move(taking);
}

}  // namespace rollcall::http
