#include "tests/crash/oracle.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <vector>

#include "tests/crash/bad_records.hpp"

namespace rollcall::test {
namespace {

namespace json = boost::json;

constexpr std::size_t kSampleBytes = 1024;

Id id_of(const json::value& value) {
  if (const auto* text = value.if_string()) return test::id_of(std::string{*text});
  return value.to_number<std::uint64_t>();
}

void add(Occurrences& side, const json::object& event) {
  if (const auto* id = event.if_contains("id")) ++side[id_of(*id)];
  if (const auto* ids = event.if_contains("ids")) {
    for (const json::value& id : ids->as_array()) ++side[id_of(id)];
  }
  if (const auto* range = event.if_contains("range")) {
    const auto lo = range->as_array().at(0).to_number<std::uint64_t>();
    const auto hi = range->as_array().at(1).to_number<std::uint64_t>();
    for (std::uint64_t id = lo; id <= hi; ++id) ++side[Id{id}];
  }
}

// `side`: 0 or 1 where the topic binds one, -1 where each event names its own.
void take(Truth& truth, const ReadRecord& record, int side) {
  ++truth.records;
  const std::string payload{record.payload};
  if (const std::string* reason = reason_of(payload, side < 0)) {
    truth.dead_letters.insert({std::string{record.topic} + "/" + std::to_string(record.partition),
                               record.offset, *reason, payload.substr(0, kSampleBytes)});
    return;
  }
  const json::value parsed = json::parse(payload);
  const json::object& event = parsed.as_object();
  if (side < 0) side = event.at("side").as_string() == "expected" ? 0 : 1;
  BatchTruth& batch = truth.batches[std::string{event.at("batch").as_string()}];
  add(batch.sides.at(static_cast<std::size_t>(side)), event);
  ++batch.events;
}

}  // namespace

Id id_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && std::to_string(number) == text) return number;
  return text;
}

Truth replay(const TopicSet& topics) {
  std::vector<TopicPartition> partitions;
  for (const TestTopic* topic : {&topics.expected, &topics.processed, &topics.events}) {
    for (int partition = 0; partition < topic->partitions(); ++partition) {
      partitions.emplace_back(topic->name(), partition);
    }
  }
  Truth truth;
  truth.ends = read_all(partitions, [&](const ReadRecord& record) {
    int side = -1;
    if (record.topic == topics.expected.name()) side = 0;
    if (record.topic == topics.processed.name()) side = 1;
    take(truth, record, side);
  });
  return truth;
}

}  // namespace rollcall::test
