#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/ports/answers.hpp"

namespace rollcall::fakes {

// A ledger's picture over a plain ordered map: which sides have named each id, and how often again.
struct FakeLedgerView final : LedgerView {
  struct Entry {
    Mask mask = 0;
    std::array<std::uint64_t, 2> extra{};
  };
  std::map<OwnedRecordId, Entry> entries;
  // When set, every integer from 1 to this is missing, besides the entries' texts; nothing is held
  // for them.
  std::uint64_t missing_up_to = 0;
  bool broken = false;  // every read throws

  [[nodiscard]] std::vector<OwnedRecordId> ids(MaskExpression expression,
                                               const std::optional<OwnedRecordId>& after,
                                               std::size_t limit) const override {
    if (broken) throw std::runtime_error("the view is broken at 0xdeadbeef");
    std::vector<OwnedRecordId> found;
    if (missing_up_to > 0 && expression.matches(bit(kExpected)))
      append_integers(found, after, limit);
    for (auto at = after ? entries.upper_bound(*after) : entries.begin(); at != entries.end();
         ++at) {
      if (found.size() == limit) break;
      if (expression.matches(at->second.mask)) found.push_back(at->first);
    }
    return found;
  }

  [[nodiscard]] std::vector<IntegerRange> runs(MaskExpression expression,
                                               std::optional<std::uint64_t> after,
                                               std::size_t limit) const override {
    if (missing_up_to > 0) {
      if (after && *after >= missing_up_to) return {};
      return {IntegerRange{after ? *after + 1 : 1, missing_up_to}};
    }
    std::vector<IntegerRange> found;
    for (const auto& [id, entry] : entries) {
      const auto* number = std::get_if<std::uint64_t>(&id);
      if (number == nullptr || (after && *number <= *after) || !expression.matches(entry.mask))
        continue;
      if (!found.empty() && found.back().hi + 1 == *number) {
        found.back().hi = *number;
      } else if (found.size() == limit) {
        break;
      } else {
        found.push_back({*number, *number});
      }
    }
    return found;
  }

  [[nodiscard]] std::vector<DuplicateEntry> duplicates(const std::optional<OwnedRecordId>& after,
                                                       std::size_t limit) const override {
    std::vector<DuplicateEntry> found;
    for (auto at = after ? entries.upper_bound(*after) : entries.begin(); at != entries.end();
         ++at) {
      if (found.size() == limit) break;
      const auto& extra = at->second.extra;
      if (extra[0] + extra[1] > 0) found.push_back({at->first, {extra.begin(), extra.end()}});
    }
    return found;
  }

 private:
  void append_integers(std::vector<OwnedRecordId>& found, const std::optional<OwnedRecordId>& after,
                       std::size_t limit) const {
    std::uint64_t next = 1;
    if (after) {
      if (!std::holds_alternative<std::uint64_t>(*after)) return;
      next = std::get<std::uint64_t>(*after) + 1;
    }
    for (; next <= missing_up_to && found.size() < limit; ++next) found.emplace_back(next);
  }
};

// Answers as a script says them: fill in what the test is about.
// Owner: the test; outlives the server. Runs on: the loop.
class FakeAnswers final : public Answers {
 public:
  struct Batch {
    BatchRow row;
    std::uint64_t revision = 1;
    std::shared_ptr<FakeLedgerView> view = std::make_shared<FakeLedgerView>();
    std::optional<BatchSummary> summary;  // instead of counting the view
  };

  bool ready = true;
  std::vector<std::string> reasons;
  Epoch current_epoch = 3;
  Verdict current_verdict;
  std::optional<std::uint64_t> lag = 0;
  std::optional<std::int64_t> asked_ms;      // when the ends were asked that answers rest on
  int looks = 0;                             // that were asked for
  std::int64_t time_ms = 1'795'255'208'123;  // 2026-11-21T10:00:08.123Z
  std::vector<Channel> sources;
  std::vector<DeadLetter> letters;
  std::vector<RecordDetail> known;  // of whatever batch, by id and side
  std::optional<std::string> said;  // about whatever record
  bool store_away = false;
  int views_taken = 0;

  // A batch with ids by side; an id named twice on a side counts as a duplicate.
  Batch& add(std::string name, const std::vector<OwnedRecordId>& expected,
             const std::vector<OwnedRecordId>& processed) {
    const auto number = static_cast<BatchNumber>(batches_.size() + 1);
    Batch& batch = batches_[number];
    batch.row = BatchRow{number,       std::move(name), {"expected", "processed"},
                         std::nullopt, std::nullopt,    time_ms - 8000};
    name_ids(*batch.view, kExpected, expected);
    name_ids(*batch.view, kProcessed, processed);
    return batch;
  }
  Batch& at(BatchNumber number) { return batches_.at(number); }

  [[nodiscard]] Readiness readiness() const override { return {ready, reasons, !store_away}; }
  [[nodiscard]] Epoch epoch() const override { return current_epoch; }
  [[nodiscard]] std::size_t batch_count() const override { return batches_.size(); }

  [[nodiscard]] std::optional<BatchSummary> batch(BatchNumber number) const override {
    const auto found = batches_.find(number);
    return found == batches_.end() ? std::nullopt : std::optional{summarise(found->second)};
  }
  [[nodiscard]] std::optional<BatchSummary> batch(std::string_view name) const override {
    for (const auto& [number, batch] : batches_) {
      if (batch.row.name == name) return summarise(batch);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<BatchSummary> batches(const BatchPage& page) const override {
    std::vector<const Batch*> matching;
    for (const auto& [number, batch] : batches_) {
      if (batch.row.name.find(page.part_of_name) != std::string::npos) matching.push_back(&batch);
    }
    const bool by_name =
        page.order == BatchPage::Order::by_name || page.order == BatchPage::Order::by_name_down;
    const bool down = page.order == BatchPage::Order::by_name_down ||
                      page.order == BatchPage::Order::by_number_down;
    const auto before = [&](const BatchRow& a, const BatchRow& b) {
      return by_name ? a.name < b.name : a.number < b.number;
    };
    std::sort(matching.begin(), matching.end(), [&](const Batch* a, const Batch* b) {
      return down ? before(b->row, a->row) : before(a->row, b->row);
    });
    BatchRow last;
    last.number = page.after_number.value_or(0);
    last.name = page.after_name.value_or("");
    std::vector<BatchSummary> found;
    for (const Batch* batch : matching) {
      const bool fresh = (!page.after_number && !page.after_name) ||
                         (down ? before(batch->row, last) : before(last, batch->row));
      if (fresh && found.size() < page.limit) found.push_back(summarise(*batch));
    }
    return found;
  }
  [[nodiscard]] std::optional<std::uint64_t> count(BatchNumber number,
                                                   MaskExpression expression) const override {
    const auto found = batches_.find(number);
    if (found == batches_.end()) return std::nullopt;
    const auto& entries = found->second.view->entries;
    return static_cast<std::uint64_t>(std::count_if(
        entries.begin(), entries.end(),
        [expression](const auto& entry) { return expression.matches(entry.second.mask); }));
  }
  [[nodiscard]] std::optional<RecordSummary> record(BatchNumber number,
                                                    const RecordId& id) const override {
    const auto found = batches_.find(number);
    if (found == batches_.end()) return std::nullopt;
    const auto& entries = found->second.view->entries;
    const auto entry = entries.find(id.is_integer() ? OwnedRecordId{id.integer()}
                                                    : OwnedRecordId{std::string{id.text()}});
    if (entry == entries.end()) return RecordSummary{0, {0, 0}};
    return RecordSummary{entry->second.mask,
                         {entry->second.extra.begin(), entry->second.extra.end()}};
  }
  [[nodiscard]] std::shared_ptr<const LedgerView> view(BatchNumber number) override {
    ++views_taken;
    const auto found = batches_.find(number);
    return found == batches_.end() ? nullptr : found->second.view;
  }

  [[nodiscard]] const std::vector<Channel>& channels() const override { return sources; }
  [[nodiscard]] SourceEvidence source_evidence() const override {
    SourceEvidence evidence;
    evidence.lag_records = lag;
    evidence.as_of_ms = asked_ms;
    return evidence;
  }
  [[nodiscard]] SourceEvidence source_evidence(const BatchSummary&) const override {
    return source_evidence();
  }
  [[nodiscard]] EndLimit end_limit() const override { return {0, std::chrono::seconds{3}}; }
  boost::asio::awaitable<void> look_afresh(std::chrono::milliseconds) override {
    ++looks;
    co_return;
  }
  [[nodiscard]] Verdict verdict() const override { return current_verdict; }
  [[nodiscard]] Verdict verdict(const BatchSummary&) const override { return current_verdict; }
  [[nodiscard]] std::int64_t now_ms() const override { return time_ms; }
  boost::asio::awaitable<Result<std::optional<std::string>>> attributes(BatchNumber,
                                                                        OwnedRecordId) override {
    co_return said;
  }
  boost::asio::awaitable<Result<std::vector<RecordDetail>>> details(DetailQuery query) override {
    std::vector<RecordDetail> found;
    for (const RecordDetail& detail : known) {
      const bool behind = !query.after || std::pair{detail.id, detail.side} > *query.after;
      if (behind && detail.side == query.side.value_or(detail.side) && found.size() < query.limit)
        found.push_back(detail);
    }
    co_return found;
  }
  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) override {
    if (store_away) co_return transient("connection to 10.0.0.7 refused");
    DeadLetterPage page;
    for (const DeadLetter& letter : letters) {
      if (!matches(query.filter, letter)) continue;
      ++page.total;
      if (letter.number > query.after && page.letters.size() < query.limit)
        page.letters.push_back(letter);
    }
    co_return page;
  }

 private:
  static void name_ids(FakeLedgerView& view, Side side, const std::vector<OwnedRecordId>& ids) {
    for (const OwnedRecordId& id : ids) {
      FakeLedgerView::Entry& entry = view.entries[id];
      if ((entry.mask & bit(side)) != 0) ++entry.extra.at(side);
      entry.mask = static_cast<Mask>(entry.mask | bit(side));
    }
  }

  static BatchSummary summarise(const Batch& batch) {
    BatchSummary summary;
    if (batch.summary) {
      summary = *batch.summary;
    } else {
      summary.totals.resize(2);
      summary.duplicates.resize(2);
      summary.duplicate_ids.resize(2);
      for (const auto& [id, entry] : batch.view->entries) {
        if (kMatched.matches(entry.mask)) ++summary.matched;
        if (kMissing.matches(entry.mask)) ++summary.missing;
        if (kUnexpected.matches(entry.mask)) ++summary.unexpected;
        for (const Side side : {kExpected, kProcessed}) {
          if ((entry.mask & bit(side)) != 0) ++summary.totals[side];
          summary.duplicates[side] += entry.extra.at(side);
          if (entry.extra.at(side) > 0) ++summary.duplicate_ids[side];
        }
      }
      summary.missing += batch.view->missing_up_to;
      summary.totals[kExpected] += batch.view->missing_up_to;
    }
    summary.row = &batch.row;
    summary.revision = batch.revision;
    return summary;
  }

  std::map<BatchNumber, Batch> batches_;
};

}  // namespace rollcall::fakes
