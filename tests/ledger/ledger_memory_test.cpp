// How much memory ids of each kind take, by the ledger's own account.
#include <doctest/doctest.h>
#include <random>
#include <string>

#include "pipeline/ledger/ledger.hpp"
#include "tests/ledger/ledger_workload.hpp"

namespace rollcall {
namespace {

constexpr std::size_t kIds = 200'000;

template <class MakeId>
double bytes_for_each(MakeId make_id) {
  Ledger ledger(2, 9);
  for (const Side side : {kExpected, kProcessed}) {
    for (std::size_t i = 0; i < kIds; ++i) {
      const OwnedRecordId id = make_id(i);
      ledger.add(side, view_of(id));
    }
    (void)ledger.take_delta();
  }
  CHECK(ledger.count(kMatched) == kIds);
  return static_cast<double>(ledger.memory_bytes()) / kIds;
}

TEST_CASE("a sequence takes next to nothing, in any order") {
  CHECK(bytes_for_each([](std::size_t i) { return std::uint64_t{i}; }) < 0.5);
  CHECK(bytes_for_each([](std::size_t i) { return std::uint64_t{i * 7919 % kIds}; }) < 0.7);
}

TEST_CASE("ids spread over 64 bits take at most 18 bytes on both sides together") {
  CHECK(bytes_for_each([](std::size_t i) { return std::mt19937_64(i)(); }) < 18);
}

TEST_CASE("ids spread over 40 bits are not mistaken for clusters") {
  CHECK(bytes_for_each([](std::size_t i) { return std::mt19937_64(i)() >> 24U; }) < 18);
}

TEST_CASE("snowflakes of a busy second are clusters") {
  const auto id = [](std::size_t i) {
    return std::uint64_t{(1'790'000'000'000U + i / 100) << 22U | i % 100};
  };
  CHECK(bytes_for_each(id) < 7);
}

TEST_CASE("a text that both sides have named takes no more than its fingerprint") {
  CHECK(bytes_for_each([](std::size_t i) {
          std::mt19937_64 random(i);
          return random_uuid(random);
        }) < 34);
}

TEST_CASE("the text of matched ids is let go while they come and go in turn") {
  Ledger ledger(2, 9);
  std::size_t most = 0;
  for (std::size_t i = 0; i < kIds; ++i) {
    const std::string text = std::string(200, 'x') + std::to_string(i);
    ledger.add(kExpected, RecordId::from_text(text));
    ledger.add(kProcessed, RecordId::from_text(text));
    if (i % 100 == 0) (void)ledger.take_delta();
    most = std::max(most, ledger.memory_bytes());
  }
  CHECK(most < kIds * 32 + 2'000'000);
}

}  // namespace
}  // namespace rollcall
