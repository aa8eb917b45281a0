#include "tests/crash/workload.hpp"

#include <cstdio>
#include <utility>

#include "tests/crash/bad_records.hpp"

namespace rollcall::test {
namespace {

constexpr std::size_t kPendingMax = 2'000;
constexpr std::uint64_t kBadOneIn = 60;
constexpr std::uint64_t kRepeatOneIn = 25;
constexpr std::uint64_t kHugeArrayOneIn = 100;  // of the arrays: more ids than fit into one turn
constexpr std::uint64_t kHugeArrayIds = 6'000;

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string hex(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016lx", value);
  return digits;
}

}  // namespace

Workload::Workload(std::uint64_t seed) : random_(seed) {}

WorkloadRecord Workload::next() {
  if (one_in(kBadOneIn)) return bad();
  if (recent_count_ > 0 && one_in(kRepeatOneIn)) {
    const Claim& again = recent_[below(std::min<std::size_t>(recent_count_, recent_.size()))];
    return event(again, one_in(2) ? kExpectedSide : kProcessedSide);
  }
  if (!pending_.empty() && (pending_.size() >= kPendingMax || one_in(2))) {
    std::swap(pending_[below(pending_.size())], pending_.back());
    const auto [claim, side] = std::move(pending_.back());
    pending_.pop_back();
    return event(claim, side);
  }
  const Claim claim = new_claim();
  recent_[recent_count_++ % recent_.size()] = claim;
  const Side first = one_in(6) ? kProcessedSide : kExpectedSide;  // some are processed early
  const bool both = !one_in(12);
  if (both) pending_.emplace_back(claim, first == kExpectedSide ? kProcessedSide : kExpectedSide);
  return event(claim, first);
}

WorkloadRecord Workload::phantom() {
  return event({quoted("dense"), "\"id\":" + quoted("phantom-" + std::to_string(++serial_))},
               one_in(2) ? kExpectedSide : kProcessedSide);
}

Workload::Claim Workload::new_claim() {
  const std::uint64_t n = ++serial_;
  switch (below(16)) {
    case 0:
      return {quoted("mixed"), "\"ids\":" + mixed_ids()};
    case 1:
      return {quoted("ranges"), range()};
    case 2:
      return {quoted("long texts"), "\"id\":" + quoted(long_text())};
    case 3:
      return {quoted("h\\u00e4ndler/2026 01%"), "\"id\":\"" + std::to_string(n) + "\""};
    case 4:
      return {quoted("händler/2026 01%"), "\"id\":\"0" + std::to_string(n) + "\""};
    case 5:
    case 6:
    case 7:
      return {quoted("spread"), "\"id\":" + std::to_string(random_())};
    case 8:
    case 9:
    case 10:
      return {quoted("uuid"), "\"id\":" + quoted(uuid())};
    default:
      return {quoted("dense"), "\"id\":" + std::to_string(1'000'000 + n)};
  }
}

std::string Workload::mixed_ids() {
  std::string ids = "[";
  const std::uint64_t count = one_in(kHugeArrayOneIn) ? kHugeArrayIds : 1 + below(20);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) ids += one_in(4) ? ", " : ",";
    switch (below(4)) {
      case 0:
        ids += quoted(uuid());
        break;
      case 1:
        ids += quoted(std::to_string(below(200'000)));
        break;  // the same as the number
      case 2:
        ids += std::to_string(random_());
        break;
      default:
        ids += std::to_string(below(200'000));
        break;
    }
  }
  return ids + "]";
}

std::string Workload::range() {
  const std::uint64_t lo = 5'000'000'000 + below(100'000);
  const std::uint64_t hi = lo + below(one_in(10) ? 5'000 : 50);
  return "\"range\":[" + std::to_string(lo) + "," + std::to_string(hi) + "]";
}

std::string Workload::uuid() {
  const std::string digits = hex(random_()) + hex(random_());
  return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
         digits.substr(16, 4) + "-" + digits.substr(20);
}

// With everything that may need care on the way to a list and back.
std::string Workload::long_text() {
  std::string text = "long \\\" \\\\ \\n \\u0000 \\u00fc \\ud83d\\ude00 ü €, ;" + hex(random_());
  text.append(below(380), 'x');
  return text;
}

WorkloadRecord Workload::event(const Claim& claim, Side side) {
  const char* name = side == kExpectedSide ? "expected" : "processed";
  std::string members = "\"batch\":" + claim.batch + "," + claim.ids;
  WorkloadRecord record;
  record.target = side == kExpectedSide ? Target::expected : Target::processed;
  if (one_in(8)) {
    record.target = Target::events;
    members = one_in(2) ? members + ",\"side\":" + quoted(name)
                        : "\"side\":" + quoted(name) + "," + members;
  }
  record.payload = "{" + members + decoration() + "}";
  return record;
}

// Fields that are read and change nothing, and fields that nobody knows.
std::string Workload::decoration() {
  switch (below(12)) {
    case 0:
      return R"(,"ts":"2026-11-21T09:30:00.25+01:00","source":"shop")";
    case 1:
      return R"(,"ts":1795253400000,"due":"30m")";
    case 2:
      return R"(,"attrs":{"amount":12.5,"tags":["a",{"b":null}]})";
    case 3:
      return R"(,"nobody":{"knows":["this",1e9,-0.5,true]},"nor":"that \" one")";
    case 4:
      return R"( , "op" : "add" )";
    default:
      return {};
  }
}

WorkloadRecord Workload::bad() {
  const auto& payloads = bad_payloads();
  const BadPayload& chosen = payloads[below(payloads.size())];
  WorkloadRecord record;
  record.target = static_cast<Target>(below(3));
  if (chosen.only_where_events_name_sides) record.target = Target::events;
  record.payload = chosen.payload;
  record.null = chosen.payload.empty() && one_in(2);
  return record;
}

}  // namespace rollcall::test
