// What is read a second time: records of dead letters, and topics that were created anew.
#include <doctest/doctest.h>

#include "tests/kafka/cluster.hpp"

using namespace rollcall;
using namespace rollcall::kafka;
using namespace std::chrono_literals;
using test::all;
using test::Cluster;
using test::numbered;
using test::quick_options;
using test::SourceUnderTest;

TEST_CASE("what stands still is read from its beginning once that is asked for, and nothing else") {
  Cluster cluster(2);
  cluster.produce(0, 10, 0);
  cluster.produce(10, 20, 1);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start({{"t/0", 500, 7, 3}}));
  REQUIRE(source.stands_still("t/0", "created anew"));
  CHECK(source.channel("t/0").error.find("rollcall source reset kafka:t`") != std::string::npos);
  REQUIRE(source.read_records(10));
  using Outcome = SourceReset::Outcome;
  CHECK(source.source->reset("u").outcome == Outcome::no_such_source);
  const SourceReset reset = source.source->reset("t");
  REQUIRE(reset.outcome == Outcome::done);
  REQUIRE(reset.channels.size() == 1);
  CHECK(reset.channels[0].channel == "t/0");
  CHECK(reset.channels[0].next == 500);
  CHECK_FALSE(reset.channels[0].unread.has_value());
  CHECK(source.source->reset("t").outcome == Outcome::nothing_to_reset);
  REQUIRE(source.read_records(20));
  REQUIRE(source.read_to_end());
  CHECK(all(source) == numbered(0, 20));
  CHECK(source.channel("t/0").error.empty());
  CHECK(source.channel("t/0").lost_records == 3);
  REQUIRE(source.gaps.size() == 1);
  CHECK(source.gaps[0].from == 500);
  CHECK(source.gaps[0].to == InputGap::kUnknown);
  CHECK(source.gaps[0].cause == InputGap::Cause::begun_anew);
}

TEST_CASE("records are read again where they still stand, beside all other reading") {
  Cluster cluster(2);
  cluster.produce(0, 3000, 0);
  cluster.produce(3000, 3010, 1);
  SourceUnderTest source(cluster.options());
  REQUIRE(source.start());
  REQUIRE(source.read_records(3010));
  const auto copies = source.read_again({{"t/0", 2999},
                                         {"t/1", 4},
                                         {"t/0", 0},
                                         {"t/0", 1},
                                         {"t/0", 3000},
                                         {"t/7", 0},
                                         {"none/0", 0}});
  REQUIRE_MESSAGE(copies.has_value(), copies.error().message);
  CHECK(copies->at(0)->payload == "record 2999");
  CHECK(copies->at(1)->payload == "record 3004");
  CHECK(copies->at(2)->payload == "record 0");
  CHECK(copies->at(2)->timestamp_ms > 0);
  CHECK(copies->at(3)->payload == "record 1");
  for (std::size_t i = 4; i < 7; ++i) CHECK_FALSE(copies->at(i).has_value());
  cluster.produce(3010, 3011, 0);
  REQUIRE(source.read_records(3011));
  CHECK(all(source) == numbered(0, 3011));
}

TEST_CASE("while no broker answers nothing that is read again is taken for gone") {
  Options options = quick_options("127.0.0.1:1", {"t"});
  options.ask_timeout = 200ms;
  SourceUnderTest source(options);
  REQUIRE(source.start());
  const auto copies = source.read_again({{"t/0", 0}});
  REQUIRE_FALSE(copies.has_value());
  CHECK(copies.error().kind == FailureKind::transient);
}
