#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <utility>

#include "connectors/kafka/embedded_broker.hpp"
#include "connectors/kafka/producer.hpp"
#include "daemon/application.hpp"
#include "daemon/commands.hpp"
#include "daemon/demo_script.hpp"
#include "daemon/logging.hpp"

namespace rollcall {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds kTick{100};
constexpr int kTicksPerReport = 10;
constexpr int kPartitions = 4;
constexpr int kFlushTriesMax = 100;
// By then the source knows how far the topics reach.
constexpr milliseconds kEndsAskedWithin{1'500};
constexpr std::string_view kStoryIntroduction =
    "rollcall demo: a broker within this process, a store in memory, and three batches on their "
    "way.\n"
    "  orders     some are never processed      payments   some are processed that nobody "
    "expected\n"
    "  shipments  some are processed twice, and some records cannot be read\n\n";

asio::awaitable<void> wait(Application& application, milliseconds duration) {
  asio::steady_timer timer{application.loop(), duration};
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

void print_batches(const Answers& answers) {
  std::printf("%-10s %9s %9s %9s %8s %10s %10s\n", "batch", "expected", "processed", "matched",
              "missing", "unexpected", "duplicates");
  for (const BatchSummary& batch : answers.batches({.limit = 10})) {
    std::printf("%-10s %9llu %9llu %9llu %8llu %10llu %10llu\n", batch.row->name.c_str(),
                static_cast<unsigned long long>(batch.totals[kExpected]),
                static_cast<unsigned long long>(batch.totals[kProcessed]),
                static_cast<unsigned long long>(batch.matched),
                static_cast<unsigned long long>(batch.missing),
                static_cast<unsigned long long>(batch.unexpected),
                static_cast<unsigned long long>(batch.duplicates[kProcessed]));
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_questions(std::uint16_t port) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kQuestions{{
      {"/api/v1/batches/orders", "how one batch stands"},
      {"/api/v1/batches/orders/missing?format=text", "which orders were never processed"},
      {"/api/v1/batches/payments/unexpected?format=text", "which payments nobody expected"},
      {"/api/v1/batches/shipments/duplicates?format=ndjson",
       "which shipments were processed again"},
      {"/api/v1/dead-letters", "which records could not be read, and why"},
  }};
  for (const auto& [path, meaning] : kQuestions) {
    std::printf("  curl -s 'http://127.0.0.1:%u%s'   # %s\n", port, path, meaning);
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_missing(Answers& answers) {
  const auto batch = answers.batch("orders");
  if (!batch) return;
  std::printf("Expected and never processed, by name:");
  for (const OwnedRecordId& id :
       answers.view(batch->row->number)->ids(kMissing, std::nullopt, 100)) {
    if (const auto* number = std::get_if<std::uint64_t>(&id)) {
      std::printf(" %llu", static_cast<unsigned long long>(*number));
    }
  }
  std::printf("\n\nThe daemon goes on answering. Ask it:\n\n");
}

// Tells the story at its pace, shows how the batches stand once a second, and waits until all of it has been read.
asio::awaitable<void> tell(Application& application, kafka::Producer& producer,
                           DemoOptions options) {
  std::printf("%s", kStoryIntroduction.data());
  print_questions(application.http_port());
  DemoScript script{std::random_device{}()};
  for (int tick = 1; !script.finished() && !application.stopping(); ++tick) {
    for (DemoRecord& record : script.next()) {
      producer.produce(std::string{record.topic}, record.key, record.payload);
    }
    co_await wait(application, kTick);
    if (tick % kTicksPerReport == 0) print_batches(application.reconciler());
  }
  const Answers& answers = application.reconciler();
  for (int tries = 0;
       tries < kFlushTriesMax && !application.stopping() && !producer.flush(milliseconds{0});
       ++tries) {
    co_await wait(application, kTick);
  }
  co_await wait(application, kEndsAskedWithin);
  while (!application.stopping() && answers.lag_records() != 0U) co_await wait(application, kTick);
  if (application.stopping()) co_return;
  print_batches(answers);
  print_missing(application.reconciler());
  print_questions(application.http_port());
  if (options.once) application.stop();
}

}  // namespace

int demo(const Config& config, const DemoOptions& options) {
  try {
    kafka::EmbeddedBroker broker;
    broker.create_topic(std::string{kDemoExpectedTopic}, kPartitions);
    broker.create_topic(std::string{kDemoProcessedTopic}, kPartitions);
    Config on_embedded_parts = config;
    on_embedded_parts.kafka.brokers = broker.brokers();
    on_embedded_parts.database.url = "memory";
    kafka::ProducerOptions to_broker;
    to_broker.brokers = broker.brokers();
    kafka::Producer producer{to_broker};
    Application application{on_embedded_parts};
    application.spawn(tell(application, producer, options));
    return to_int(application.run());
  } catch (const std::exception& error) {
    log(LogLevel::error, "the demo cannot start", {{"reason", error.what()}});
    return to_int(ExitCode::runtime_error);
  }
}

}  // namespace rollcall
