// KafkaSource with the real client against a broker within this process.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>
#include <set>
#include <thread>

#include "connectors/kafka/embedded_broker.hpp"
#include "connectors/kafka/partition_cursor.hpp"
#include "connectors/kafka/producer.hpp"
#include "tests/kafka/cluster.hpp"

using namespace rollcall;
using namespace rollcall::kafka;
using namespace std::chrono_literals;
using test::all;
using test::Cluster;
using test::numbered;
using test::quick_options;
using test::SourceUnderTest;

TEST_CASE("without stored positions every partition is read from its beginning, in order") {
  Cluster cluster;
  cluster.produce(0, 300);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  REQUIRE(source.read_to_end());
  CHECK(all(source) == numbered(0, 300));
  CHECK(source.source->channels().size() == 3);
  for (const auto& [key, offsets] : source.offsets) {
    for (std::size_t i = 0; i < offsets.size(); ++i)
      CHECK(offsets[i] == static_cast<std::int64_t>(i));
    CHECK(source.channel(key).next == static_cast<std::int64_t>(offsets.size()));
    CHECK(source.channel(key).last_timestamp_ms > 1'600'000'000'000);
    CHECK(source.channel(key).error.empty());
    CHECK(source.channel(key).side == "expected");
  }
}

TEST_CASE("reading resumes at stored positions without losing or repeating a record") {
  Cluster cluster;
  std::vector<SourcePosition> stored;
  std::multiset<std::string> seen;
  for (int round = 0; round < 5; ++round) {
    cluster.produce(round * 100, round * 100 + 100);
    SourceUnderTest source(cluster.options());
    REQUIRE(source.start(stored));
    if (round == 2) {
      REQUIRE(source.read_records(17));  // stops somewhere in the middle
    } else {
      REQUIRE(source.read_to_end());
    }
    stored = source.positions();
    seen.merge(all(source));
  }
  CHECK(seen == numbered(0, 500));
}

TEST_CASE("a drain hands out no more than it is asked for, and the rest is not lost") {
  Cluster cluster(1);
  cluster.produce(0, 50);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  const auto once = [&] {
    const auto before = source.total();
    source.drain_once(7);
    CHECK(source.total() - before <= 7);
    CHECK(std::max<std::int64_t>(source.channel("t/0").next, 0) ==
          static_cast<std::int64_t>(source.total()));
    source.wait_a_moment();
    return source.total() == 50;
  };
  REQUIRE(source.read_until(once));
}

TEST_CASE("records that come later wake the waiting loop") {
  Cluster cluster(1);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  REQUIRE(source.read_to_end());
  for (int i = 0; i < 20; ++i) {
    cluster.produce(i, i + 1);
    const auto from = std::chrono::steady_clock::now();
    while (source.total() < static_cast<std::size_t>(i) + 1 &&
           std::chrono::steady_clock::now() - from < 5s) {
      source.wait_a_moment(4s);
      source.drain_once();
    }
    CHECK(std::chrono::steady_clock::now() - from < 2s);  // woken, not timed out
  }
  CHECK(source.total() == 20);
}

TEST_CASE("a queue that was full is filled again as soon as it has room") {
  constexpr int kRecords = 10'000;
  constexpr int kFetch = 200;  // the mock broker answers a fetch with what was produced in one go
  Cluster cluster(1);
  for (int i = 0; i < kRecords; i += kFetch) cluster.produce(i, i + kFetch);
  auto options = cluster.options();
  options.queued_records_min = 100;
  // Neither of these shall wake the brokers: with a pause of a second after each fetch the deadline
  // is passed.
  options.ends_interval = options.metadata_interval = std::chrono::hours{1};
  SourceUnderTest source(options);
  REQUIRE(source.start());
  const auto all_read = [&] {
    source.drain_once(20);
    return source.total() == kRecords;
  };
  CHECK(source.read_until(all_read));
}

TEST_CASE("empty and null payloads are handed out as empty") {
  Cluster cluster(1);
  cluster.producer.produce("t", "k", "");
  cluster.producer.produce_null("t", "k");
  REQUIRE(cluster.producer.flush(10s).has_value());
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  REQUIRE(source.read_records(2));
  CHECK(source.payloads["t/0"] == std::vector<std::string>{"", ""});
}

TEST_CASE("fetches that fail are tried again") {
  constexpr std::int16_t kNotLeader = 6;
  constexpr std::int16_t kUnknownServerError = -1;
  Cluster cluster(1);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  for (const auto code : {kNotLeader, kUnknownServerError}) {
    cluster.broker.fail_fetches(code, 3);
    cluster.produce(0, 100);
    const auto wanted = source.total() + 100;
    REQUIRE(source.read_records(wanted));
  }
  CHECK(source.total() == 200);
}

TEST_CASE("a broker that goes and comes back is waited for") {
  Cluster cluster;
  cluster.produce(0, 100);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  REQUIRE(source.read_to_end());
  cluster.broker.set_down();
  REQUIRE(source.read_until([&] { return !source.channel("t/0").error.empty(); }));
  cluster.broker.set_up();
  cluster.produce(100, 200);
  REQUIRE(source.read_records(200));
  REQUIRE(source.read_until([&] { return source.channel("t/0").error.empty(); }));
  CHECK(all(source) == numbered(0, 200));
}

TEST_CASE("a broker that is away at the start is waited for") {
  Cluster cluster;
  cluster.produce(0, 10);
  cluster.broker.set_down();
  SourceUnderTest source(cluster.options());
  std::thread later([&] {
    boost::asio::io_context waiting;
    boost::asio::steady_timer{waiting, 1s}.wait();  // long enough to have been refused
    cluster.broker.set_up();
  });
  const auto started = source.start();
  later.join();
  REQUIRE(started);
  REQUIRE(source.read_records(10));
}

TEST_CASE("without a broker a start knows where reading stands, and that no end is known") {
  Cluster cluster;
  cluster.broker.set_down();
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start({{"t/0", 3, 0, 0}, {"t/1", 4, 0, 0}}));
  REQUIRE(source.source->channels().size() == 2);
  CHECK(source.channel("t/1").next == 4);
  for (const auto& channel : source.source->channels()) {
    CHECK_FALSE(channel.end);
    CHECK_FALSE(channel.error.empty());
  }
  SourceUnderTest never_read(cluster.options());
  REQUIRE(never_read.start());
  CHECK(never_read.channel("t/0").next == Channel::kNowhere);
  CHECK_FALSE(never_read.channel("t/0").error.empty());
}

TEST_CASE("where no broker is left, that is told before a question could time out") {
  Cluster cluster;
  cluster.produce(0, 10);
  auto options = cluster.options();
  options.ask_timeout = 10 * SourceUnderTest::kDeadline;
  options.stop_max = 100ms;  // the question is still waiting
  SourceUnderTest source(options);
  REQUIRE(source.start());
  REQUIRE(source.read_to_end());
  cluster.broker.set_down();
  CHECK(source.read_until([&] { return !source.channel("t/0").error.empty(); }));
  CHECK_FALSE(source.channel("t/1").error.empty());
  cluster.broker.set_up();
  CHECK(source.read_to_end());
  CHECK(source.channel("t/0").error.empty());
}

TEST_CASE("a look that is asked for tells of all that was acknowledged before") {
  Cluster cluster(1);
  auto options = cluster.options();
  options.ends_interval = 10 * SourceUnderTest::kDeadline;  // nobody looks unless asked to
  SourceUnderTest source(options);
  REQUIRE(source.start());
  REQUIRE(source.read_until([&] { return source.channel("t/0").next == 0; }));
  for (int sent = 0; sent < 50; ++sent) {
    cluster.produce(sent, sent + 1);
    source.look_afresh();
    REQUIRE(source.channel("t/0").end == sent + 1);
  }
  cluster.broker.set_down();
  source.look_afresh(200ms);
  REQUIRE(source.read_until([&] { return !source.channel("t/0").error.empty(); }));
}

TEST_CASE("a position beyond the end halts its partition: the topic was created anew") {
  Cluster cluster(2);
  cluster.produce(0, 10, 0);
  cluster.produce(10, 20, 1);
  for (const std::int64_t next : {11, 500}) {
    SourceUnderTest source(cluster.options());
    REQUIRE(source.start({{"t/0", next, 7, 0}}));
    REQUIRE(source.stands_still("t/0", "created anew"));
    REQUIRE(source.read_records(10));
    cluster.produce(20, 21, 1);
    REQUIRE(source.read_records(11));
    CHECK(source.payloads.count("t/0") == 0);
    CHECK(source.channel("t/0").next == next);
    CHECK(source.channel("t/0").error.find("t/0") != std::string::npos);
    CHECK(source.channel("t/1").error.empty());
  }
}

TEST_CASE(
    "another record than the last one read halts its partition; nothing of it is handed out") {
  Cluster cluster(2);
  cluster.produce(0, 10, 0);
  cluster.produce(10, 20, 1);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start({{"t/0", 5, 12345, 0}}));
  REQUIRE(source.stands_still("t/0", "created anew"));
  REQUIRE(source.read_records(10));
  CHECK(source.payloads.count("t/0") == 0);
  CHECK(source.channel("t/0").next == 5);
}

TEST_CASE("a record is recognised by payload, key and time, or as older versions stored it") {
  Cluster cluster(1);
  cluster.produce(0, 10);
  std::vector<SourcePosition> stored;
  {
    SourceUnderTest first(cluster.options());
    REQUIRE(first.start());
    REQUIRE(first.read_records(10));
    stored = first.positions();
  }
  const auto last = std::string{"record 9"};
  CHECK(stored[0].fingerprint != payload_fingerprint_of(last));
  cluster.produce(10, 20);
  SUBCASE("the same record") {}
  SUBCASE("as older versions stored it") { stored[0].fingerprint = payload_fingerprint_of(last); }
  SUBCASE("another with the same payload") {
    stored[0].fingerprint = fingerprint_of({last, "another key", 1});
    SourceUnderTest source(cluster.options());
    REQUIRE(source.start(stored));
    CHECK(source.stands_still("t/0", "created anew"));
    return;
  }
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start(stored));
  REQUIRE(source.read_records(10));
  CHECK(all(source) == numbered(10, 20));
}

TEST_CASE("key and time are part of a fingerprint") {
  const auto print = fingerprint_of({"payload", "key", 5});
  CHECK(print == fingerprint_of({"payload", "key", 5}));
  CHECK(print != fingerprint_of({"payload", "yek", 5}));
  CHECK(print != fingerprint_of({"payload", "key", 6}));
  CHECK(print != fingerprint_of({"payloadk", "ey", 5}));
}

TEST_CASE("a position without fingerprint is taken as it is") {
  Cluster cluster(1);
  cluster.produce(0, 10);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start({{"t/0", 5, 0, 3}}));
  REQUIRE(source.read_to_end());
  CHECK(source.offsets["t/0"] == std::vector<std::int64_t>{5, 6, 7, 8, 9});
  CHECK(source.channel("t/0").lost_records == 3);
}

TEST_CASE("records that retention removed are a gap") {
  Cluster cluster(1);
  std::vector<SourcePosition> stored;
  {
    cluster.produce(0, 10);
    SourceUnderTest source(cluster.options());
    REQUIRE(source.start());
    REQUIRE(source.read_to_end());
    stored = source.positions();
  }
  // The embedded broker keeps 5 MiB.
  const std::string large(100'000, 'x');
  for (int i = 0; i < 100; ++i) cluster.producer.produce("t", "k", large);
  REQUIRE(cluster.producer.flush(20s).has_value());
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start(stored));
  REQUIRE(source.read_to_end());
  REQUIRE(source.gaps.size() == 1);
  CHECK(source.gaps[0].from == 10);
  CHECK(source.gaps[0].to == source.offsets["t/0"].front());
  CHECK(source.channel("t/0").lost_records == static_cast<std::uint64_t>(source.gaps[0].to - 10));
  CHECK(source.channel("t/0").next == 110);
  CHECK(source.total() == static_cast<std::size_t>(110 - source.gaps[0].to));
}

TEST_CASE("durable positions are shown to lag tools and never read back") {
  Cluster cluster(2);
  cluster.produce(0, 100);
  auto options = cluster.options();
  options.group_id = "lag_tools";
  for (int round = 0; round < 2; ++round) {
    SourceUnderTest source(options);
    REQUIRE(source.start());
    REQUIRE(source.read_to_end());
    CHECK(source.total() == 100);
    for (int i = 0; i < 5; ++i) source.source->committed(source.positions());
    (void)source.read_until([] { return false; }, 300ms);
    CHECK(std::none_of(source.log.begin(), source.log.end(), [](const std::string& line) {
      return line.find("lag tools") != std::string::npos;
    }));
  }
}

TEST_CASE("stopping ends quickly and leaves nothing behind, also while the broker is away") {
  Cluster cluster;
  cluster.produce(0, 100);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  REQUIRE(source.read_records(1));
  cluster.broker.set_down();
  (void)source.read_until([] { return false; }, 200ms);
  const auto from = std::chrono::steady_clock::now();
  source.stop();
  CHECK(std::chrono::steady_clock::now() - from < 6s);
}

TEST_CASE("options say everything that is wrong with them") {
  Options options;
  options.brokers = "";
  options.properties = {{"auto.offset.reset", "latest"},
                        {"no.such.thing", "1"},
                        {"fetch.wait.max.ms", "soon"},
                        {"isolation.level", "read_uncommitted"},
                        {"rebalance_cb", "x"}};
  CHECK(problems(options).size() == 7);
  options = quick_options("localhost:1", {"a", "b"});
  CHECK(problems(options).empty());
  options.topics.push_back({.name = "a", .side = "processed"});
  CHECK(problems(options).size() == 1);
  CHECK_THROWS(KafkaSource(boost::asio::system_executor(), [] {
    Options bad;
    bad.properties["no.such.thing"] = "1";
    return bad;
  }()));
}
