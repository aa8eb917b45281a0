// What a scrape shows of a flow that runs.
#include "daemon/collect.hpp"

#include <doctest/doctest.h>
#include <string>

#include "daemon/batch_picture.hpp"
#include "tests/flow/writing_client.hpp"

namespace rollcall {
namespace {

using test::Client;
using test::Process;
using test::World;

struct Scrape {
  std::string text;
  std::size_t turns = 0;  // of the loop that it took

  [[nodiscard]] bool has(const std::string& line) const {
    return text.find("\n" + line + "\n") != std::string::npos;
  }
};

Scrape scrape(Process& process, ShownBatches shown = {}) {
  std::optional<BatchPicture> picture;
  boost::asio::co_spawn(process.loop, picture_batches(*process.reconciler, shown),
                        [&picture](const std::exception_ptr& thrown, BatchPicture made) {
                          REQUIRE_FALSE(thrown);
                          picture = std::move(made);
                        });
  Scrape result;
  process.run_until([&] {
    ++result.turns;
    return picture.has_value();
  });
  Metrics metrics;
  collect(*process.reconciler, metrics);
  metrics.set_batch_series(std::move(picture->series), picture->worst_omitted,
                           picture->matching_omitted);
  result.text = metrics.text();
  return result;
}

Reconciler::Options watching(const std::string& pattern) {
  Reconciler::Options options = Process::quick();
  options.state.watched = {pattern};
  return options;
}

TEST_CASE("a watched batch is shown with what it owes, at nothing, and after a restart") {
  World world;
  world.log.append(0, "orders-1 1 2 3", 1'700'000'000'500);
  world.log.append(2, "orders-1 1");
  world.log.streams[2].written_at_ms[0] = 1'700'000'001'500;
  world.log.append(0, "other 1");
  {
    Process process{world, watching("orders-*")};
    process.run_until_durable();
    const Scrape first = scrape(process, {.worst_max = 0, .matching_max = 10});
    CHECK(first.has(R"(rollcall_batch_expected_records{batch="orders-1"} 3)"));
    CHECK(first.has(R"(rollcall_batch_processed_records{batch="orders-1"} 1)"));
    CHECK(first.has(R"(rollcall_batch_missing_records{batch="orders-1"} 2)"));
    CHECK(first.has(
        R"(rollcall_batch_info{batch="orders-1",verdict="incomplete",confidence="final"} 1)"));
    CHECK(
        first.has(R"(rollcall_batch_last_event_timestamp_seconds{batch="orders-1"} 1700000001.5)"));
    CHECK(first.text.find("batch=\"other\"") == std::string::npos);
    CHECK(first.has("rollcall_missing_records 3"));
    CHECK(first.has("rollcall_batches_omitted 2"));
    world.log.append(3, "orders-1 2 3", 1'700'000'000'900);
    process.source.wake();
    process.run_until([&] { return process.reconciler->batch("orders-1")->missing == 0; });
    const Scrape second = scrape(process);
    CHECK(second.has(R"(rollcall_batch_missing_records{batch="orders-1"} 0)"));
    process.run_until_durable();
    process.stop();
  }
  Process next{world, watching("orders-*")};
  next.run_until_durable();
  const Scrape third = scrape(next);
  CHECK(third.has(R"(rollcall_batch_missing_records{batch="orders-1"} 0)"));
  CHECK(third.has(R"(rollcall_batch_last_event_timestamp_seconds{batch="orders-1"} 1700000001.5)"));
  CHECK(third.has(R"(rollcall_batch_missing_records{batch="other"} 1)"));
  CHECK(third.has("rollcall_missing_records 1"));
}

TEST_CASE("dead letters move when they are acknowledged, and are counted after a restart") {
  World world;
  world.log.streams[0].key = "orders/0";
  world.log.append(0, "!");
  world.log.append(0, "!");
  {
    Process process{world};
    process.run_until_durable();
    CHECK(scrape(process).has(R"(rollcall_dead_letters{topic="orders",state="open"} 2)"));
    AcknowledgeLetters acknowledge;
    acknowledge.filter.numbers = {1};
    acknowledge.by = "ops";
    acknowledge.note = "seen";
    Client client;
    client.ask(process, {acknowledge});
    const Scrape after = scrape(process);
    CHECK(after.has(R"(rollcall_dead_letters{topic="orders",state="open"} 1)"));
    CHECK(after.has(R"(rollcall_dead_letters{topic="orders",state="acknowledged"} 1)"));
    world.log.append(0, "!");
    process.run_until([&] {
      process.source.wake();
      return process.reconciler->slice().dead_letter_count() == 3;
    });
    CHECK(scrape(process).has(R"(rollcall_dead_letters{topic="orders",state="open"} 2)"));
    process.run_until_durable();
    process.stop();
  }
  Process next{world};
  next.run_until_durable();
  const Scrape restarted = scrape(next);
  CHECK(restarted.has(R"(rollcall_dead_letters{topic="orders",state="open"} 2)"));
  CHECK(restarted.has(R"(rollcall_dead_letters{topic="orders",state="acknowledged"} 1)"));
  CHECK(restarted.has(R"(rollcall_dead_letters{topic="http",state="open"} 0)"));
}

TEST_CASE("each feed has its own confidence, and the store says whether it answers") {
  World world;
  for (const std::size_t stream : {2U, 3U}) world.log.streams[stream].feed = "second";
  world.log.append(2, "! ");
  Process process{world};
  process.run_until_durable();
  const Scrape calm = scrape(process);
  CHECK(calm.has(R"(rollcall_confidence{feed="default",level="final"} 1)"));
  CHECK(calm.has(R"(rollcall_confidence{feed="default",level="provisional"} 0)"));
  CHECK(calm.has(R"(rollcall_confidence{feed="second",level="final"} 0)"));
  CHECK(calm.has(R"(rollcall_confidence{feed="second",level="provisional"} 1)"));
  CHECK(calm.has(R"(rollcall_confidence{feed="http",level="final"} 1)"));
  CHECK(calm.has("rollcall_store_up 1"));
  process.source.channel(0).error = "nobody answers";
  const Scrape blind = scrape(process);
  CHECK(blind.has(R"(rollcall_confidence{feed="default",level="blind"} 1)"));
  CHECK(blind.has(R"(rollcall_confidence{feed="default",level="final"} 0)"));
  CHECK(blind.has(R"(rollcall_confidence{feed="second",level="blind"} 0)"));
  process.source.channel(0).error.clear();
  process.store->fail_commits(1'000'000, memory::Fault::transient);
  world.log.append(0, "b 1");
  process.run_until([&] {
    process.source.wake();
    return !process.reconciler->readiness().store_answers;
  });
  const Scrape away = scrape(process);
  CHECK(away.has("rollcall_store_up 0"));
  CHECK(away.has(R"(rollcall_confidence{feed="http",level="provisional"} 1)"));
  process.store->fail_commits(0, memory::Fault::transient);
}

TEST_CASE("a scrape of many batches takes many short turns, and deleting meanwhile is no harm") {
  World world;
  Process process{world, watching("*")};
  test::start(process);
  Client client;
  for (int i = 0; i < 300; ++i)
    client.ask(process, {test::batch_named("batch " + std::to_string(i))});
  const Scrape all = scrape(process, {.worst_max = 0, .matching_max = 1'000});
  CHECK(all.turns > 5);
  CHECK(all.has(R"(rollcall_batch_missing_records{batch="batch 0"} 0)"));
  CHECK(all.has("rollcall_matching_batches_omitted 0"));
  const Scrape few = scrape(process, {.worst_max = 0, .matching_max = 100});
  CHECK(few.has("rollcall_matching_batches_omitted 200"));
  CHECK(few.has(R"(rollcall_batch_missing_records{batch="batch 299"} 0)"));
  CHECK_FALSE(few.has(R"(rollcall_batch_missing_records{batch="batch 0"} 0)"));
  client.send(process, {DeleteAllBatches{}});
  const Scrape none = scrape(process, {.worst_max = 0, .matching_max = 1'000});
  process.run_until([&] { return client.answer.has_value(); });
  const Scrape after = scrape(process, {.worst_max = 0, .matching_max = 1'000});
  CHECK(after.text.find("{batch=") == std::string::npos);
  CHECK(after.has("rollcall_missing_records 0"));
}

}  // namespace
}  // namespace rollcall
