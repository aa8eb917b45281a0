#include "connectors/postgres/ledger_loader.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "connectors/postgres/libpq.hpp"
#include "connectors/postgres/postgres_failure.hpp"

namespace rollcall::postgres {

namespace {

constexpr const char* kRestoreAdvice =
    "Restore the database from a backup; rollcall does not guess what is missing.";

struct Page {
  SegmentKey first;
  SegmentKey last;
  std::uint64_t chunks = 0;
};

// Runs [first, last] of consecutive batches as few pages as the limit allows. A run larger than a
// page is cut at chunks of the size that they have on average.
class Pager {
 public:
  explicit Pager(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  void add(BatchNumber batch, const RunInfo& run) {
    const std::uint64_t chunk_bytes = run.bytes / std::max<std::uint32_t>(run.chunks, 1) + 1;
    const auto chunks_max =
        static_cast<std::uint32_t>(std::max<std::uint64_t>(bytes_max_ / chunk_bytes, 1));
    for (std::uint32_t begin = 0; begin < run.chunks; begin += chunks_max) {
      const std::uint32_t count = std::min(chunks_max, run.chunks - begin);
      append({batch, static_cast<std::int64_t>(run.sequence), static_cast<std::int32_t>(begin)},
             count, count * chunk_bytes);
    }
  }
  std::vector<Page> take() { return std::move(pages_); }

 private:
  void append(SegmentKey first, std::uint32_t count, std::uint64_t bytes) {
    if (pages_.empty() || bytes_ + bytes > bytes_max_) {
      pages_.push_back({first, first, 0});
      bytes_ = 0;
    }
    pages_.back().last = first;
    pages_.back().last.chunk += static_cast<std::int32_t>(count) - 1;
    pages_.back().chunks += count;
    bytes_ += bytes;
  }
  std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  std::vector<Page> pages_;
};

Result<void> check_against_summary(const RestoredBatch& batch) {
  const Ledger& ledger = *batch.ledger;
  const LedgerSummary& summary = batch.summary;
  const std::size_t sides = batch.row.ledger_sides;
  std::vector<std::uint64_t> counts(std::size_t{1} << sides);
  for (const auto& [mask, count] : summary.counts) {
    if (mask < counts.size()) counts[mask] = count;
  }
  const auto differs = [&](const std::string& what, std::uint64_t rebuilt, std::uint64_t written) {
    return fatal("batch " + std::to_string(batch.row.number) + " (" + batch.row.name +
                     ") does not come back as it was committed: " + what + " is " +
                     std::to_string(rebuilt) + ", the last commit wrote " + std::to_string(written),
                 kRestoreAdvice);
  };
  for (std::size_t mask = 1; mask < counts.size(); ++mask) {
    const std::uint64_t rebuilt = ledger.count(static_cast<Mask>(mask));
    if (rebuilt != counts[mask])
      return differs("the count of mask " + std::to_string(mask), rebuilt, counts[mask]);
  }
  if (summary.duplicates.size() != sides || summary.duplicate_ids.size() != sides) {
    return differs("the number of sides", sides, summary.duplicates.size());
  }
  for (std::size_t side = 0; side < sides; ++side) {
    const auto at = static_cast<Side>(side);
    const std::string name =
        side < batch.row.sides.size() ? batch.row.sides[side] : "place " + std::to_string(side);
    if (ledger.duplicates(at) != summary.duplicates[side])
      return differs("the duplicates of " + name, ledger.duplicates(at), summary.duplicates[side]);
    if (ledger.duplicate_ids(at) != summary.duplicate_ids[side]) {
      return differs("the duplicated ids of " + name, ledger.duplicate_ids(at),
                     summary.duplicate_ids[side]);
    }
  }
  return {};
}

// One thread's work. `slice`, `runs` and `options` are shared and constant; the batches are this
// thread's own.
class Loader {
 public:
  Loader(const PostgresOptions& options, Cutter& cutter, SliceId slice, const RunDirectory& runs,
         std::span<RestoredBatch> batches)
      : options_(options),
        cutter_(cutter),
        slice_(slice),
        runs_(runs),
        batches_(batches),
        next_(batches.begin()) {}

  Result<void> load() {
    Pager pager(options_.restore_page_bytes_max);  // pages span many small batches
    for (const RestoredBatch& batch : batches_) {
      const auto found = runs_.find(batch.row.number);
      if (found == runs_.end()) continue;
      for (const RunInfo& run : found->second) pager.add(batch.row.number, run);
    }
    auto reader = SegmentReader::open(options_, cutter_);
    if (!reader) return reader.error();
    for (const Page& page : pager.take()) {
      auto done = load_page(**reader, page);
      if (!done) return done.error();
    }
    for (const RestoredBatch& batch : batches_) {
      auto checked = check_against_summary(batch);
      if (!checked) return checked.error();
    }
    return {};
  }

 private:
  Result<void> load_page(SegmentReader& reader, const Page& page) {
    const SegmentReader::Visitor visit = [this](const StoredSegment& segment) {
      return absorb(segment);
    };
    const auto read = reader.read(slice_, page.first, page.last, visit);
    if (!read) return read.error();
    if (*read == page.chunks) return {};
    return fatal("of " + std::to_string(page.chunks) + " segments from " +
                     name_of(slice_, page.first.batch, page.first.sequence, page.first.chunk) +
                     " on, " +
                     std::to_string(page.chunks - std::min<std::uint64_t>(page.chunks, *read)) +
                     " are missing",
                 kRestoreAdvice);
  }

  Result<void> absorb(const StoredSegment& segment) {
    const SegmentKey& key = segment.key;
    while (next_->row.number != key.batch) ++next_;  // both are in order of the batches
    const auto refuse = [&](const Failure& why) {
      return Failure{FailureKind::fatal,
                     name_of(slice_, key.batch, key.sequence, key.chunk) + " " + why.message,
                     why.advice};
    };
    if (segment.format > kSegmentFormat) {
      return refuse(
          fatal("has format " + std::to_string(segment.format) + ", newer than this rollcall knows",
                "Run the newer rollcall that wrote it."));
    }
    auto absorbed = next_->ledger->absorb(segment.payload);
    if (!absorbed) return refuse(fatal("is damaged: " + absorbed.error().message, kRestoreAdvice));
    return {};
  }

  const PostgresOptions& options_;
  Cutter& cutter_;
  SliceId slice_;
  const RunDirectory& runs_;
  std::span<RestoredBatch> batches_;
  std::span<RestoredBatch>::iterator next_;
};

std::uint64_t bytes_of(const RunDirectory& runs, BatchNumber batch) {
  std::uint64_t bytes = 0;
  const auto found = runs.find(batch);
  if (found == runs.end()) return 0;
  for (const RunInfo& run : found->second) bytes += run.bytes;
  return bytes;
}

// Consecutive batches of about the same number of bytes each.
std::vector<std::span<RestoredBatch>> shares(const RunDirectory& runs,
                                             std::span<RestoredBatch> batches, std::size_t count) {
  std::uint64_t total = 0;
  for (const RestoredBatch& batch : batches) total += bytes_of(runs, batch.row.number);
  std::vector<std::span<RestoredBatch>> result;
  std::uint64_t sum = 0;
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= batches.size(); ++end) {
    sum += bytes_of(runs, batches[end - 1].row.number);
    const bool full = sum * count >= total * (result.size() + 1) && result.size() + 1 < count;
    if (!full && end < batches.size()) continue;
    result.push_back(batches.subspan(begin, end - begin));
    begin = end;
  }
  return result;
}

}  // namespace

Result<void> load_ledgers(const PostgresOptions& options, Cutter& cutter, SliceId slice,
                          const RunDirectory& runs, SliceState& state) {
  std::size_t known = 0;
  for (RestoredBatch& batch : state.batches) {
    batch.ledger = std::make_unique<Ledger>(batch.row.ledger_sides, state.seed);
    known += runs.count(batch.row.number);
  }
  if (known != runs.size()) {
    return fatal("the database holds segments of " + std::to_string(runs.size() - known) +
                     " batches that it does not list",
                 kRestoreAdvice);
  }
  if (runs.empty() && state.batches.empty()) return {};
  const auto parts = shares(runs, state.batches, std::max<std::size_t>(options.restore_threads, 1));
  std::vector<Result<void>> results(parts.size());
  const auto load = [&](std::size_t part) {
    Loader loader(options, cutter, slice, runs, parts[part]);
    results[part] = attempt(options, [&] { return loader.load(); });
  };
  std::vector<std::jthread> threads;  // the first share is this thread's own
  for (std::size_t part = 1; part < parts.size(); ++part) threads.emplace_back(load, part);
  load(0);
  threads.clear();
  for (const Result<void>& result : results) {
    if (!result) return result.error();
  }
  return {};
}

}  // namespace rollcall::postgres
