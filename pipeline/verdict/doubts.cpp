#include "pipeline/verdict/doubts.hpp"

#include <algorithm>
#include <limits>

namespace rollcall {

namespace {

constexpr std::int64_t kGroupSpanMs = 1'000;

// Sums of what producers say, who may say anything: they end at the greatest number there is.
std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  return a + std::min(b, std::numeric_limits<std::uint64_t>::max() - a);
}

std::uint64_t beyond(std::uint64_t count, std::uint64_t explained) {
  return count > explained ? count - explained : 0;
}

void add_to(InDoubt& sum, const OpenDoubt& doubt) {
  std::uint64_t& side = doubt.side == DoubtSide::expected    ? sum.expected
                        : doubt.side == DoubtSide::processed ? sum.processed
                                                             : sum.unknown;
  side = plus(side, doubt.explains);
  std::uint64_t& kind = doubt.reason == BadRecordReason::input_gap           ? sum.gaps
                        : doubt.reason == BadRecordReason::import_unfinished ? sum.imports
                                                                             : sum.unread;
  kind += doubt.letters;
}

void add_to(InDoubt& sum, const InDoubt& more) {
  sum.expected = plus(sum.expected, more.expected);
  sum.processed = plus(sum.processed, more.processed);
  sum.unknown = plus(sum.unknown, more.unknown);
  sum.gaps += more.gaps;
  sum.imports += more.imports;
  sum.unread += more.unread;
}

}  // namespace

bool depends_on(const BatchRow& batch, std::string_view feed) {
  if (batch.feeds.empty()) return batch.kind == BatchKind::reconciliation;
  return std::find(batch.feeds.begin(), batch.feeds.end(), feed) != batch.feeds.end();
}

std::uint64_t InDoubt::unexplained_missing(std::uint64_t missing) const {
  return beyond(missing, plus(processed, unknown));
}

std::uint64_t InDoubt::unexplained_unexpected(std::uint64_t unexpected) const {
  return beyond(unexpected, plus(expected, unknown));
}

void Doubts::add(const OpenDoubt& doubt) {
  open_letters_ += doubt.letters;
  if (!doubt.batch.empty()) {
    Named& named = by_batch_[doubt.batch];
    named.feed = doubt.feed;
    return add_to(named.sum, doubt);
  }
  std::vector<Group>& groups = by_feed_[doubt.feed];
  const auto joins = [&doubt](const Group& group) {
    return group.batches_before == doubt.batches_before &&
           doubt.timestamp_ms > group.to_ms - kGroupSpanMs &&
           doubt.timestamp_ms < group.from_ms + kGroupSpanMs;
  };
  if (groups.empty() || !joins(groups.back())) {
    if (groups.size() >= kGroupsMax) thin_out(groups);
    // Almost always the last place; only what the store hands over may come in another order.
    const auto place = std::upper_bound(
        groups.begin(), groups.end(), doubt.batches_before,
        [](BatchNumber before, const Group& group) { return before < group.batches_before; });
    const Group fresh{doubt.batches_before, doubt.timestamp_ms, doubt.timestamp_ms, {}};
    add_to(groups.insert(place, fresh)->sum, doubt);
    return;
  }
  Group& last = groups.back();
  last.from_ms = std::min(last.from_ms, doubt.timestamp_ms);
  last.to_ms = std::max(last.to_ms, doubt.timestamp_ms);
  add_to(last.sum, doubt);
}

// Halves them, two neighbours at a time. A batch that either could concern is concerned by both.
void Doubts::thin_out(std::vector<Group>& groups) {
  std::vector<Group> half;
  half.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i % 2 == 0) {
      half.push_back(groups[i]);
      continue;
    }
    Group& into = half.back();
    into.batches_before = groups[i].batches_before;
    into.from_ms = std::min(into.from_ms, groups[i].from_ms);
    into.to_ms = std::max(into.to_ms, groups[i].to_ms);
    add_to(into.sum, groups[i].sum);
  }
  groups = std::move(half);
}

void Doubts::clear() {
  by_feed_.clear();
  by_batch_.clear();
  open_letters_ = 0;
}

void Doubts::forget(std::string_view batch) {
  const auto found = by_batch_.find(batch);
  if (found == by_batch_.end()) return;
  const InDoubt& sum = found->second.sum;
  open_letters_ -= sum.gaps + sum.imports + sum.unread;
  by_batch_.erase(found);
}

std::vector<std::string> Doubts::named() const {
  std::vector<std::string> names;
  for (const auto& [batch, named] : by_batch_) names.push_back(batch);
  return names;
}

InDoubt Doubts::about(const BatchRow& batch) const {
  InDoubt sum;
  if (open_letters_ == 0) return sum;
  if (const auto named = by_batch_.find(batch.name); named != by_batch_.end())
    sum = named->second.sum;
  for (const auto& [feed, groups] : by_feed_) {
    if (!depends_on(batch, feed)) continue;
    auto group = std::upper_bound(
        groups.begin(), groups.end(), batch.number,
        [](BatchNumber number, const Group& g) { return number < g.batches_before; });
    for (; group != groups.end(); ++group) {
      if (group->to_ms >= batch.began_at_ms) add_to(sum, group->sum);
    }
  }
  return sum;
}

InDoubt Doubts::total() const {
  InDoubt sum;
  for (const auto& [batch, named] : by_batch_) add_to(sum, named.sum);
  for (const auto& [feed, groups] : by_feed_) {
    for (const Group& group : groups) add_to(sum, group.sum);
  }
  return sum;
}

InDoubt Doubts::of_feed(std::string_view feed) const {
  InDoubt sum;
  for (const auto& [batch, named] : by_batch_) {
    if (named.feed == feed) add_to(sum, named.sum);
  }
  if (const auto found = by_feed_.find(feed); found != by_feed_.end()) {
    for (const Group& group : found->second) add_to(sum, group.sum);
  }
  return sum;
}

}  // namespace rollcall
