// What one addition to a ledger costs, in time and in memory. Prints one line for each kind of ids:
//   ledger_bench [ids = 10000000] [kind ...]
// All times are the processor's, not the wall's, so that a busy machine does not show. Columns: ns
// for each first naming and each second one, the same asking for the memory eight records ahead,
// the longest single call, resident bytes for each id when both sides have named it and what
// memory_bytes() says of the same, ns for naming again, ns for each id to restore from encoded
// deltas, and the time of a view and of a page of 1,000 missing ids.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "daemon/heap_trim.hpp"
#include "daemon/process_stats.hpp"
#include "pipeline/ledger/ledger.hpp"
#include "pipeline/ledger/segment.hpp"

namespace {

using namespace rollcall;

// Processor time of this thread.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<Clock, duration>;
  static time_point now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  }
};

constexpr Seed kSeed = 42;
constexpr std::size_t kCut = 1'000'000;  // ids between two cuts, as a checkpoint would
constexpr std::size_t kAhead = 8;

double nanoseconds(Clock::duration time) {
  return std::chrono::duration<double, std::nano>(time).count();
}

double resident_bytes() { return static_cast<double>(read_process_stats().resident_bytes); }

// Ids of one kind, numbered; text is made in place so that the bench itself holds little.
class Ids {
 public:
  Ids(std::string_view kind, std::size_t count)
      : kind_(kind), numbers_(is_text() ? 0 : count), count_(count) {
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i] = number(i, random);
    if (kind == "shuffled" || kind == "stride7")
      std::shuffle(numbers_.begin(), numbers_.end(), random);
  }
  [[nodiscard]] bool is_text() const { return kind_ == "uuid"; }
  [[nodiscard]] std::size_t count() const { return count_; }
  // `slot`: which of a few buffers holds the text.
  [[nodiscard]] RecordId at(std::size_t i, std::size_t slot) {
    if (!is_text()) return RecordId{numbers_[i]};
    std::string& text = texts_[slot];
    text.assign("00000000-0000-4000-8000-000000000000");
    std::uint64_t a = (i + 1) * 0x9e3779b97f4a7c15U;
    for (std::size_t at :
         {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 24U, 25U, 26U, 27U, 28U, 29U, 30U, 31U}) {
      text[at] = "0123456789abcdef"[a & 15U];
      a >>= 4U;
    }
    return RecordId::from_text(text);
  }

 private:
  [[nodiscard]] std::uint64_t number(std::size_t i, std::mt19937_64& random) const {
    if (kind_ == "random64") return random();
    if (kind_ == "random32") return random() >> 32U;
    if (kind_ == "random40") return random() >> 24U;
    if (kind_ == "snowflake")
      return (1'790'000'000'000U + i / 10) << 22U | (random() % 16) << 12U | i % 10;
    return kind_ == "stride7" ? i * 7 : i;
  }
  std::string kind_;
  std::vector<std::uint64_t> numbers_;
  std::size_t count_;
  std::string texts_[kAhead + 1];
};

// Names every id on a side, in ns each; cuts as a checkpoint would and hands each delta to `cut`.
double name_all(Ledger& ledger, Side side, Ids& ids, bool ahead,
                const std::function<void(LedgerDelta)>& cut) {
  Clock::duration spent{};
  for (std::size_t begin = 0; begin < ids.count(); begin += kCut) {
    const std::size_t end = std::min(begin + kCut, ids.count());
    const auto started = Clock::now();
    for (std::size_t i = begin; i < end; ++i) {
      if (ahead && i + kAhead < end) ledger.prefetch(ids.at(i + kAhead, kAhead));
      ledger.add(side, ids.at(i, 0));
    }
    spent += Clock::now() - started;
    cut(ledger.take_delta());
  }
  return nanoseconds(spent) / static_cast<double>(ids.count());
}

double longest_call_us(Ids& ids) {
  Ledger ledger(2, kSeed);
  Clock::duration longest{};
  for (const Side side : {kExpected, kProcessed}) {
    for (std::size_t i = 0; i < ids.count(); ++i) {
      const RecordId id = ids.at(i, 0);
      const auto started = Clock::now();
      ledger.add(side, id);
      longest = std::max(longest, Clock::now() - started);
      if (i % 100'000 == 0) (void)ledger.take_delta();  // a cut comes after 8 MiB of changes
    }
  }
  return nanoseconds(longest) / 1000;
}

void drop(const LedgerDelta&) {}

// Runs in a process of its own, so that nothing else has touched the allocator.
template <class Body>
void in_child(const Body& body) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    body();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  (void)waitpid(child, &status, 0);
}

// Resident bytes for each id, and what the ledger says of itself. The delta is taken often, or its
// memory, which the allocator keeps for the next one, would count too.
void print_memory(Ids& ids) {
  const double before = resident_bytes();
  Ledger ledger(2, kSeed);
  for (const Side side : {kExpected, kProcessed}) {
    for (std::size_t i = 0; i < ids.count(); ++i) {
      ledger.add(side, ids.at(i, 0));
      if (i % 1000 == 0) (void)ledger.take_delta();
    }
  }
  HeapTrim::trim_now();  // as the daemon does with what stays free
  const auto count = static_cast<double>(ids.count());
  std::printf(" bytes %6.2f (says %6.2f)", (resident_bytes() - before) / count,
              static_cast<double>(ledger.memory_bytes()) / count);
}

void measure(const char* kind, std::size_t count) {
  Ids ids(kind, count);
  std::printf("%-10s", kind);
  in_child([&] { print_memory(ids); });
  std::vector<SegmentRun> runs;
  const auto keep = [&](const LedgerDelta& delta) { runs.push_back(encode(delta)); };
  for (const bool ahead : {false, true}) {
    Ledger ledger(2, kSeed);
    runs.clear();
    const double first = name_all(ledger, kExpected, ids, ahead, keep);
    const auto view_started = Clock::now();
    const auto view = ledger.view();
    const auto page_started = Clock::now();
    const auto page = view->ids(kMissing, std::nullopt, 1000);
    const auto page_ended = Clock::now();
    const double second = name_all(ledger, kProcessed, ids, ahead, keep);
    std::printf(" | %6.1f %6.1f", first, second);
    if (!ahead) continue;
    const double again = name_all(ledger, kProcessed, ids, ahead, drop);
    std::printf(" %6.1f |", again);
    const auto restore_started = Clock::now();
    Ledger restored(2, kSeed);
    for (const SegmentRun& run : runs) {
      for (const SegmentChunk& chunk : run) (void)restored.absorb(chunk.payload);
    }
    const double restore = nanoseconds(Clock::now() - restore_started) / static_cast<double>(count);
    std::printf(" %7.1f | view %6.1f us page %7.2f ms |", restore,
                nanoseconds(page_started - view_started) / 1e3,
                nanoseconds(page_ended - page_started) / 1e6);
    if (restored.count(kMatched) != ledger.count(kMatched) || page.empty()) std::printf(" WRONG");
  }
  std::printf(" longest %6.1f us\n", longest_call_us(ids));
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  std::vector<std::string> kinds(argv + std::min(argc, 2), argv + argc);
  if (kinds.empty()) {
    kinds = {"sequence", "shuffled", "stride7",  "snowflake",
             "random32", "random40", "random64", "uuid"};
  }
  std::printf("%38s 1st, 2nd | ahead: 1st, 2nd, again | restore\n", "");
  for (const std::string& kind : kinds) {
    in_child([&] { measure(kind.c_str(), count); });
  }
}
