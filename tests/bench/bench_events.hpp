#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace rollcall::bench {

// The kinds of ids that are measured; nested ones are integers within a larger event.
enum class Kind { integer, u64, uuid, nested };

inline Kind kind_of(std::string_view name) {
  if (name == "u64") return Kind::u64;
  if (name == "uuid") return Kind::uuid;
  return name == "nested" ? Kind::nested : Kind::integer;
}

// Source: splitmix64 (Steele, Lea & Flood 2014).
inline std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// One event as a producer would write it.
struct Line {
  std::array<char, 192> text{};
  int size = 0;
  int key_begin = 0;
  int key_size = 0;
};

// Eight digits, dense within a batch's stride; unexpected ones lie 50 million above.
inline Line line_of(Kind kind, std::uint64_t batches, std::uint64_t seed, std::uint64_t n,
                    bool unexpected) {
  Line line;
  std::array<char, 64> id{};
  const auto integer = 10'000'000 + n + (unexpected ? 50'000'000U : 0U);
  const auto a = mix(seed + integer * 2);
  const auto b = mix(seed + integer * 2 + 1);
  const auto u = [](std::uint64_t x) { return static_cast<unsigned long long>(x); };
  switch (kind) {
    case Kind::integer:
    case Kind::nested:
      line.key_size = std::snprintf(id.data(), id.size(), "%llu", u(integer));
      break;
    case Kind::u64:
      line.key_size = std::snprintf(id.data(), id.size(), "%llu", u(a));
      break;
    case Kind::uuid:
      line.key_size = std::snprintf(id.data(), id.size(), "%08llx-%04llx-4%03llx-a%03llx-%012llx",
                                    u(a >> 32U), u((a >> 16U) & 0xFFFFU), u(a & 0xFFFU),
                                    u(b >> 52U), u(b & 0xFFFFFFFFFFFFU));
      break;
  }
  const auto* pattern = R"({"batch":"b%llu","id":%s})";
  if (kind == Kind::uuid) pattern = R"({"batch":"b%llu","id":"%s"})";
  if (kind == Kind::nested) {
    pattern =
        R"({"event":"order.line.created","order":{"batch_no":"b%llu","line":{"key":%s,"sku":"A-1042"}},)"
        R"("meta":{"v":2,"src":"shop","tags":["eu","web"]}})";
  }
  line.size = std::snprintf(line.text.data(), line.text.size(), pattern, u(n % batches), id.data());
  const auto* key = std::strstr(line.text.data(), id.data());
  line.key_begin = static_cast<int>(key - line.text.data());
  return line;
}

}  // namespace rollcall::bench
