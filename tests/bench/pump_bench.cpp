// What the loop itself does for each record: decode, find the batch, name the id. No broker, no store; records come
// from memory in the order in which a client fetches them, a stretch of one partition after another.
// Prints nanoseconds of processor time for each record and each kind.
// Usage: pump_bench [EVENTS_PER_SIDE = 2000000] [kind ...]
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "connectors/json/json_decoder.hpp"
#include "pipeline/flow/pump.hpp"
#include "pipeline/flow/slice.hpp"
#include "tests/bench/bench_events.hpp"
#include "tests/fakes/counting_telemetry.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace {

using namespace rollcall;

constexpr std::uint64_t kBatches = 50;
constexpr std::uint64_t kPartitions = 4;
constexpr std::size_t kStretch = 30'000;  // records of one partition in a fetch
constexpr std::size_t kCut = 400'000;     // records between two checkpoints at full speed

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Two topics in memory, fetched in turns.
class MemorySource final : public RecordSource {
 public:
  MemorySource(bench::Kind kind, std::uint64_t events) {
    for (const char* side : {"expected", "processed"}) {
      for (std::uint64_t p = 0; p < kPartitions; ++p) {
        Channel channel;
        channel.key = std::string{side} + "/" + std::to_string(p);
        channel.side = side;
        channels_.push_back(std::move(channel));
      }
    }
    std::vector<std::vector<std::uint64_t>> partitions(kPartitions);
    for (std::uint64_t n = 0; n < events; ++n) partitions[bench::mix(n) % kPartitions].push_back(n);
    for (std::size_t at = 0; at < events; at += kStretch) {
      for (std::uint32_t c = 0; c < channels_.size(); ++c) {
        const auto& records = partitions[c % kPartitions];
        for (std::size_t i = at; i < std::min(at + kStretch, records.size()); ++i) {
          const auto line = bench::line_of(kind, kBatches, 1, records[i], false);
          begins_.push_back({bytes_.size(), static_cast<std::size_t>(line.size), c});
          bytes_.append(line.text.data(), static_cast<std::size_t>(line.size));
        }
      }
    }
  }

  boost::asio::awaitable<Result<void>> start(std::vector<SourcePosition>) override {
    co_return Result<void>{};
  }
  Result<std::span<const RawRecord>> drain(std::size_t records_max) override {
    drained_.clear();
    for (; drained_.size() < records_max && next_ < begins_.size(); ++next_) {
      const Place& place = begins_[next_];
      drained_.push_back({std::string_view{bytes_}.substr(place.begin, place.size),
                          channels_[place.channel].next++, 0, place.channel});
    }
    return std::span<const RawRecord>{drained_};
  }
  std::vector<InputGap> take_gaps() override { return {}; }
  boost::asio::awaitable<void> wait(std::chrono::milliseconds) override { co_return; }
  [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
  void committed(const std::vector<SourcePosition>&) override {}
  boost::asio::awaitable<void> stop() override { co_return; }

  [[nodiscard]] std::size_t size() const { return begins_.size(); }

 private:
  struct Place {
    std::size_t begin;
    std::size_t size;
    std::uint32_t channel;
  };
  std::vector<Channel> channels_;
  std::string bytes_;
  std::vector<Place> begins_;
  std::vector<RawRecord> drained_;
  std::size_t next_ = 0;
};

json::FieldNames field_names(bench::Kind kind) {
  json::FieldNames names;
  if (kind == bench::Kind::nested) {
    names.batch = "/order/batch_no";
    names.id = "/order/line/key";
  }
  return names;
}

void measure(const std::string& name, std::uint64_t events) {
  const auto kind = bench::kind_of(name);
  MemorySource source(kind, events);
  json::JsonDecoder decoder{field_names(kind)};
  Slice slice(0, {"expected", "processed"});
  fakes::ManualClock clock;
  fakes::CountingTelemetry telemetry;
  Pump pump(source, {&decoder}, slice, clock, telemetry, {});
  std::size_t until_cut = kCut;
  const double began = cpu_seconds();
  for (auto turn = pump.turn(); turn && *turn == Pump::Turn::busy; turn = pump.turn()) {
    until_cut -= std::min<std::size_t>(until_cut, 1'000);
    if (until_cut > 0 || !pump.between_units()) continue;
    (void)slice.cut();
    until_cut = kCut;
  }
  const double spent = cpu_seconds() - began;
  std::uint64_t matched = 0;
  for (const auto& batch : slice.batches()) matched += summarize(*batch).matched;
  std::printf("%-8s %6.1f ns a record%s\n", name.c_str(),
              spent * 1e9 / static_cast<double>(source.size()), matched == events ? "" : " WRONG");
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  std::vector<std::string> kinds(argv + std::min(argc, 2), argv + argc);
  if (kinds.empty()) kinds = {"int", "nested", "u64", "uuid"};
  for (const std::string& kind : kinds) measure(kind, events);
}
