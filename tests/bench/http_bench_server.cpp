// The real server over a fake batch of realistic size, for a load generator:
//   http_bench_server [PORT]   then   wrk -t1 -c64 -d10 http://127.0.0.1:PORT/api/v1/batches/1
// Batch 1 is what a status asks for; batch 2 has a million missing ids for streams.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdio>
#include <cstdlib>

#include "connectors/http/server.hpp"
#include "tests/fakes/fake_answers.hpp"
#include "tests/fakes/refusing_writes.hpp"

namespace {

rollcall::BatchSummary realistic_summary() {
  rollcall::BatchSummary summary;
  summary.totals = {10'482'117, 10'480'006};
  summary.matched = 10'479'551;
  summary.missing = 2'566;
  summary.unexpected = 455;
  summary.duplicates = {12, 3'871};
  summary.duplicate_ids = {12, 3'702};
  return summary;
}

boost::asio::awaitable<void> stop_on_signal(boost::asio::signal_set& signals,
                                            rollcall::http::Server& server) {
  co_await signals.async_wait(boost::asio::use_awaitable);
  co_await server.stop();
}

}  // namespace

int main(int argc, char** argv) {
  rollcall::fakes::FakeAnswers answers;
  auto& batch = answers.add("orders-2026-11-21", {}, {});
  batch.row.record_type = "order";
  batch.row.description = "Orders of the day against what the warehouse shipped";
  batch.revision = 20'961'584;
  batch.summary = realistic_summary();
  answers.add("many-missing", {}, {}).view->missing_up_to = 1'000'000;

  boost::asio::io_context loop{1};
  boost::asio::thread_pool query{1};
  rollcall::http::Options options;
  options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8000);
  rollcall::fakes::RefusingWrites writes;
  rollcall::fakes::RefusingReplays replays;
  rollcall::http::Server server{loop, query, answers, writes, replays, options};
  if (const auto listening = server.listen(); !listening) {
    std::fprintf(stderr, "%s. %s\n", listening.error().message.c_str(),
                 listening.error().advice.c_str());
    return EXIT_FAILURE;
  }
  std::fprintf(stderr, "listening on port %u\n", static_cast<unsigned>(server.port()));
  boost::asio::signal_set signals{loop, SIGINT, SIGTERM};
  boost::asio::co_spawn(loop, stop_on_signal(signals, server), [](const std::exception_ptr&) {});
  loop.run();
  query.join();
}
