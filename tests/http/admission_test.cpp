// Who may ask what: the parts without sockets.
#include <doctest/doctest.h>

#include "connectors/http/client_rates.hpp"
#include "connectors/http/token_bucket.hpp"

namespace rollcall::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

constexpr TokenBucket::Time kStart{1h};

TEST_CASE("a bucket gives its burst at once and then as fast as it fills") {
  const TokenBucket::Rate rate{2, 3};
  TokenBucket bucket;
  for (int token = 0; token < 3; ++token) CHECK(bucket.take(rate, kStart) == 0ns);
  CHECK(bucket.take(rate, kStart) == 500ms);
  CHECK(bucket.take(rate, kStart + 400ms) == 100ms);
  CHECK(bucket.take(rate, kStart + 500ms) == 0ns);
  CHECK(bucket.take(rate, kStart + 500ms) == 500ms);
}

TEST_CASE("a bucket never holds more than its burst") {
  const TokenBucket::Rate rate{1000, 2};
  TokenBucket bucket;
  CHECK(bucket.take(rate, kStart) == 0ns);
  for (int token = 0; token < 2; ++token) CHECK(bucket.take(rate, kStart + 24h) == 0ns);
  CHECK(bucket.take(rate, kStart + 24h) == 1ms);
}

TEST_CASE("being refused costs no token") {
  const TokenBucket::Rate rate{1, 1};
  TokenBucket bucket;
  CHECK(bucket.take(rate, kStart) == 0ns);
  for (int time = 0; time < 100; ++time) CHECK(bucket.take(rate, kStart + 999ms) == 1ms);
  CHECK(bucket.take(rate, kStart + 1s) == 0ns);
}

TEST_CASE("over a long time a bucket gives its rate") {
  const TokenBucket::Rate rate{7, 20};
  TokenBucket bucket;
  int given = 0;
  for (auto now = kStart; now < kStart + 100s; now += 3ms)
    given += bucket.take(rate, now) == 0ns ? 1 : 0;
  CHECK(given >= 700);
  CHECK(given <= 721);
}

TEST_CASE("each address has a bucket of its own, an IPv6 network of 64 bits one together") {
  ClientRates rates{{1, 1}};
  CHECK(rates.take(make_address("192.0.2.1"), kStart) == 0ns);
  CHECK(rates.take(make_address("192.0.2.2"), kStart) == 0ns);
  CHECK(rates.take(make_address("192.0.2.1"), kStart) == 1s);
  CHECK(rates.take(make_address("::ffff:192.0.2.1"), kStart) == 1s);
  CHECK(rates.take(make_address("2001:db8:0:1::1"), kStart) == 0ns);
  CHECK(rates.take(make_address("2001:db8:0:1:ffff::2"), kStart) == 1s);
  CHECK(rates.take(make_address("2001:db8:0:2::1"), kStart) == 0ns);
  CHECK(rates.take(make_address("::1"), kStart) == 0ns);
  CHECK(rates.addresses() == 5);
}

TEST_CASE("of too many addresses the one that was idle longest is forgotten") {
  ClientRates rates{{1, 1}, 2};
  const auto first = make_address("192.0.2.1");
  const auto second = make_address("192.0.2.2");
  const auto third = make_address("192.0.2.3");
  CHECK(rates.take(first, kStart) == 0ns);
  CHECK(rates.take(second, kStart) == 0ns);
  CHECK(rates.take(first, kStart) == 1s);
  CHECK(rates.take(third, kStart) == 0ns);  // in place of the second
  CHECK(rates.addresses() == 2);
  CHECK(rates.take(first, kStart) == 1s);
  CHECK(rates.take(second, kStart) == 0ns);  // begins anew
}

}  // namespace
}  // namespace rollcall::http
