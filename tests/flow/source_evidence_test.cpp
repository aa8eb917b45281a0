// What is known of the sources, and what answers make of it.
#include <chrono>
#include <doctest/doctest.h>
#include <vector>

#include "pipeline/verdict/verdict.hpp"
#include "tests/flow/process.hpp"

namespace rollcall {
namespace {

using namespace std::chrono_literals;
using Reasons = std::vector<std::string_view>;

constexpr std::int64_t kNowUs = 50'000'000;
constexpr EndLimit kLimit{kNowUs, 3s};

Channel channel_at(std::int64_t next, std::optional<std::int64_t> end, std::int64_t age_us) {
  Channel channel;
  channel.next = next;
  channel.end = end;
  channel.end_asked_us = kNowUs - age_us;
  channel.end_asked_ms = 1'000'000 - age_us / 1'000;
  return channel;
}

Verdict judged(const std::vector<Channel>& channels) {
  Evidence evidence;
  evidence.sources = evidence_of(channels, kLimit);
  return judge(evidence);
}

TEST_CASE("answers are final as of the oldest moment at which an end was asked") {
  std::vector channels{channel_at(5, 5, 1'000'000), channel_at(7, 6, 2'500'000)};
  SUBCASE("the oldest is the last") {}
  SUBCASE("the oldest is the first") { std::swap(channels.front(), channels.back()); }
  const auto evidence = evidence_of(channels, kLimit);
  CHECK(evidence.lag_records == 0U);
  CHECK(evidence.as_of_ms == 997'500);
  CHECK(evidence.oldest_end_age == 2'500ms);
  CHECK(judged(channels).confidence == Confidence::final);
  CHECK(judged({}).confidence == Confidence::final);
  CHECK_FALSE(evidence_of({}, kLimit).as_of_ms);
}

TEST_CASE(
    "an end that is old, unknown or beside an error says nothing about lag, which is never 0") {
  auto channel = channel_at(5, 5, 3'000'001);
  SUBCASE("old") {}
  SUBCASE("unknown") { channel = channel_at(5, std::nullopt, 0); }
  SUBCASE("beside an error") {
    channel = channel_at(5, 5, 0);
    channel.error = "1/1 brokers are down";
  }
  const std::vector channels{channel_at(5, 9, 0), channel};
  CHECK_FALSE(evidence_of(channels, kLimit).lag_records);
  CHECK(judged(channels).confidence == Confidence::blind);
  CHECK(judged(channels).reasons == Reasons{"source_away"});
}

TEST_CASE("what hides records is named: lag, an open transaction, partitions that are new") {
  auto channel = channel_at(5, 5, 0);
  Reasons reasons;
  SUBCASE("lag") {
    channel.end = 7;
    reasons = {"lag"};
  }
  SUBCASE("a log whose beginning is not known") {
    channel = channel_at(Channel::kNowhere, 2, 0);
    reasons = {"lag"};
  }
  SUBCASE("an open transaction") {
    channel.open_transaction = true;
    reasons = {"open_transaction"};
  }
  SUBCASE("a new partition") {
    channel.joining = true;
    reasons = {"new_partitions"};
  }
  CHECK(judged({channel}).reasons == reasons);
  CHECK(judged({channel}).confidence == Confidence::provisional);
}

TEST_CASE("a channel concerns only what it feeds") {
  auto other = channel_at(0, std::nullopt, 0);
  other.feed = "other";
  const std::vector channels{channel_at(5, 5, 0), other};
  const auto belongs = [](const Channel& channel) { return channel.feed == "default"; };
  CHECK(evidence_of(channels, kLimit, belongs).lag_records == 0U);
  CHECK(evidence_of(channels, kLimit).away);
}

TEST_CASE("a source that no longer answers makes answers blind, and they say as of when they are") {
  test::World world;
  world.log.append(0, "b 1");
  auto options = test::Process::quick();
  options.ends_known_for = 50ms;
  test::Process process{world, options};
  process.run_until_durable();
  process.source.away = true;
  process.run_until([&] { return process.reconciler->verdict().confidence == Confidence::blind; });
  CHECK_FALSE(process.reconciler->lag_records());
  CHECK(process.reconciler->source_evidence().as_of_ms == process.source.channel(0).end_asked_ms);
  CHECK(process.reconciler->readiness().ready);
  CHECK_FALSE(process.reconciler->readiness().sources_answer);
  process.source.away = false;
  process.source.wake();
  process.run_until([&] { return process.reconciler->lag_records() == 0U; });
  CHECK(process.reconciler->verdict().confidence == Confidence::final);
}

}  // namespace
}  // namespace rollcall
