#include "daemon/application.hpp"

#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <functional>
#include <string>
#include <unistd.h>
#include <utility>

#include "connectors/http/offload.hpp"
#include "connectors/json/json_decoder.hpp"
#include "connectors/kafka/kafka_source.hpp"
#include "connectors/memory/memory_store.hpp"
#include "connectors/postgres/postgres_store.hpp"
#include "daemon/batch_picture.hpp"
#include "daemon/collect.hpp"
#include "daemon/logging.hpp"
#include "daemon/options.hpp"
#include "pipeline/flow/idle_source.hpp"

namespace rollcall {

namespace asio = boost::asio;

namespace {

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::transient:
      return "transient";
    case FailureKind::bad_record:
      return "bad_record";
    case FailureKind::fenced:
      return "fenced";
    case FailureKind::fatal:
      return "fatal";
  }
  return "fatal";
}

ExitCode exit_code_of(const Failure& failure) {
  if (failure.kind == FailureKind::fenced) return ExitCode::taken_over;
  return failure.configuration ? ExitCode::configuration : ExitCode::runtime_error;
}

CompactionState compaction_state(const postgres::PostgresStore& store) {
  const postgres::CompactionStats stats = store.compaction_stats();
  return {stats.stopped_because.empty(), stats.merges, stats.failures, stats.runs,
          stats.last_success_ms};
}

// Whoever took over goes on from our last checkpoint, so that there is nothing to repair.
const char* const kTakenOverAdvice =
    "nothing is lost: the other process goes on from the last checkpoint. Run one rollcall for "
    "each database and schema; "
    "if this one was meant, end the other and start this one again, else give it a database or a "
    "schema of its own";

}  // namespace

Application::Application(const Config& config)
    : config_(config),
      telemetry_(metrics_),
      watch_([this](std::chrono::nanoseconds turn) {
        metrics_.observe_loop_delay(std::chrono::duration<double>(turn).count());
      }),
      signals_(loop_, SIGINT, SIGTERM),
      reload_signal_(loop_, SIGHUP) {
  make_store();
  make_source();
  std::vector<Decoder*> decoders;
  for (const auto& decoder : decoders_) decoders.push_back(decoder.get());
  reconciler_.emplace(loop_.get_executor(), *store_, *source_, std::move(decoders), clock_,
                      telemetry_, reconciler_options(config_));
  make_server();
}

Application::~Application() {
  query_.stop();
  query_.join();
}

void Application::make_store() {
  if (config_.database.url == kMemoryDatabase) {
    log(LogLevel::warning, "everything is kept in memory and lost at exit",
        {{"advice", "give --database postgresql://... to keep it"}});
    store_ =
        std::make_unique<memory::MemoryStore>(loop_.get_executor(), memory::make_shared_state());
  } else {
    auto store =
        std::make_unique<postgres::PostgresStore>(loop_.get_executor(), postgres_options(config_));
    postgres_ = store.get();
    store_ = std::move(store);
  }
}

void Application::make_source() {
  if (config_.kafka.brokers.empty()) {
    source_ = std::make_unique<IdleSource>(loop_.get_executor());
    return;
  }
  const FieldMappings mappings = field_mappings(config_.kafka);
  for (const json::FieldNames& names : mappings.distinct) {
    decoders_.push_back(std::make_unique<json::JsonDecoder>(names));
  }
  source_ = std::make_unique<kafka::KafkaSource>(loop_.get_executor(),
                                                 kafka_options(config_.kafka, mappings));
}

void Application::make_server() {
  http::Options options = http_options(config_);
  options.metrics = [this] { return metrics_text(); };
  options.finished = [this](const http::RequestReport& report) {
    metrics_.observe_http_request(report.route, report.method, report.status,
                                  std::chrono::duration<double>(report.took).count());
    if (!is_logged(LogLevel::debug)) return;
    log(LogLevel::debug, "request",
        {{"method", report.method},
         {"target", report.target},
         {"status", report.status},
         {"request_id", report.request_id},
         {"bytes", report.body_bytes}});
  };
  options.warned = [](std::string_view what) { log(LogLevel::warning, what); };
  options.failed = [](std::string_view what) { log(LogLevel::error, what); };
  server_.emplace(loop_, query_, *reconciler_, reconciler_->writes(), reconciler_->replays(),
                  std::move(options));
}

ExitCode Application::run() {
  if (const auto listening = server_->listen(); !listening) {
    report(listening.error());
    return exit_code_;
  }
  log(LogLevel::info, "answering", {{"address", config_.http.listen}, {"port", server_->port()}});
  await_signal();
  await_reload_signal();
  asio::co_spawn(loop_, reconciler_->run(),
                 [this](const std::exception_ptr& thrown, const Result<void>& outcome) {
                   on_reconciler_ended(thrown, outcome);
                 });
  watch_.run(loop_);
  return exit_code_;
}

void Application::spawn(asio::awaitable<void> task) {
  asio::co_spawn(loop_, std::move(task), [this](const std::exception_ptr& thrown) {
    if (thrown) report(fatal("a task of the daemon failed", "report this as a bug"));
  });
}

void Application::stop() {
  stopping_ = true;
  reconciler_->stop();
}

void Application::await_signal() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    if (stopping_) {  // asked twice: do not wait any longer. What is not committed is read again at the next start.
      log(LogLevel::warning,
          "stopped at once; what was not committed is read again at the next start");
      ::_exit(to_int(ExitCode::interrupted));
    }
    log(LogLevel::info, "stopping", {{"signal", signal}});
    if (signal == SIGINT) exit_code_ = ExitCode::interrupted;
    stop();
    await_signal();
  });
}

void Application::await_reload_signal() {
  reload_signal_.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    if (const auto reloaded = server_->reload()) {
      log(LogLevel::info, "the files behind HTTP have been read again");
    } else {
      log(LogLevel::error, reloaded.error().message + "; what was read before stays in force",
          {{"advice", reloaded.error().advice}});
    }
    await_reload_signal();
  });
}

void Application::on_reconciler_ended(const std::exception_ptr& thrown,
                                      const Result<void>& outcome) {
  stopping_ = true;
  if (thrown) {
    report(fatal("the flow failed unexpectedly", "report this as a bug"));
  } else if (!outcome) {
    report(outcome.error());
  }
  asio::co_spawn(loop_, shut_down(), [this](const std::exception_ptr&) {
    signals_.cancel();
    reload_signal_.cancel();
    loop_.stop();
  });
}

asio::awaitable<void> Application::shut_down() {
  co_await server_->stop();
  co_await store_->close();
  log(LogLevel::info, "stopped");
}

void Application::report(const Failure& failure) {
  exit_code_ = exit_code_of(failure);
  const bool fenced = failure.kind == FailureKind::fenced && failure.advice.empty();
  log(LogLevel::error, failure.message,
      {{"kind", to_string(failure.kind)}, {"advice", fenced ? kTakenOverAdvice : failure.advice}});
}

asio::awaitable<std::string> Application::metrics_text() {
  const ShownBatches shown{config_.metrics.worst_batches, config_.metrics.batches_max};
  BatchPicture batches = co_await picture_batches(*reconciler_, shown);
  collect(*reconciler_, metrics_);
  metrics_.set_batch_series(std::move(batches.series), batches.worst_omitted,
                            batches.matching_omitted);
  if (postgres_ != nullptr) metrics_.set_compaction(compaction_state(*postgres_));
  metrics_.set_longest_turn(std::chrono::duration<double>(watch_.longest_turn_cpu()).count());
  const std::function<std::string()> later = metrics_.text_later();
  std::string text;
  auto work = [&text, &later] { text = later(); };
  co_await http::run_on(query_, work);
  co_return text;
}

}  // namespace rollcall
