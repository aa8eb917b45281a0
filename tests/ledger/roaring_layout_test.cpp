#include "pipeline/ledger/roaring_layout.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>
#include <set>
#include <vector>

namespace rollcall {
namespace {

using Model = std::set<std::uint32_t>;

Model contents(const Roaring& set) {
  std::vector<std::uint32_t> values(set.cardinality());
  set.toUint32Array(values.data());
  return {values.begin(), values.end()};
}

// Containers of every form and of changing density, some of them neighbours and some not.
std::uint32_t draw(std::mt19937_64& random) {
  static constexpr std::uint32_t kKeys[] = {0, 1, 2, 7, 8, 0x7fff, 0xffff};
  const std::uint32_t key = kKeys[random() % std::size(kKeys)];
  const auto low = static_cast<std::uint32_t>(random() % (key == 7 ? 65536 : 3000));
  return key << 16U | low;
}

TEST_CASE("adding through the layout is adding") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Roaring set;
  Model model;
  set.addRange(8U << 16U, (8U << 16U) + 2000);
  for (std::uint32_t v = 8U << 16U; v < (8U << 16U) + 2000; ++v) model.insert(v);
  bool agrees = true;
  for (int i = 0; i < 60'000; ++i) {
    const std::uint32_t value = draw(random);
    agrees = agrees && roaring_layout::contains(set, value) == model.contains(value);
    agrees = agrees && roaring_layout::add(set, value).fresh == model.insert(value).second;
    agrees = agrees && roaring_layout::contains(set, value);
  }
  CHECK(agrees);
  CHECK(contents(set) == model);
}

TEST_CASE("a full container becomes one run and stays a set") {
  Roaring set;
  for (std::uint32_t value = 0; value < 65536; ++value)
    CHECK(roaring_layout::add(set, value * 7919 % 65536).fresh);
  CHECK(roaring_layout::bytes(set) < 200);
  CHECK_FALSE(roaring_layout::add(set, 77).fresh);
  CHECK(set.cardinality() == 65536);
}

TEST_CASE("many runs become a bitset before they cost more than one") {
  Roaring set;
  set.addRange(1, 4);  // runs from the first
  set.addRange(100, 40'000);
  set.runOptimize();
  for (std::uint32_t value = 40'001; value < 65536; value += 2)
    CHECK(roaring_layout::add(set, value).fresh);
  CHECK(roaring_layout::bytes(set) < 9000);
  CHECK(set.cardinality() == 3 + 39'900 + (65536 - 40'001 + 1) / 2);
}

TEST_CASE("what is cut off and what is left are the set") {
  std::mt19937_64 random(5);
  Model model;
  Roaring set;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint32_t value = draw(random);
    set.add(value);
    model.insert(value);
  }
  const std::uint32_t border = 7U << 16U;
  const Roaring rest = roaring_layout::cut(set, border);
  CHECK(contents(set) == Model(model.begin(), model.lower_bound(border)));
  CHECK(contents(rest) == Model(model.lower_bound(border), model.end()));
}

TEST_CASE("runs come in order from any point, whatever the containers are") {
  std::mt19937_64 random(6);
  Roaring set;
  for (int i = 0; i < 40'000; ++i) set.add(draw(random));
  set.addRange(3U << 16U, 5U << 16U);
  set.addRange(0xfffffff0U, std::uint64_t{1} << 32U);
  set.runOptimize();
  for (int i = 0; i < 20'000; ++i) set.add(draw(random));
  const Model model = contents(set);
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t from = i == 0 ? 0 : draw(random);
    roaring_layout::RunReader reader(set, from);
    Model read;
    for (std::uint32_t lo = 0, hi = 0; reader.next(lo, hi);) {
      for (std::uint64_t v = lo; v <= hi; ++v)
        read.insert(read.end(), static_cast<std::uint32_t>(v));
    }
    CHECK(read == Model(model.lower_bound(from), model.end()));
  }
}

}  // namespace
}  // namespace rollcall
