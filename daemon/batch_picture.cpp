#include "daemon/batch_picture.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "pipeline/verdict/outcome.hpp"

namespace rollcall {

namespace asio = boost::asio;

namespace {

// Each costs a few counts in a ledger that may have left the cache: a millisecond or so for all.
constexpr std::size_t kTalliedPerTurn = 1'000;
// Each looks at every channel that may concern it.
constexpr std::size_t kDescribedPerTurn = 50;

std::uint64_t of_side(const BatchSummary& batch, Side side) {
  return side < batch.totals.size() ? batch.totals[side] : 0;
}

BatchSeries describe(const Reconciler& reconciler, const BatchSummary& batch) {
  BatchSeries series;
  series.name = batch.row->name;
  series.expected = of_side(batch, kExpected);
  series.processed = of_side(batch, kProcessed);
  series.missing = batch.missing;
  series.unexpected = batch.unexpected;
  series.last_event_ms = batch.last_event_ms;
  series.verdict = outcome_of(batch);
  series.confidence = to_string(reconciler.verdict(batch).confidence);
  return series;
}

}  // namespace

asio::awaitable<BatchPicture> picture_batches(Reconciler& reconciler, ShownBatches shown) {
  const auto loop = co_await asio::this_coro::executor;
  const Slice& slice = reconciler.slice();
  // Those that are touched while we wait are for the next scrape, or there might be no end.
  const std::size_t touched = slice.touched_count();
  for (std::size_t from = 0; from < touched; from += kTalliedPerTurn) {
    if (from > 0) co_await asio::post(loop, asio::use_awaitable);
    reconciler.tally(from, kTalliedPerTurn);
  }
  std::vector<BatchNumber> numbers = slice.worst(shown.worst_max);
  const std::vector<BatchNumber> matching = slice.totals().watched(shown.matching_max);
  BatchPicture picture;
  picture.worst_omitted = slice.totals().reconciliations() - numbers.size();
  picture.matching_omitted = slice.totals().watched_count() - matching.size();
  numbers.insert(numbers.end(), matching.begin(), matching.end());
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    if (place > 0 && place % kDescribedPerTurn == 0) co_await asio::post(loop, asio::use_awaitable);
    const std::optional<BatchSummary> batch = reconciler.batch(numbers[place]);
    if (batch) picture.series.push_back(describe(reconciler, *batch));  // else deleted meanwhile
  }
  co_return picture;
}

}  // namespace rollcall
