// What every store promises of dead letters: kept in order and whole, closed exactly where that was meant. Linked into a
// program for each kind of store.
#include <doctest/doctest.h>

#include "tests/postgres/slice_model.hpp"
#include "tests/postgres/store_world.hpp"

namespace rollcall::test {
namespace {

const std::vector<std::string> kTwoSides{"expected", "processed"};

TEST_CASE("dead letters are listed in order, page by page, with their bytes") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(9);
  take_over(process, model, {});
  model.create_batch("b", kTwoSides);
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  for (int i = 0; i < 25; ++i) {
    model.add_dead_letter(every_byte.substr(static_cast<std::size_t>(i)));
    if (i % 10 == 9) commit_next(process, model);
  }
  model.add_dead_letter(std::string(kSampleBytesMax + 1, 'x'));
  commit_next(process, model);
  std::vector<DeadLetter> listed;
  for (;;) {
    DeadLetterQuery query;
    query.after = listed.empty() ? 0 : listed.back().number;
    query.limit = 7;
    const auto page = process.dead_letters(query);
    REQUIRE_MESSAGE(ok(page), page.error().message);
    REQUIRE(page->letters.size() <= 7);
    CHECK(page->total == model.oracle().dead_letters.size());
    if (page->letters.empty()) break;
    listed.insert(listed.end(), page->letters.begin(), page->letters.end());
  }
  const std::vector<DeadLetter>& written = model.oracle().dead_letters;
  REQUIRE(listed.size() == written.size());
  for (std::size_t i = 0; i < listed.size(); ++i) {
    CHECK(listed[i].channel == written[i].channel);
    CHECK(listed[i].position == written[i].position);
    CHECK(listed[i].reason == written[i].reason);
    CHECK(listed[i].field == written[i].field);
    CHECK(listed[i].sample == written[i].sample.substr(0, kSampleBytesMax));
    CHECK(listed[i].at_ms == written[i].at_ms);
    CHECK(listed[i].feed == written[i].feed);
    CHECK(listed[i].batch == written[i].batch);
    CHECK(listed[i].side == written[i].side);
    CHECK(listed[i].explains == written[i].explains);
    CHECK(listed[i].batches_before == written[i].batches_before);
    CHECK(listed[i].timestamp_ms == written[i].timestamp_ms);
    CHECK(listed[i].state == DeadLetterState::open);
    CHECK_FALSE(listed[i].closing);
  }
}

// Letters of two topics, two batches and two reasons, by one commit.
std::vector<DeadLetter> letters_of_all_kinds() {
  std::vector<DeadLetter> letters;
  for (const char* channel : {"orders/0", "orders/11", "orders/x", "orders", "orders2/0"}) {
    for (const char* batch : {"a", ""}) {
      DeadLetter& letter = letters.emplace_back();
      letter.channel = channel;
      letter.batch = batch;
      letter.reason =
          letters.size() % 3 == 0 ? BadRecordReason::input_gap : BadRecordReason::not_json;
      letter.at_ms = 1'795'000'000'000 + static_cast<std::int64_t>(letters.size());
      letter.timestamp_ms = letter.at_ms;
      letter.explains = letters.size();
      letter.batches_before = 7;
    }
  }
  return letters;
}

TEST_CASE("an acknowledgement closes exactly the open letters that its filter means") {
  std::vector<DeadLetterFilter> filters(7);
  filters[0].channel = "orders";
  filters[1].reason = BadRecordReason::input_gap;
  filters[2].batch = "a";
  filters[3].before_ms = 1'795'000'000'005;
  filters[4].numbers = {2, 3, 99};
  filters[5].channel = "orders/11";
  filters[5].batch = "a";
  filters[6].channel = "order";
  for (DeadLetterFilter filter : filters) {
    const auto world = make_store_world();
    StoreProcess process(*world);
    SliceModel model(9);
    take_over(process, model, {});
    Checkpoint written = model.cut();
    written.dead_letters = letters_of_all_kinds();
    REQUIRE(ok(process.commit(written)));
    DeadLetterQuery all;
    all.limit = 100;
    const auto before = process.dead_letters(all);
    REQUIRE(ok(before));
    filter.state = DeadLetterState::open;
    Checkpoint closing = model.cut();
    closing.acknowledgements.push_back({filter, {1'795'000'000'777, "ops \"x\"", "why"}, 0});
    const auto committed = process.commit(closing);
    REQUIRE_MESSAGE(ok(committed), committed.error().message);
    const auto after = process.dead_letters(all);
    REQUIRE(ok(after));
    std::uint64_t closed = 0, left = 0;
    for (std::size_t i = 0; i < after->letters.size(); ++i) {
      const DeadLetter& letter = after->letters[i];
      const bool meant = matches(filter, before->letters[i]);
      CHECK((letter.state == DeadLetterState::acknowledged) == meant);
      CHECK(letter.closing.has_value() == meant);
      if (meant) {
        ++closed;
        CHECK(letter.closing->by == "ops \"x\"");
        CHECK(letter.closing->note == "why");
        CHECK(letter.closing->at_ms == 1'795'000'000'777);
      } else {
        left += letter.explains;
      }
    }
    REQUIRE(committed->acknowledged == std::vector<std::uint64_t>{closed});
    REQUIRE(committed->doubts);
    CHECK(committed->doubts->dead_letters == after->letters.size());
    std::uint64_t explained = 0, open = 0;
    for (const OpenDoubt& doubt : committed->doubts->open) {
      explained += doubt.explains;
      open += doubt.letters;
    }
    CHECK(open == after->letters.size() - closed);
    CHECK(explained == left);
    LetterCounts counted;
    for (const DeadLetter& letter : after->letters)
      count_letters(counted, letter.channel, letter.state, 1);
    CHECK((committed->doubts->letters == counted));
    const auto restored = StoreProcess(*world).acquire();
    REQUIRE(ok(restored));
    CHECK((restored->letters == counted));
    DeadLetterQuery of_filter{filter, 0, 100};
    of_filter.filter.state = DeadLetterState::acknowledged;
    const auto listed = process.dead_letters(of_filter);
    REQUIRE(ok(listed));
    CHECK(listed->total == closed);
    CHECK(listed->letters.size() == closed);
  }
}

TEST_CASE("letters of the same checkpoint are closed by what came behind them alone") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(9);
  take_over(process, model, {});
  Checkpoint checkpoint = model.cut();
  checkpoint.dead_letters = letters_of_all_kinds();
  DeadLetterFilter everything;
  everything.state = DeadLetterState::open;
  checkpoint.acknowledgements.push_back({everything, {1'795'000'000'001, "x", "y"}, 4});
  checkpoint.acknowledgements.push_back({everything, {1'795'000'000'002, "x", "y"}, 5});
  const auto committed = process.commit(checkpoint);
  REQUIRE(ok(committed));
  CHECK(committed->acknowledged == std::vector<std::uint64_t>{4, 1});
  Checkpoint letting_go = model.cut();
  letting_go.letters_expired_ms = 1'795'000'000'001;
  const auto let_go = process.commit(letting_go);
  REQUIRE(ok(let_go));
  REQUIRE(let_go->doubts);
  CHECK(let_go->doubts->dead_letters == 6);
}

TEST_CASE("a replay closes open and acknowledged letters, once; what is still bad says why anew") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(9);
  take_over(process, model, {});
  Checkpoint written = model.cut();
  written.dead_letters = letters_of_all_kinds();
  REQUIRE(ok(process.commit(written)));
  DeadLetterQuery all;
  all.limit = 100;
  const auto before = process.dead_letters(all);
  REQUIRE(ok(before));
  const auto number = [&before](std::size_t i) { return before->letters[i].number; };
  const auto closing = [&model, &number](std::size_t i, DeadLetterState becomes) {
    Checkpoint checkpoint = model.cut();
    Acknowledgement& one = checkpoint.acknowledgements.emplace_back();
    one.filter.numbers = {number(i), number(i + 1)};
    one.closing = {1'795'000'000'777, becomes == DeadLetterState::replayed ? "replayer" : "ops",
                   "x"};
    one.becomes = becomes;
    return checkpoint;
  };
  Checkpoint acknowledged = closing(0, DeadLetterState::acknowledged);
  REQUIRE(process.commit(acknowledged)->acknowledged == std::vector<std::uint64_t>{2});
  Checkpoint replayed = closing(1, DeadLetterState::replayed);
  REQUIRE(process.commit(replayed)->acknowledged == std::vector<std::uint64_t>{2});
  Checkpoint late = closing(1, DeadLetterState::acknowledged);
  REQUIRE(process.commit(late)->acknowledged == std::vector<std::uint64_t>{0});
  Checkpoint bad = model.cut();
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{5}})
    bad.still_bad.push_back({number(i), BadRecordReason::bad_range, "field \"\xC3\xA4\"", "new"});
  const auto told = process.commit(bad);
  REQUIRE(ok(told));
  REQUIRE(told->doubts);

  const auto after = process.dead_letters(all);
  REQUIRE(ok(after));
  const std::vector<DeadLetter>& letters = after->letters;
  CHECK(letters[0].state == DeadLetterState::acknowledged);
  CHECK(letters[0].reason == BadRecordReason::bad_range);
  CHECK(letters[1].state == DeadLetterState::replayed);
  CHECK(letters[1].closing->by == "replayer");
  CHECK(letters[1].reason == before->letters[1].reason);
  CHECK(letters[2].state == DeadLetterState::replayed);
  CHECK(letters[5].state == DeadLetterState::open);
  CHECK(letters[5].field == "field \"\xC3\xA4\"");
  CHECK(letters[5].batch == "new");
  const auto named = [](const OpenDoubt& doubt) { return doubt.batch == "new"; };
  const auto& open = told->doubts->open;
  CHECK(std::count_if(open.begin(), open.end(), named) == 1);
}

TEST_CASE("a position that is forgotten is gone") {
  const auto world = make_store_world();
  StoreProcess process(*world);
  SliceModel model(9);
  take_over(process, model, {});
  const auto write = [&](std::vector<SourcePosition> positions) {
    Checkpoint checkpoint = model.cut();
    checkpoint.positions = std::move(positions);
    REQUIRE(ok(process.commit(checkpoint)));
  };
  const auto stored = [&world] {
    StoreProcess next(*world);
    auto state = next.acquire();
    REQUIRE(ok(state));
    std::vector<std::string> keys;
    for (const SourcePosition& position : state->positions) keys.push_back(position.channel);
    std::sort(keys.begin(), keys.end());
    return keys;
  };
  write({{"t/0", 7, 1, 0}, {"t/1", 8, 2, 0}});
  write({{"t/0", Channel::kNowhere, 0, 0}, {"t/9", Channel::kNowhere, 0, 0}});
  CHECK(stored() == std::vector<std::string>{"t/1"});
}

}  // namespace
}  // namespace rollcall::test
