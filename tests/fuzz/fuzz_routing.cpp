// Any bytes at all as a connection: the parser, the router, the handlers and the lists, without
// sockets. Whatever comes, the answer is well-formed, and what says it is JSON is JSON.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/http/request_parser.hpp"
#include "connectors/http/router.hpp"
#include "pipeline/ensure.hpp"
#include "tests/fakes/fake_answers.hpp"
#include "tests/http/run_route.hpp"

using namespace rollcall;

namespace {

// Whatever a write may be answered.
struct AnsweringWrites : Writes {
  std::size_t turn = 0;

  boost::asio::awaitable<Result<WriteAnswer>> write(Write, std::chrono::milliseconds) override {
    constexpr std::array kOutcomes = {
        WriteOutcome::applied,      WriteOutcome::no_such_batch,  WriteOutcome::batch_exists,
        WriteOutcome::unknown_side, WriteOutcome::number_taken,   WriteOutcome::too_many_sources,
        WriteOutcome::key_reused,   WriteOutcome::no_such_source, WriteOutcome::nothing_to_reset,
    };
    if (turn == kOutcomes.size()) co_return transient("the store does not answer");
    WriteAnswer answer;
    answer.outcome = kOutcomes.at(turn);
    answer.refused_lines = {0};
    answer.receipt.batch = 1;
    co_return answer;
  }
};

struct AnsweringReplays final : Replays {
  boost::asio::awaitable<Result<ReplayOutcome>> replay(DeadLetterFilter, std::string,
                                                       std::chrono::milliseconds) override {
    if (turn % 2 == 0) co_return transient("the store does not answer");
    co_return ReplayOutcome{1, 2, 3, 4, turn};
  }
  std::size_t turn = 0;
};

struct World {
  World() {
    answers.add("orders 2026", {1ULL, 2ULL, 2ULL, 3ULL, "a,\"b\"", "line\nbreak"},
                {2ULL, 9ULL, "zz"});
    answers.add("1", {7ULL}, {});
    answers.add("customers", {1ULL, 2ULL}, {2ULL, "x"});
    for (const std::uint64_t id : {1U, 2U}) {
      for (Side side = 0; side < 2; ++side)
        answers.known.push_back({0, side, id, R"({"name":"\"","email":null})"});
    }
    answers.said = R"({"a":[1,"x"]})";
    answers.sources.resize(1);
    answers.letters.push_back({1, "t/0", 5, BadRecordReason::not_json, "", "\xFF", 0});
    options.metrics = []() -> boost::asio::awaitable<std::string> { co_return "up 1\n"; };
  }
  fakes::FakeAnswers answers;
  AnsweringWrites writes;
  AnsweringReplays replays;
  http::Options options;
  boost::asio::thread_pool query{1};
};

void check(http::Response response) {
  if (response.producer) {
    while (response.producer->produce(response.body)) {
    }
  }
  const bool json =
      response.content_type == http::kJsonType || response.content_type == http::kProblemType;
  if (json && !response.body.empty()) {
    boost::json::error_code error;
    boost::json::parse(response.body, error);
    ENSURE(!error);
  }
  ENSURE(response.status < 500 || response.status == 501 || response.status == 503);
  std::string head;
  http::append_head(head, response, http::Framing{});
  ENSURE(head.ends_with("\r\n\r\n"));
  ENSURE(head.find("\r\n\r\n") ==
         head.size() - 4);  // nothing of the client's breaks out of a header
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  world.writes.turn = size % 10;
  world.replays.turn = size % 8;
  const http::Service service{world.answers, world.writes, world.replays, world.options,
                              world.query};
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  http::Request request;
  http::RequestParser parser{request, 16384};
  for (;;) {
    std::size_t consumed = 0;
    const auto progress = parser.feed(bytes, consumed);
    ENSURE(consumed <= bytes.size());
    bytes.remove_prefix(consumed);
    if (progress == http::RequestParser::Progress::need_more) break;
    if (progress == http::RequestParser::Progress::header) {
      parser.take_body(http::RequestParser::Body::keep, 65536);
      continue;
    }
    if (progress == http::RequestParser::Progress::failed) {
      check(http::to_response(parser.failure(), "x"));
      break;
    }
    request.id = "x";
    http::Routed routed = http::find_route(request, http::routes());
    check(routed.route == nullptr ? std::move(routed.response)
                                  : http::run(*routed.route, request, service));
    parser.restart();
  }
  return 0;
}
