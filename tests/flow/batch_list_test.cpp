#include "pipeline/flow/batch_list.hpp"

#include <doctest/doctest.h>
#include <iterator>
#include <map>
#include <random>

namespace rollcall {
namespace {

std::unique_ptr<Batch> numbered(BatchNumber number) {
  BatchRow row;
  row.number = number;
  return std::make_unique<Batch>(std::move(row), nullptr, 0);
}

void check_same(const BatchList& list, const std::map<BatchNumber, const Batch*>& model) {
  REQUIRE(list.size() == model.size());
  CHECK(list.empty() == model.empty());
  std::vector<const Batch*> forward, backward, wanted;
  for (const auto& batch : list) forward.push_back(batch.get());
  for (auto at = list.end(); at != list.begin();) backward.push_back((--at)->get());
  std::vector<BatchNumber> numbers, wanted_numbers;
  list.append_numbers_to(numbers);
  for (const auto& [number, batch] : model) {
    wanted.push_back(batch);
    wanted_numbers.push_back(number);
    CHECK(list.find(number) == batch);
  }
  CHECK(forward == wanted);
  CHECK(numbers == wanted_numbers);
  CHECK(std::equal(backward.rbegin(), backward.rend(), wanted.begin(), wanted.end()));
}

TEST_CASE("batches stay in the order of their numbers, whichever are taken out") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    INFO("seed ", seed);
    std::mt19937_64 random{seed};
    BatchList list;
    std::map<BatchNumber, const Batch*> model;
    BatchNumber next = 1;
    for (int step = 0; step < 3'000; ++step) {
      const bool grows = step % 1'000 < 500;
      if (random() % 10 < (grows ? 9U : 2U) || model.empty()) {
        next += static_cast<BatchNumber>(1 + random() % 3);
        model[next] = &list.add(numbered(next));
      } else {
        auto victim = model.begin();  // most go from the front, as the oldest do
        if (random() % 3 == 0)
          victim = std::next(victim, static_cast<std::ptrdiff_t>(random() % model.size()));
        const auto taken = list.take(victim->first);
        CHECK(taken.get() == victim->second);
        CHECK(list.take(victim->first) == nullptr);
        CHECK(list.find(victim->first) == nullptr);
        model.erase(victim);
      }
      if (step % 50 == 0) check_same(list, model);
    }
    check_same(list, model);
  }
}

}  // namespace
}  // namespace rollcall
