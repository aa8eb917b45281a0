#include "tests/ledger/ledger_workload.hpp"

#include <algorithm>
#include <limits>

namespace rollcall {
namespace {

constexpr std::uint64_t kIdMax = std::numeric_limits<std::uint64_t>::max();

std::uint64_t snowflake(std::mt19937_64& random, std::uint64_t milliseconds) {
  const std::uint64_t time = 1'790'000'000'000U + random() % milliseconds;
  return time << 22U | (random() % 4) << 12U | random() % 8;
}

std::uint64_t on_a_border(std::mt19937_64& random) {
  switch (random() % 3) {
    case 0:
      return random() % 100;
    case 1:
      return kIdMax - random() % 100;
    default:
      return (std::uint64_t{1} << 32U) - 50 + random() % 100;
  }
}

}  // namespace

std::string random_uuid(std::mt19937_64& random) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(36, '-');
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 8 && i != 13 && i != 18 && i != 23) text[i] = kDigits[random() % 16];
  }
  text[0] = 'a';  // never all digits
  return text;
}

Workload::Workload(std::uint64_t seed, std::size_t sides, std::size_t ids_of_a_kind,
                   WorkloadKinds kinds)
    : random_(seed), sides_(sides), ids_(ids_of_a_kind), ranges_(kinds.ranges) {
  const auto add_pool = [&](bool wanted, auto make) {
    if (!wanted) return;
    auto& pool = pools_.emplace_back();
    for (std::size_t i = 0; i < ids_of_a_kind; ++i) pool.emplace_back(make(i));
  };
  add_pool(kinds.dense, [](std::size_t i) { return std::uint64_t{i}; });
  add_pool(kinds.border, [this](std::size_t) { return on_a_border(random_); });
  add_pool(kinds.spread, [this](std::size_t) { return std::uint64_t{random_()}; });
  add_pool(kinds.snowflake, [&](std::size_t) { return snowflake(random_, ids_of_a_kind / 4 + 1); });
  add_pool(kinds.text, [this](std::size_t) { return random_uuid(random_); });
}

Naming Workload::next() {
  Naming naming;
  naming.side = static_cast<Side>(draw(sides_));
  if (ranges_ && draw(200) == 0) {
    naming.what = range();
  } else {
    const auto& pool = pools_[draw(pools_.size())];
    naming.what = pool[draw(pool.size())];
  }
  return naming;
}

IntegerRange Workload::range() {
  const std::uint64_t length = draw(4) == 0 ? 4000 + draw(6000) : draw(40);
  std::uint64_t lo = draw(ids_ * 2);
  if (draw(4) == 0) lo = (std::uint64_t{1} << 32U) - draw(5000);
  if (draw(8) == 0) lo = kIdMax - draw(5000);
  if (draw(16) == 0) lo = std::uint64_t{random_()};
  if (draw(16) == 0) lo = 1'790'000'000'000U << 22U;
  return {lo, lo + std::min(length, kIdMax - lo)};
}

}  // namespace rollcall
