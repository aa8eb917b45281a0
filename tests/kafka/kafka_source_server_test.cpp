// KafkaSource against a real broker: what the embedded one cannot show.
#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <vector>

#include "tests/kafka/source_under_test.hpp"
#include "tests/support/producer.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/topics.hpp"

using namespace rollcall;
using namespace rollcall::kafka;
using namespace std::chrono_literals;
using kafka::test::quick_options;
using kafka::test::SourceUnderTest;
using rollcall::test::kafka_server;
using rollcall::test::servers;
using rollcall::test::TestProducer;
using rollcall::test::TestTopic;

namespace {

Options options_for(const TestTopic& topic) {
  return quick_options(servers().kafka, {topic.name()});
}

void send(TestProducer& producer, const TestTopic& topic, int from, int to, int partition = 0) {
  for (int i = from; i < to; ++i) producer.send(topic.name(), partition, std::to_string(i));
  producer.flush();
}

std::vector<std::string> numbered(int from, int to) {
  std::vector<std::string> texts;
  for (int i = from; i < to; ++i) texts.push_back(std::to_string(i));
  return texts;
}

std::string key(const TestTopic& topic, int partition = 0) {
  return topic.name() + "/" + std::to_string(partition);
}

// Reads everything and returns where the next source has to go on.
std::vector<SourcePosition> read_all(const TestTopic& topic, std::size_t records) {
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start());
  REQUIRE(source.read_records(records));
  REQUIRE(source.read_to_end());
  return source.positions();
}

}  // namespace

TEST_CASE("records resume at stored positions on a real broker") {
  const TestTopic topic("resume", 4);
  TestProducer producer;
  std::vector<SourcePosition> stored;
  std::size_t seen = 0;
  for (int round = 0; round < 4; ++round) {
    for (int p = 0; p < 4; ++p) send(producer, topic, 0, 250, p);
    SourceUnderTest source(options_for(topic));
    REQUIRE(source.start(stored));
    REQUIRE((round == 1 ? source.read_records(333) : source.read_to_end()));
    for (const auto& [channel, offsets] : source.offsets) {
      for (std::size_t i = 1; i < offsets.size(); ++i) CHECK(offsets[i] == offsets[i - 1] + 1);
    }
    stored = source.positions();
    seen += source.total();
  }
  CHECK(seen == 4000);
}

TEST_CASE("aborted records are invisible, and markers are passed until nothing lags") {
  const TestTopic topic("transactions", 1);
  TestProducer producer("txn-" + topic.name());
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start());
  producer.begin();
  send(producer, topic, 0, 10);
  producer.commit();
  producer.begin();
  send(producer, topic, 100, 150);
  producer.abort();
  producer.begin();
  send(producer, topic, 10, 20);
  producer.commit();
  REQUIRE(source.read_records(20));
  REQUIRE(source.read_to_end());
  CHECK(source.payloads[key(topic)] == numbered(0, 20));
  // 70 records and three markers.
  CHECK(source.channel(key(topic)).next == 73);
  CHECK(source.channel(key(topic)).end == 73);

  SUBCASE("an abort at the very end is passed too") {
    producer.begin();
    send(producer, topic, 100, 150);
    producer.abort();
    REQUIRE(source.read_until([&] { return source.channel(key(topic)).next == 124; }));
    CHECK(source.total() == 20);
  }
  SUBCASE("reading resumes behind a marker") {
    SourceUnderTest next(options_for(topic));
    REQUIRE(next.start(source.positions()));
    producer.begin();
    send(producer, topic, 20, 25);
    producer.commit();
    REQUIRE(next.read_records(5));
    CHECK(next.payloads[key(topic)] == numbered(20, 25));
  }
}

TEST_CASE("an open transaction is not lag, as nobody could read it, but it is told") {
  const TestTopic topic("open", 1);
  TestProducer plain;
  send(plain, topic, 0, 5);
  TestProducer producer("txn-" + topic.name());
  producer.begin();
  send(producer, topic, 5, 8);
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start());
  REQUIRE(source.read_to_end());
  CHECK(source.payloads[key(topic)] == numbered(0, 5));
  CHECK(source.channel(key(topic)).end == 5);
  CHECK(source.channel(key(topic)).open_transaction);
  producer.commit();
  REQUIRE(source.read_records(8));
  REQUIRE(source.read_to_end());
  CHECK(source.channel(key(topic)).next == 9);
  CHECK_FALSE(source.channel(key(topic)).open_transaction);
}

TEST_CASE("records removed before they were read are a gap, counted and told") {
  const TestTopic topic("gap", 2);
  TestProducer producer;
  send(producer, topic, 0, 10, 0);
  send(producer, topic, 0, 10, 1);
  const auto stored = read_all(topic, 20);
  send(producer, topic, 10, 100, 0);
  send(producer, topic, 10, 100, 1);
  topic.delete_records_before(0, 60);
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start(stored));
  REQUIRE(source.read_records(40 + 90));
  REQUIRE(source.gaps.size() == 1);
  CHECK(source.source->channels()[source.gaps[0].channel].key == key(topic, 0));
  CHECK(source.gaps[0].from == 10);
  CHECK(source.gaps[0].to == 60);
  CHECK(source.channel(key(topic, 0)).lost_records == 50);
  CHECK(source.channel(key(topic, 1)).lost_records == 0);
  CHECK(source.payloads[key(topic, 0)] == numbered(60, 100));
}

TEST_CASE("a log that begins exactly where we go on has no gap") {
  const TestTopic topic("edge", 1);
  TestProducer producer;
  send(producer, topic, 0, 10);
  const auto stored = read_all(topic, 10);
  topic.delete_records_before(0, 10);
  send(producer, topic, 10, 12);
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start(stored));
  REQUIRE(source.read_records(2));
  CHECK(source.gaps.empty());
  CHECK(source.payloads[key(topic)] == numbered(10, 12));
}

TEST_CASE("records removed while we are behind are a gap as well") {
  const TestTopic topic("behind", 1);
  TestProducer producer;
  const std::string large(20'000, 'x');
  const auto send_large = [&](int count) {
    for (int i = 0; i < count; ++i) producer.send(topic.name(), 0, large);
    producer.flush();
  };
  send_large(100);
  auto options = options_for(topic);
  // Next to nothing is fetched ahead.
  options.properties["queued.min.messages"] = "1";
  options.properties["queued.max.messages.kbytes"] = "1";
  options.properties["fetch.message.max.bytes"] = "50000";
  SourceUnderTest source(options);
  REQUIRE(source.start());
  REQUIRE(source.read_records(1));
  send_large(200);
  topic.delete_records_before(0, 290);
  REQUIRE(source.read_until([&] { return source.channel(key(topic)).next == 300; }));
  REQUIRE(source.gaps.size() == 1);
  CHECK(source.gaps[0].to == 290);
  CHECK(source.total() + static_cast<std::size_t>(source.gaps[0].to - source.gaps[0].from) == 300);
}

TEST_CASE("partitions that are added are read from their beginning") {
  TestTopic topic("growing", 1);
  TestProducer producer;
  send(producer, topic, 0, 50, 0);
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start());
  REQUIRE(source.read_records(50));
  topic.add_partitions(3);
  TestProducer fresh;  // the first one does not know the new partitions yet
  send(fresh, topic, 50, 60, 0);
  send(fresh, topic, 0, 20, 1);
  send(fresh, topic, 0, 30, 2);
  REQUIRE(source.read_records(110));
  CHECK(source.source->channels().size() == 3);
  CHECK(source.payloads[key(topic, 0)] == numbered(0, 60));
  CHECK(source.payloads[key(topic, 1)] == numbered(0, 20));
  CHECK(source.payloads[key(topic, 2)] == numbered(0, 30));
}

TEST_CASE("partitions are asked for whenever ends are") {
  TestTopic topic("asked", 1);
  auto options = options_for(topic);
  options.metadata_interval = 10 * SourceUnderTest::kDeadline;
  SourceUnderTest source(options);
  REQUIRE(source.start());
  REQUIRE(source.read_to_end());
  topic.add_partitions(3);
  TestProducer fresh;
  send(fresh, topic, 0, 5, 2);
  source.look_afresh();
  REQUIRE(source.source->channels().size() == 3);
  CHECK(source.channel(key(topic, 2)).joining);
  REQUIRE(source.read_records(5));
  CHECK_FALSE(source.channel(key(topic, 2)).joining);
}

TEST_CASE(
    "a topic that is not there is named, with advice; others go on, and it is read when it comes") {
  const TestTopic topic("known", 1);
  TestProducer producer;
  send(producer, topic, 0, 10);
  TestTopic late("late", 2);
  late.remove();
  SourceUnderTest source(quick_options(servers().kafka, {late.name(), topic.name()}));
  REQUIRE(source.start());
  REQUIRE(source.read_records(10));
  REQUIRE(source.stands_still(key(late), "Kafka has no topic '" + late.name() + "'. Create it"));
  CHECK_FALSE(source.channel(key(late)).end);
  CHECK(source.channel(key(topic)).error.empty());
  late.create_again();
  TestProducer fresh;
  send(fresh, late, 0, 5, 1);
  REQUIRE(source.read_records(15));
  CHECK(source.payloads[key(late, 1)] == numbered(0, 5));
  REQUIRE(source.read_until([&] { return source.channel(key(late)).error.empty(); }));
}

TEST_CASE("a topic that is deleted while it is read says so alone") {
  TestTopic topic("deleted", 2);
  const TestTopic other("kept", 1);
  TestProducer producer;
  send(producer, topic, 0, 10);
  SourceUnderTest source(quick_options(servers().kafka, {topic.name(), other.name()}));
  REQUIRE(source.start());
  REQUIRE(source.read_records(10));
  topic.remove();
  REQUIRE(source.stands_still(key(topic), "topic '" + topic.name() + "' was deleted"));
  send(producer, other, 0, 10);
  REQUIRE(source.read_records(20));
  CHECK(source.channel(key(other)).error.empty());
  const auto from = std::chrono::steady_clock::now();
  source.stop();
  CHECK(std::chrono::steady_clock::now() - from < 7s);
}

TEST_CASE("a topic created anew while we were away is recognised by its last record") {
  TestTopic topic("anew", 1);
  const TestTopic other("beside", 1);
  TestProducer producer;
  send(producer, topic, 0, 10);
  const auto stored = read_all(topic, 10);
  topic.remove();
  topic.create_again();
  SUBCASE("longer than before") { send(producer, topic, 1000, 1020); }
  SUBCASE("longer than before, and the same records") { send(producer, topic, 0, 20); }
  SUBCASE("as long as before") { send(producer, topic, 1000, 1010); }
  SUBCASE("one record shorter than before") { send(producer, topic, 1000, 1009); }
  SUBCASE("empty") {}
  send(producer, other, 0, 7);
  SourceUnderTest source(quick_options(servers().kafka, {topic.name(), other.name()}));
  REQUIRE(source.start(stored));
  REQUIRE(source.stands_still(key(topic), "created anew"));
  REQUIRE(source.read_records(7));
  CHECK(source.payloads[key(other)] == numbered(0, 7));
  CHECK(source.total() == 7);
}

TEST_CASE("a topic created anew under our eyes stands still, and the others go on") {
  TestTopic topic("anew_live", 1);
  const TestTopic other("beside_live", 1);
  TestProducer producer;
  send(producer, topic, 0, 100);
  SourceUnderTest source(quick_options(servers().kafka, {topic.name(), other.name()}));
  REQUIRE(source.start());
  REQUIRE(source.read_records(100));
  REQUIRE(source.read_to_end());
  topic.remove();
  topic.create_again();
  TestProducer fresh;
  send(fresh, topic, 1000, 1010);
  REQUIRE(source.stands_still(key(topic), "created anew"));
  send(fresh, other, 0, 10);
  REQUIRE(source.read_records(110));
  CHECK(source.payloads[key(topic)] == numbered(0, 100));

  const SourceReset reset = source.source->reset(topic.name());
  REQUIRE(reset.channels.size() == 1);
  CHECK(reset.channels[0].unread == 0);
  REQUIRE(source.read_records(120));
  REQUIRE(source.read_to_end());
  CHECK(source.gaps.empty());
  CHECK(source.payloads[key(topic)].size() == 110);
}

TEST_CASE("a topic created anew with fewer partitions is read once that is asked for") {
  TestTopic topic("fewer", 3);
  TestProducer producer;
  for (int partition = 0; partition < 3; ++partition) send(producer, topic, 0, 10, partition);
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start());
  REQUIRE(source.read_records(30));
  topic.remove();
  REQUIRE(source.stands_still(key(topic), "was deleted"));
  topic.create_again(1);
  TestProducer fresh;
  send(fresh, topic, 100, 105);
  REQUIRE(source.stands_still(key(topic, 1), "now has 1"));
  CHECK(source.source->reset(topic.name()).channels.size() == 3);
  REQUIRE(source.read_records(35));
  CHECK(source.channel(key(topic)).next == 5);
  CHECK(source.channel(key(topic, 1)).retired);
  CHECK(source.channel(key(topic, 2)).retired);
  CHECK(source.positions()[1].next == Channel::kNowhere);
  topic.add_partitions(2);
  TestProducer grown;
  send(grown, topic, 200, 203, 1);
  REQUIRE(source.read_records(38));
  CHECK_FALSE(source.channel(key(topic, 1)).retired);
  CHECK(source.channel(key(topic, 2)).retired);
}

TEST_CASE("a broker that restarts, or is killed, costs no record and repeats none") {
  const TestTopic topic("restart", 2);
  TestProducer producer;
  send(producer, topic, 0, 100, 0);
  send(producer, topic, 0, 100, 1);
  SourceUnderTest source(options_for(topic));
  REQUIRE(source.start());
  REQUIRE(source.read_records(200));
  int sent = 100;
  for (const bool killed : {false, true}) {
    if (killed) {
      kafka_server("kill");
      REQUIRE(source.read_until([&] { return !source.channel(key(topic)).error.empty(); }));
      kafka_server("start");
    } else {
      kafka_server("restart");
    }
    send(producer, topic, sent, sent + 50, 0);
    send(producer, topic, sent, sent + 50, 1);
    sent += 50;
    REQUIRE(source.read_records(static_cast<std::size_t>(sent) * 2));
    REQUIRE(source.read_to_end());
  }
  CHECK(source.payloads[key(topic, 0)] == numbered(0, sent));
  CHECK(source.payloads[key(topic, 1)] == numbered(0, sent));
  CHECK(source.channel(key(topic)).error.empty());
}
