#include "daemon/demo_script.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace rollcall {
namespace {

constexpr std::string_view kOrders = "orders";
constexpr std::string_view kPayments = "payments";
constexpr std::string_view kShipments = "shipments";
constexpr int kFirstOrder = 10'001;
constexpr int kIds = DemoScript::kTicks * DemoScript::kIdsPerTick;

DemoRecord event(std::string_view topic, std::string_view batch, const std::string& id, bool text) {
  std::string payload = R"({"batch":")";
  payload.append(batch).append(R"(","id":)");
  payload.append(text ? '"' + id + '"' : id).append("}");
  return {topic, id, std::move(payload)};
}

// Whether the n-th of `all` things is one of `some` that are spread evenly among them.
bool one_of(std::size_t some, int n, int all) {
  const auto count = static_cast<int>(some);
  return (n + 1) * count / all != n * count / all;
}

}  // namespace

DemoScript::DemoScript(std::uint64_t seed) : seed_(seed), lost_(kIds) {
  std::vector<int> numbers(kIds);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::mt19937_64 random{seed};
  std::shuffle(numbers.begin(), numbers.end(), random);
  for (std::size_t i = 0; i < kMissing; ++i) lost_[static_cast<std::size_t>(numbers[i])] = true;
}

std::vector<DemoRecord> DemoScript::next() {
  std::vector<DemoRecord> out;
  if (tick_ < kTicks) expect(tick_, out);
  if (tick_ >= kProcessingLag) process(tick_ - kProcessingLag, out);
  ++tick_;
  return out;
}

void DemoScript::expect(int tick, std::vector<DemoRecord>& out) {
  for (int n = tick * kIdsPerTick; n < (tick + 1) * kIdsPerTick; ++n) {
    const std::string number = std::to_string(kFirstOrder + n);
    out.push_back(event(kDemoExpectedTopic, kOrders, number, false));
    out.push_back(event(kDemoExpectedTopic, kPayments, payment(n), true));
    out.push_back(event(kDemoExpectedTopic, kShipments, number, false));
  }
}

void DemoScript::process(int tick, std::vector<DemoRecord>& out) {
  for (int n = tick * kIdsPerTick; n < (tick + 1) * kIdsPerTick; ++n) {
    const std::string number = std::to_string(kFirstOrder + n);
    if (!lost_[static_cast<std::size_t>(n)])
      out.push_back(event(kDemoProcessedTopic, kOrders, number, false));
    out.push_back(event(kDemoProcessedTopic, kPayments, payment(n), true));
    if (one_of(kUnexpected, n, kIds)) {
      out.push_back(event(kDemoProcessedTopic, kPayments, payment(kIds + n), true));
    }
    out.push_back(event(kDemoProcessedTopic, kShipments, number, false));
    if (one_of(kDuplicates, n, kIds))
      out.push_back(event(kDemoProcessedTopic, kShipments, number, false));
    if (one_of(kBadRecords, n, kIds)) {
      out.push_back(
          {kDemoProcessedTopic, number, R"({"batch":"shipments","id":)" + number + ".5}"});
    }
  }
}

// A payment's id as a service would make it up: a UUID, the same for the same seed and number.
std::string DemoScript::payment(int number) const {
  std::mt19937_64 random{seed_ ^ (static_cast<std::uint64_t>(number) << 20U)};
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-a%03x-%012llx",
                static_cast<unsigned>(high >> 32U), static_cast<unsigned>(high >> 16U & 0xffffU),
                static_cast<unsigned>(high & 0xfffU), static_cast<unsigned>(low >> 48U & 0xfffU),
                static_cast<unsigned long long>(low & 0xffff'ffff'ffffULL));
  return std::string{text.data()};
}

}  // namespace rollcall
