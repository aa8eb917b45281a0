// Nanoseconds of processor time for one event through the JSON decoder, payload copy and full validation included.
// Usage: decoder_bench [SECONDS]
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "connectors/json/json_decoder.hpp"

namespace {

using namespace rollcall;

json::FieldNames nested_names() {
  json::FieldNames names;
  names.batch = "/order/batch_no";
  names.id = "/order/line/key";
  return names;
}

struct Shape {
  const char* name;
  const char* begin;
  const char* end;
  json::FieldNames names;
};

// Not wall time: the machine may be shared.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double nanoseconds(const Shape& shape, double seconds) {
  constexpr std::size_t kPayloads = 1000;
  std::vector<std::string> payloads;
  for (std::size_t i = 0; i < kPayloads; ++i) {
    payloads.push_back(shape.begin + std::to_string(12'345'000 + i) + shape.end);
  }
  json::JsonDecoder decoder(shape.names);
  BadRecord bad;
  std::uint64_t decoded = 0;
  std::uint64_t sum = 0;
  const auto from = processor_seconds();
  double took = 0;
  while (took < seconds) {
    for (const auto& payload : payloads) {
      const auto* event = decoder.decode(payload, bad);
      if (event == nullptr) std::exit(1);
      sum += event->ids[0].is_integer() ? event->ids[0].integer() : event->ids[0].text().size();
    }
    decoded += kPayloads;
    took = processor_seconds() - from;
  }
  if (sum == 0) std::puts("");
  return took * 1e9 / static_cast<double>(decoded);
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1.0;
  const std::array<Shape, 5> shapes{{
      {"integer, 29 bytes", R"({"batch":"b17","id":)", "}", {}},
      {"uuid, 60 bytes", R"({"batch":"b17","id":"0b0e7f3c-61cf-4d7a-a8d1-)", "0000\"}", {}},
      {"all fields",
       R"({"batch":"b17","id":)",
       R"(,"side":"expected","op":"add","ts":"2026-11-21T09:30:00Z","due":"30m","source":"shop","attrs":{"a":1}})",
       {}},
      {"unknown fields",
       R"({"event":"order.line.created","batch":"b17","id":)",
       R"(,"v":2,"src":"shop","tags":["eu","web"],"price":{"amount":12.5,"currency":"EUR"}})",
       {}},
      {"nested, 130 bytes",
       R"({"event":"order.line.created","order":{"batch_no":"b17","line":{"key":)",
       R"(,"sku":"A-1042"}},"meta":{"v":2,"src":"shop","tags":["eu","web"]}})", nested_names()},
  }};
  for (const auto& shape : shapes)
    std::printf("%-20s %6.1f ns\n", shape.name, nanoseconds(shape, seconds));
}
