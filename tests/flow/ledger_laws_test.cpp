// What must hold of every ledger at every cut, and that it shows where it does not.
#include "pipeline/flow/ledger_laws.hpp"

#include "tests/flow/process.hpp"

namespace rollcall {
namespace {

using test::Process;
using test::World;

struct Cut {
  Cut() {
    batch.row.number = 7;
    batch.row.name = "orders";
    Ledger& ledger = *batch.ledger;
    ledger.add(kExpected, RecordId{1});
    batch.at_cut = named_now(ledger);
    (void)ledger.take_delta();
    ledger.add(kExpected, IntegerRange{0, 99'999});
    ledger.add(kProcessed, RecordId{3});
    ledger.add(kProcessed, RecordId{3});
    ledger.add(kProcessed, RecordId::from_text("text"));
    ledger.add(kProcessed, RecordId::from_text("text"));
    change.delta = ledger.take_delta();
    change.after = ledger_summary(batch);
  }
  Batch batch{BatchRow{}, std::make_unique<Ledger>(2, 42), 0};
  LedgerChange change;
};

TEST_CASE("a ledger keeps the laws, and a change of any figure breaks one") {
  CHECK(broken_law(Cut{}.batch, Cut{}.change).empty());
  const std::vector<std::function<void(Cut&)>> corruptions{
      [](Cut& cut) { ++cut.change.after.counts[0].second; },
      [](Cut& cut) {  // an id on the wrong side: the sum stays
        --cut.change.after.counts[0].second;
        ++cut.change.after.counts[1].second;
      },
      [](Cut& cut) { cut.change.delta.sides[1].added.integers.clear(); },
      [](Cut& cut) { cut.change.delta.sides[1].added.texts.clear(); },
      [](Cut& cut) { ++cut.change.delta.sides[0].fresh_of_ranges; },
      [](Cut& cut) { cut.change.delta.sides[0].duplicates.integers.clear(); },
      [](Cut& cut) { cut.change.delta.sides[1].duplicates.texts.clear(); },
      [](Cut& cut) { ++cut.batch.at_cut[0].ids; },
      [](Cut& cut) { ++cut.batch.at_cut[1].repeats; },
  };
  for (std::size_t i = 0; i < corruptions.size(); ++i) {
    Cut cut;
    corruptions[i](cut);
    INFO("corruption ", i);
    CHECK(broken_law(cut.batch, cut.change).starts_with("batch 7 (orders): "));
  }
}

TEST_CASE("a change that got lost on its way to the store is told, once") {
  World world;
  Process process{world};
  process.lawful = false;
  world.log.append(0, "b 1 2 3");
  process.run_until_durable();
  world.log.append(0, "b 4");
  process.run_until([&] { return process.reconciler->batch("b")->totals[0] == 4; });
  Batch& batch = *process.reconciler->slice().find("b");
  (void)batch.ledger->take_delta();  // as a fault would; if the cut was faster, the next one is hit
  batch.ledger->add(kExpected, RecordId{5});
  (void)batch.ledger->take_delta();
  world.log.append(0, "b 6");
  process.run_until_durable();
  REQUIRE(process.telemetry.violations.size() == 1);
  CHECK(process.telemetry.violations[0].find("(b): the number of ids of place 0") !=
        std::string::npos);
  world.log.append(0, "b 7");
  process.run_until_durable();
  CHECK(process.telemetry.violations.size() == 1);
}

}  // namespace
}  // namespace rollcall
