// Views read by other threads while the ledger goes on; worth most under the thread sanitizer.
#include <atomic>
#include <doctest/doctest.h>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/ledger/ledger.hpp"
#include "tests/ledger/ledger_workload.hpp"

namespace rollcall {
namespace {

struct Shown {
  std::shared_ptr<const LedgerView> view;
  std::uint64_t missing = 0;
  std::uint64_t duplicate_ids = 0;
};

// Reads whatever view is shown until told to stop; counts the lists that disagree with the counts
// of their moment.
void read_views(std::mutex& mutex, const Shown& shown, const std::atomic<bool>& stop,
                std::atomic<int>& wrong) {
  while (!stop) {
    Shown mine;
    {
      const std::scoped_lock lock(mutex);
      mine = shown;
    }
    if (!mine.view) continue;
    if (mine.view->ids(kMissing, std::nullopt, mine.missing + 1).size() != mine.missing) ++wrong;
    if (mine.view->duplicates(std::nullopt, mine.duplicate_ids + 1).size() > mine.duplicate_ids)
      ++wrong;
    (void)mine.view->runs(kUnexpected, std::nullopt, 100);
  }
}

TEST_CASE("threads read views that never change while the ledger does") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  Workload workload(seed, 2, 2000, {});
  Ledger ledger(2, 1);
  std::mutex mutex;
  Shown shown;
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  readers.reserve(2);
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] { read_views(mutex, shown, stop, wrong); });
  }
  for (int i = 0; i < 40'000; ++i) {
    const Naming naming = workload.next();
    if (const auto* range = std::get_if<IntegerRange>(&naming.what)) {
      ledger.add(naming.side, *range);
    } else {
      ledger.add(naming.side, view_of(std::get<OwnedRecordId>(naming.what)));
    }
    if (i % 100 != 0) continue;
    Shown next{ledger.view(), ledger.count(kMissing),
               ledger.duplicate_ids(0) + ledger.duplicate_ids(1)};
    const std::scoped_lock lock(mutex);
    shown = std::move(next);
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace rollcall
