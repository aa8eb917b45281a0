#include "tests/postgres/store_world.hpp"

#include <doctest/doctest.h>

namespace rollcall::test {

void take_over(StoreProcess& process, SliceModel& model, const SliceOracle& durable) {
  auto state = process.acquire();
  REQUIRE_MESSAGE(ok(state), state.error().message);
  check_restored(*state, durable);
  model.adopt(std::move(*state), durable);
}

void commit_next(StoreProcess& process, SliceModel& model) {
  Checkpoint checkpoint = model.cut();
  const auto committed = process.commit(checkpoint);
  REQUIRE_MESSAGE(ok(committed), committed.error().message);
}

}  // namespace rollcall::test
