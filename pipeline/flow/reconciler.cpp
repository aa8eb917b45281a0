#include "pipeline/flow/reconciler.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "pipeline/flow/batch_page.hpp"
#include "pipeline/flow/retry_policy.hpp"

namespace rollcall {

namespace asio = boost::asio;
using asio::experimental::awaitable_operators::operator&&;
using asio::experimental::awaitable_operators::operator||;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

// Also the pace at which an idle source is looked after.
constexpr milliseconds kIdleWaitMax{1'000};
// Dead letters that were closed long ago are let go with a checkpoint that is made anyway.
constexpr milliseconds kLetterExpiryInterval{std::chrono::hours{1}};

const char* const kEndUnknown =
    "its end was not told lately; answers do not know how far behind they are";

asio::awaitable<void> sleep(const asio::any_io_executor& executor, milliseconds duration) {
  asio::steady_timer timer{executor, duration};
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace

Reconciler::Reconciler(asio::any_io_executor executor, Store& store, RecordSource& source,
                       std::vector<Decoder*> decoders, const Clock& clock, Telemetry& telemetry,
                       Options options)
    : executor_(std::move(executor)),
      store_(store),
      source_(source),
      clock_(clock),
      telemetry_(telemetry),
      options_(std::move(options)),
      slice_(options_.slice, options_.sides, options_.state),
      pump_(source, std::move(decoders), slice_, clock, telemetry, options_.pump),
      checkpointer_(executor_, store, clock, telemetry, options_.checkpoint,
                    static_cast<std::uint64_t>(clock.now_ms())),
      stop_signal_(executor_),
      wake_(executor_),
      writes_(executor_, slice_, pump_, clock, wake_, options_.writes),
      replay_(store, source, writes_),
      began_ms_(clock.now_ms()) {
  checkpointer_.set_on_committed([this](const Checkpoint& done, const CommitStats& stats) {
    source_.committed(done.positions);
    if (stats.doubts) slice_.learn(*stats.doubts);
    writes_.committed(done.sequence, stats.acknowledged);
    wake_.notify();
  });
  // Nothing is answered from then on: what we hold may be another's by now.
  checkpointer_.set_on_failed([this] {
    phase_ = Phase::ended;
    wake_.notify();
  });
}

asio::awaitable<Result<void>> Reconciler::run() {
  Result<void> outcome = co_await take_over();
  if (outcome && !stopping_) {
    // The reader ends first, having made its last checkpoint, and then stops the committer.
    auto both = co_await (read() && checkpointer_.run(options_.slice, slice_.epoch()));
    outcome = std::move(both);
  }
  phase_ = Phase::ended;
  writes_.fail_all(transient(
      "the daemon has ended; whether the write is durable will be known when it is up again"));
  co_await source_.stop();
  if (!outcome && outcome.error().kind == FailureKind::fenced) slice_.drop();
  co_return outcome;
}

void Reconciler::stop() {
  stopping_ = true;
  stop_signal_.notify();
  wake_.notify();
}

asio::awaitable<Result<void>> Reconciler::take_over() {
  const std::int64_t began_us = clock_.monotonic_us();
  Result<SliceState> state = co_await acquire_when_there();
  if (!state) co_return state.error();
  if (stopping_) co_return Result<void>{};
  stored_positions_ = std::move(state->positions);
  slice_.restore(std::move(*state));
  writes_.committed(slice_.next_sequence() - 1);
  telemetry_.restored(slice_.batches().size(), slice_.epoch(),
                      microseconds{clock_.monotonic_us() - began_us});
  auto started = co_await (source_.start(std::move(stored_positions_)) || stop_signal_.wait());
  if (started.index() == 1) co_return Result<void>{};
  Result<void> outcome = std::get<0>(std::move(started));
  if (outcome) {
    phase_ = Phase::reading;
    telemetry_.reading_started(source_.channels().size());
  }
  co_return outcome;
}

asio::awaitable<Result<SliceState>> Reconciler::acquire_when_there() {
  RetryPolicy retry{options_.checkpoint.retry, static_cast<std::uint64_t>(clock_.now_ms())};
  for (;;) {
    Result<SliceState> state = co_await store_.acquire(options_.slice, options_.owner);
    if (state || state.error().kind != FailureKind::transient) co_return state;
    const milliseconds pause = retry.next();
    trouble_ = state.error().message;
    telemetry_.store_failed(state.error(), pause);
    if (!stopping_) co_await (sleep(executor_, pause) || stop_signal_.wait());
    if (stopping_) co_return SliceState{};
    trouble_.clear();
  }
}

asio::awaitable<Result<void>> Reconciler::read() {
  Result<void> outcome;
  while (!stopping_ && !checkpointer_.failure()) {
    if (between_units() && checkpointer_.over_limit(slice_.uncut_bytes())) {
      co_await wait_for_room();
      continue;
    }
    const auto done = turn();
    if (!done) {
      outcome = done.error();
      break;
    }
    cut_if_due();
    if (*done == Pump::Turn::busy || !writes_.empty()) {
      co_await asio::post(executor_, asio::use_awaitable);
    } else {
      const bool waiting = something_to_cut() && !checkpointer_.in_flight();
      const milliseconds at_most = waiting ? checkpointer_.until_due() : kIdleWaitMax;
      co_await (source_.wait(at_most) || wake_.wait());
    }
  }
  writes_.refuse_new(transient("the daemon is shutting down; nothing was written"));
  // A unit that was begun is finished, as no checkpoint may split it.
  while (!between_units() && !checkpointer_.failure()) {
    (void)turn();  // asks the source for nothing while it is within a drain
    co_await asio::post(executor_, asio::use_awaitable);
  }
  co_await commit_rest();
  if (outcome && checkpointer_.failure()) outcome = *checkpointer_.failure();
  if (outcome && (checkpointer_.in_flight() || something_to_cut())) {
    outcome = transient(
        "the store did not take the last checkpoint in time; what was read since the one before is "
        "not stored and will be read again at the next start");
  }
  co_return outcome;
}

// One piece of whatever was begun; otherwise writes and the source in turns.
Result<Pump::Turn> Reconciler::turn() {
  const bool source_is_next = std::exchange(source_is_next_, false);
  if (!pump_.between_units()) return pump_.turn();
  if (writes_.between_units() && (writes_.empty() || source_is_next)) return pump_.turn();
  writes_.turn();
  source_is_next_ = writes_.between_units();
  return Pump::Turn::busy;
}

asio::awaitable<void> Reconciler::wait_for_room() {
  telemetry_.reading_paused(uncommitted_bytes());
  while (!stopping_ && !checkpointer_.failure() && checkpointer_.over_limit(slice_.uncut_bytes())) {
    cut_if_due();
    co_await (checkpointer_.progress() || stop_signal_.wait());
  }
  telemetry_.reading_resumed();
}

void Reconciler::cut_if_due() {
  if (!between_units() || !something_to_cut()) return;
  const bool wanted = writes_.awaits_cut() && !checkpointer_.in_flight();
  if (wanted || checkpointer_.due(slice_.uncut_bytes())) cut();
}

void Reconciler::cut() {
  const std::size_t bytes = slice_.uncut_bytes();
  Checkpoint checkpoint = slice_.cut();
  for (const std::string& broken : checkpoint.broken_laws) telemetry_.invariant_violated(broken);
  checkpoint.positions = pump_.take_moved_positions();
  const std::int64_t now_ms = clock_.now_ms();
  for (Acknowledgement& acknowledgement : checkpoint.acknowledgements)
    acknowledgement.closing.at_ms = now_ms;
  if (now_ms >= next_letter_expiry_ms_) {
    next_letter_expiry_ms_ = now_ms + kLetterExpiryInterval.count();
    checkpoint.letters_expired_ms = now_ms - options_.closed_letters_kept.count();
  }
  checkpointer_.submit(std::move(checkpoint), bytes);
}

// What has been read becomes durable, if the store answers in time; what does not is read again at the next start.
asio::awaitable<void> Reconciler::commit_rest() {
  const std::int64_t deadline_us =
      clock_.monotonic_us() + microseconds{options_.last_checkpoint_max}.count();
  while (!checkpointer_.failure() && clock_.monotonic_us() < deadline_us) {
    if (checkpointer_.in_flight()) {
      const auto left =
          std::chrono::ceil<milliseconds>(microseconds{deadline_us - clock_.monotonic_us()});
      co_await (checkpointer_.progress() || sleep(executor_, left));
      continue;
    }
    if (!something_to_cut()) break;
    cut();
  }
  checkpointer_.stop();
}

Readiness Reconciler::readiness() const {
  Readiness readiness;
  readiness.ready = phase_ == Phase::reading;
  if (phase_ == Phase::restoring) readiness.reasons.emplace_back("restoring state from the store");
  if (phase_ == Phase::ended) readiness.reasons.emplace_back("shutting down");
  readiness.store_answers = trouble_.empty() && !checkpointer_.store_away();
  if (!readiness.store_answers) {
    readiness.reasons.emplace_back(
        "the store does not answer; answers are not durable until it does");
  }
  for (const Channel& channel : source_.channels()) {
    if (channel.retired || end_is_known(channel, end_limit())) continue;
    readiness.sources_answer = false;
    readiness.reasons.push_back(channel.key + ": " +
                                (channel.error.empty() ? kEndUnknown : channel.error));
  }
  return readiness;
}

BatchSummary Reconciler::summary_of(const Batch& batch) const {
  BatchSummary summary = summarize(batch);
  summary.in_doubt = slice_.doubts().about(batch.row);
  return summary;
}

std::optional<BatchSummary> Reconciler::batch(BatchNumber number) const {
  const Batch* found = slice_.find(number);
  if (found == nullptr) return std::nullopt;
  return summary_of(*found);
}

std::optional<BatchSummary> Reconciler::batch(std::string_view name) const {
  const Batch* found = slice_.find(name);
  if (found == nullptr) return std::nullopt;
  return summary_of(*found);
}

std::vector<BatchSummary> Reconciler::batches(const BatchPage& page) const {
  std::vector<BatchSummary> summaries;
  for (const Batch* batch : select(slice_.batches(), page)) summaries.push_back(summary_of(*batch));
  return summaries;
}

std::optional<std::uint64_t> Reconciler::count(BatchNumber number,
                                               MaskExpression expression) const {
  const Batch* found = slice_.find(number);
  if (found == nullptr) return std::nullopt;
  return found->ledger->count(expression);
}

std::optional<RecordSummary> Reconciler::record(BatchNumber number, const RecordId& id) const {
  const Batch* found = slice_.find(number);
  if (found == nullptr) return std::nullopt;
  RecordSummary summary;
  summary.sides = found->ledger->sides_of(id);
  for (std::size_t side = 0; side < found->row.sides.size(); ++side)
    summary.repeats.push_back(found->ledger->repeats(static_cast<Side>(side), id));
  return summary;
}

std::shared_ptr<const LedgerView> Reconciler::view(BatchNumber number) {
  const Batch* found = slice_.find(number);
  return found == nullptr ? nullptr : found->ledger->view();
}

SourceEvidence Reconciler::source_evidence() const {
  return since_start(evidence_of(source_.channels(), end_limit()));
}

SourceEvidence Reconciler::source_evidence(const BatchSummary& batch) const {
  const BatchRow& row = *batch.row;
  return since_start(evidence_of(source_.channels(), end_limit(), [&row](const Channel& channel) {
    return depends_on(row, channel.feed);
  }));
}

// Where no end was ever told to this process, it has known nothing since it began.
SourceEvidence Reconciler::since_start(SourceEvidence evidence) const {
  if (evidence.away && !evidence.as_of_ms) evidence.as_of_ms = began_ms_;
  return evidence;
}

Verdict Reconciler::verdict() const { return judged(source_evidence(), slice_.doubts().total()); }

Verdict Reconciler::verdict(const BatchSummary& batch) const {
  return judged(source_evidence(batch), batch.in_doubt);
}

Verdict Reconciler::verdict_of_feed(std::string_view feed) const {
  const auto belongs = [feed](const Channel& channel) { return channel.feed == feed; };
  return judged(since_start(evidence_of(source_.channels(), end_limit(), belongs)),
                slice_.doubts().of_feed(feed));
}

Verdict Reconciler::judged(const SourceEvidence& sources, const InDoubt& in_doubt) const {
  Evidence evidence;
  evidence.sources = sources;
  evidence.recovering = phase_ != Phase::reading || checkpointer_.store_away();
  evidence.in_doubt = in_doubt;
  return judge(evidence);
}

asio::awaitable<Result<std::optional<std::string>>> Reconciler::attributes(BatchNumber number,
                                                                           OwnedRecordId id) {
  if (const std::string* kept = slice_.attributes().find(number, id))
    co_return std::optional<std::string>{*kept};
  if (!slice_.stores_attributes()) co_return std::optional<std::string>{};
  DetailQuery query;
  query.batch = number;
  query.id = std::move(id);
  query.limit = 1;
  auto found = co_await store_.details(std::move(query));
  if (!found) co_return found.error();
  if (found->empty()) co_return std::optional<std::string>{};
  co_return std::optional<std::string>{std::move(found->front().json)};
}

asio::awaitable<Result<DeadLetterPage>> Reconciler::dead_letters(DeadLetterQuery query) {
  return store_.dead_letters(std::move(query));
}

}  // namespace rollcall
