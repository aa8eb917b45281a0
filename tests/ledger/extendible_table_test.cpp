#include "pipeline/ledger/extendible_table.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>
#include <map>
#include <random>

#include "pipeline/ledger/id_mixer.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {
namespace {

using Table = ExtendibleTable<std::uint64_t, Mask>;
using Model = std::map<std::uint64_t, Mask>;
constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();

Model contents(const Table& table) {
  Model model;
  table.for_each([&](std::uint64_t key, Mask mask) { CHECK(model.emplace(key, mask).second); });
  return model;
}

void put(Table& table, Model& model, std::uint64_t key, Mask mask) {
  if (Mask* held = table.find(key)) {
    *held = mask;
  } else {
    table.insert(key, mask);
  }
  model[key] = mask;
}

Mask random_mask(std::mt19937_64& random) { return static_cast<Mask>(1 + random() % 0xffff); }

TEST_CASE("mixing an id is undone by unmixing it") {
  const IdMixer mixer(123);
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t id = random() >> random() % 64;
    CHECK(mixer.unmix(mixer.mix(id)) == id);
  }
  CHECK(mixer.unmix(mixer.mix(kGreatest)) == kGreatest);
}

TEST_CASE("a table holds what was put in, however its buckets grow, split and lose entries") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Table table;
  Model model;
  for (int i = 0; i < 100'000; ++i) {
    put(table, model, random(), random_mask(random));
    if (i % 3 == 0 && !model.empty()) {
      const auto victim = model.lower_bound(random());
      if (victim == model.end()) continue;
      CHECK(table.take(victim->first) == victim->second);
      CHECK(table.take(victim->first) == 0);
      model.erase(victim);
    }
  }
  CHECK(table.size() == model.size());
  CHECK(contents(table) == model);
}

TEST_CASE("the least and the greatest key are keys like any other") {
  Table table;
  for (const std::uint64_t key : {kGreatest, std::uint64_t{0}}) {
    CHECK(table.get(key) == 0);
    table.insert(key, 5);
    CHECK(table.get(key) == 5);
  }
  CHECK(table.take(kGreatest) == 5);
  CHECK(table.get(kGreatest) == 0);
  CHECK(table.size() == 1);
}

TEST_CASE("keys that crowd into one corner of the hash space are still found") {
  std::mt19937_64 random(2);
  Table table;
  Model model;
  for (int i = 0; i < 20'000; ++i) {
    put(table, model, random() >> 10U, 1);
    put(table, model, kGreatest - (random() >> 8U), 2);
  }
  CHECK(contents(table) == model);
}

TEST_CASE("merging sorted keys is the same as putting them in one by one") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Table table;
  Model model;
  for (int round = 0; round < 30; ++round) {
    std::vector<std::uint64_t> keys;
    const std::uint64_t first = random();
    for (std::size_t i = random() % 20'000; i > 0; --i)
      keys.push_back(first + (random() >> random() % 64));
    for (const auto& [key, mask] : model) {
      if (random() % 4 == 0) keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const auto added = static_cast<Mask>(1U << random() % 16);
    bool right = true;
    table.merge_sorted(keys, [&](std::size_t i, Mask& mask) {
      right = right && mask == model[keys[i]];
      mask = static_cast<Mask>(mask | added);
      model[keys[i]] = mask;
    });
    CHECK(right);
    CHECK(table.size() == model.size());
  }
  CHECK(contents(table) == model);
}

TEST_CASE("a snapshot does not change with its table") {
  std::mt19937_64 random(3);
  Table table;
  Model model;
  for (int i = 0; i < 50'000; ++i) put(table, model, random(), 1);
  const Model before = model;
  const Table snapshot = table.snapshot();
  for (auto& [key, mask] : model) *table.find(key) = mask = 2;
  for (int i = 0; i < 50'000; ++i) put(table, model, random(), 4);
  for (std::size_t bucket = 0; bucket < table.buckets(); ++bucket) {
    table.erase_if(bucket, [](std::uint64_t key, Mask) { return key % 3 == 0; });
  }
  std::erase_if(model, [](const auto& entry) { return entry.first % 3 == 0; });
  CHECK(contents(snapshot) == before);
  CHECK(contents(table) == model);
}

TEST_CASE("memory for each entry stays within the bound at every size") {
  std::mt19937_64 random(4);
  Table integers;
  ExtendibleTable<Fingerprint, Mask> texts;
  double most_integer = 0;
  double most_text = 0;
  for (std::size_t size = 1; size <= 400'000; ++size) {
    integers.insert(random(), 1);
    texts.insert({random(), random()}, 1);
    if (size < 10'000) continue;
    most_integer =
        std::max(most_integer, static_cast<double>(integers.bytes()) / static_cast<double>(size));
    most_text = std::max(most_text, static_cast<double>(texts.bytes()) / static_cast<double>(size));
  }
  CHECK(most_integer <= 18);
  CHECK(most_text <= 32);
}

}  // namespace
}  // namespace rollcall
