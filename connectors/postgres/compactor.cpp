#include "connectors/postgres/compactor.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "connectors/postgres/postgres_failure.hpp"

namespace asio = boost::asio;

namespace rollcall::postgres {

namespace {

constexpr int kNice = 10;  // reading comes first

// Names the calling thread and lets every other one of ours go first; on Linux priorities are a
// thread's own.
void lower_this_thread() {
  pthread_setname_np(pthread_self(), "rollcall-merge");
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

std::int64_t now_ms() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             system_clock::now().time_since_epoch())
      .count();
}

std::uint64_t count_runs(const RunDirectory& directory) {
  std::uint64_t count = 0;
  for (const auto& [batch, runs] : directory) count += runs.size();
  return count;
}

}  // namespace

Compactor::Compactor(const PostgresOptions& options)
    : options_(options), retry_in_(options.compaction_retry_min) {
  asio::post(thread_, lower_this_thread);
}

Compactor::~Compactor() {
  stop();
  join();
}

void Compactor::start(SliceId slice, Epoch epoch, RunDirectory runs,
                      std::map<BatchNumber, std::size_t> sides) {
  asio::post(thread_,
             [this, slice, epoch, runs = std::move(runs), sides = std::move(sides)]() mutable {
               slice_ = slice;
               epoch_ = epoch;
               runs_ = std::move(runs);
               sides_ = std::move(sides);
               active_ = options_.compaction;
               stale_ = false;
               looked_up_ = 0;
               retry_in_ = options_.compaction_retry_min;
               retry_.cancel();
               {
                 const std::lock_guard lock(mutex_);
                 stats_ = {};
                 stats_.runs = count_runs(runs_);
               }
               schedule();
             });
}

void Compactor::added(Epoch epoch, std::vector<NewRun> runs) {
  asio::post(thread_, [this, epoch, runs = std::move(runs)] {
    if (epoch != epoch_) return;
    remember(runs);
    schedule();
  });
}

void Compactor::remember(const std::vector<NewRun>& added) {
  for (const NewRun& fresh : added) {
    sides_[fresh.batch] = fresh.sides;
    // A look-up has seen it already, or even merged it away since.
    if (fresh.run.sequence <= looked_up_) continue;
    std::vector<RunInfo>& runs = runs_[fresh.batch];
    if (runs.empty() || runs.back().sequence < fresh.run.sequence) runs.push_back(fresh.run);
  }
  const std::lock_guard lock(mutex_);
  stats_.runs = count_runs(runs_);
}

void Compactor::forget(const std::vector<BatchNumber>& batches) {
  const std::lock_guard lock(mutex_);
  forgotten_.insert(batches.begin(), batches.end());
  wake_.notify_all();
}

bool Compactor::is_forgotten(BatchNumber batch) const {
  const std::lock_guard lock(mutex_);
  return forgotten_.contains(batch);
}

void Compactor::stop() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    wake_.notify_all();
  }
  cutter_.cut_for_good();
  asio::post(thread_, [this] {
    active_ = false;
    retry_.cancel();
    reader_.reset();
    connection_.reset();
  });
}

void Compactor::join() { thread_.join(); }

CompactionStats Compactor::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

// One merge a turn, so that start(), added() and stop() get in between.
void Compactor::schedule() {
  if (!active_ || scheduled_ || stopping_) return;
  scheduled_ = true;
  asio::post(thread_, [this] { work(); });
}

void Compactor::work() {
  scheduled_ = false;
  if (!active_ || stopping_) return;
  worked_since_ = std::chrono::steady_clock::now();
  const auto merged = attempt(options_, [this] { return merge_once(); });
  if (!merged) {
    failed(merged.error());
  } else if (*merged) {
    retry_in_ = options_.compaction_retry_min;
    schedule();
  }
}

void Compactor::failed(const Failure& failure) {
  reader_.reset();
  connection_.reset();
  if (stopping_) return;
  stale_ = true;  // also whether the last merge was committed is found out by looking
  {
    const std::lock_guard lock(mutex_);
    ++stats_.failures;
    if (failure.kind != FailureKind::transient) stats_.stopped_because = failure.message;
  }
  active_ = failure.kind == FailureKind::transient;
  if (!active_) return;
  scheduled_ = true;  // commits that come meanwhile do not shorten the pause
  retry_.expires_after(retry_in_);
  retry_in_ = std::min(2 * retry_in_, options_.compaction_retry_max);
  retry_.async_wait([this](const boost::system::error_code&) { work(); });
}

Result<void> Compactor::connect() {
  if (!connection_) connection_ = std::make_unique<Connection>(options_, cutter_);
  if (reader_) return {};
  auto opened = SegmentReader::open(options_, cutter_);
  if (!opened) return opened.error();
  reader_ = std::move(*opened);
  return {};
}

// Whether there was anything to merge.
Result<bool> Compactor::merge_once() {
  if (stale_) {
    auto connected = connect();
    if (!connected) return connected.error();
    StoredRuns stored = read_runs(*connection_, slice_);
    runs_ = std::move(stored.runs);
    looked_up_ = std::max(looked_up_, stored.sequence);
    stale_ = false;
    const std::lock_guard lock(mutex_);
    stats_.runs = count_runs(runs_);
  }
  std::erase_if(runs_, [this](const auto& entry) { return is_forgotten(entry.first); });
  for (auto& [batch, runs] : runs_) {
    const auto plan = plan_compaction(runs, options_.compaction_limits);
    const auto sides = sides_.find(batch);
    if (!plan || sides == sides_.end()) continue;
    auto connected = connect();
    if (!connected) return connected.error();
    const std::span inputs = std::span<const RunInfo>(runs).subspan(plan->first, plan->count);
    const MergeOrder order{slice_, epoch_, batch, sides->second, plan->level, inputs};
    merging_ = batch;
    const auto output =
        merge_runs(*connection_, *reader_, options_, order, [this] { return pause(); });
    if (!output && is_forgotten(batch)) return true;  // whatever it stumbled over was being deleted
    if (!output) return output.error();
    replace(runs, *plan, *output);
    return true;
  }
  return false;
}

void Compactor::replace(std::vector<RunInfo>& runs, const CompactionPlan& plan,
                        const RunInfo& output) {
  const auto first = runs.begin() + static_cast<std::ptrdiff_t>(plan.first);
  const auto last = first + static_cast<std::ptrdiff_t>(plan.count);
  std::uint64_t bytes = 0;
  for (auto run = first; run != last; ++run) bytes += run->bytes;
  *first = output;
  runs.erase(output.chunks == 0 ? first : first + 1, last);
  const std::lock_guard lock(mutex_);
  ++stats_.merges;
  stats_.last_success_ms = now_ms();
  stats_.runs_merged += plan.count;
  stats_.bytes_read += bytes;
  stats_.bytes_written += output.bytes;
  stats_.runs = count_runs(runs_);
}

Result<void> Compactor::pause() {
  const auto worked = std::chrono::steady_clock::now() - worked_since_;
  const auto pause = std::min<std::chrono::duration<double>>(
      worked * options_.compaction_pause_ratio, options_.compaction_pause_max);
  std::unique_lock lock(mutex_);
  const bool given_up = wake_.wait_for(
      lock, pause, [this] { return stopping_.load() || forgotten_.contains(merging_); });
  worked_since_ = std::chrono::steady_clock::now();
  if (given_up) return transient("the store is being closed, or the batch deleted");
  return {};
}

}  // namespace rollcall::postgres
