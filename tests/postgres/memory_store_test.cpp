// The store in memory: the contract (store_contract.cpp) and what only it can do.
#include "connectors/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include "tests/postgres/slice_model.hpp"
#include "tests/postgres/store_world.hpp"

namespace rollcall::test {

namespace {

class MemoryWorld final : public StoreWorld {
 public:
  std::unique_ptr<Store> open(const boost::asio::any_io_executor& loop) override {
    return std::make_unique<memory::MemoryStore>(loop, state_);
  }
  std::size_t stored_runs() override {
    boost::asio::io_context loop;
    return memory::MemoryStore(loop.get_executor(), state_).run_count(0);
  }

 private:
  std::shared_ptr<memory::SharedState> state_ = memory::make_shared_state();
};

memory::MemoryStore& memory_of(StoreProcess& process) {
  return dynamic_cast<memory::MemoryStore&>(process.store());
}

}  // namespace

std::unique_ptr<StoreWorld> make_store_world() { return std::make_unique<MemoryWorld>(); }

namespace {

TEST_CASE("commits fail as they are told to, and the same one again succeeds once") {
  MemoryWorld world;
  StoreProcess process(world);
  SliceModel model(1);
  auto state = process.acquire();
  REQUIRE(ok(state));
  model.adopt(std::move(*state), {});
  for (const auto fault : {memory::Fault::transient, memory::Fault::unknown_fate}) {
    model.feed(100);
    Checkpoint checkpoint = model.cut();
    memory_of(process).fail_commits(2, fault);
    CHECK(process.commit(checkpoint).error().kind == FailureKind::transient);
    CHECK(process.commit(checkpoint).error().kind == FailureKind::transient);
    CHECK(ok(process.commit(checkpoint)));
  }
  memory_of(process).fail_commits(1, memory::Fault::fatal);
  Checkpoint last = model.cut();
  CHECK(process.commit(last).error().kind == FailureKind::fatal);
  StoreProcess next(world);
  auto restored = next.acquire();
  REQUIRE(ok(restored));
  check_restored(*restored, model.oracle());
}

}  // namespace
}  // namespace rollcall::test
