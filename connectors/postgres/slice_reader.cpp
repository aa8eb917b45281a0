#include "connectors/postgres/slice_reader.hpp"

#include "connectors/postgres/dead_letter_table.hpp"
#include "connectors/postgres/ledger_loader.hpp"
#include "connectors/postgres/text.hpp"

namespace rollcall::postgres {

namespace {

// FOR UPDATE rather than the plain update's lock: it also waits for a merge, which holds the row
// FOR KEY SHARE so that it never waits for commits nor they for it.
constexpr Statement kLock{"lock_slice", "select epoch from slice where slice = $1 for update"};
constexpr Statement kCreate{"create_slice",
                            "insert into slice (slice, epoch, sequence, owner, updated_at) values "
                            "($1, 0, 0, '', now()) on conflict do nothing"};
constexpr Statement kTake{"take_slice",
                          "update slice set epoch = epoch + 1, owner = $2, updated_at = now() "
                          "where slice = $1 returning epoch, sequence, next_batch"};
constexpr Statement kConfirm{"confirm_slice", "select epoch, owner from slice where slice = $1"};
constexpr Statement kDeployment{"read_deployment", "select seed, segment_format from deployment"};
constexpr Statement kPositions{
    "read_positions",
    "select channel, next, fingerprint, lost_records, ids_max from position "
    "where slice = $1 order by channel"};
constexpr Statement kBatches{
    "read_batches",
    "select b.number, b.name, b.sides, b.record_type, b.description,"
    " round(extract(epoch from b.created_at) * 1000)::bigint, l.masks, l.counts, l.duplicates, "
    "l.duplicate_ids, l.revision, b.ledger_sides, round(extract(epoch from b.deadline) * "
    "1000)::bigint, b.kind, b.feeds, round(extract(epoch from b.began_at) * 1000)::bigint,"
    " round(extract(epoch from l.last_event) * 1000)::bigint"
    " from batch b left join ledger l on l.batch = b.number and l.slice = $1 order by b.number"};
constexpr Statement kReceipts{
    "read_receipts",
    "select key, fingerprint, units, batch, lines, accepted, duplicates, refused,"
    " round(extract(epoch from at) * 1000)::bigint from receipt where slice = $1 order by at, key"};
constexpr Statement kRuns{
    "read_runs",
    // The chunks there must be, so that one that is missing shows when they are read.
    "select batch, sequence, min(level), sum(octet_length(payload)), max(chunk) + 1,"
    " (select s.sequence from slice s where s.slice = $1) as committed"
    " from segment where slice = $1 group by segment.batch, segment.sequence order by "
    "segment.batch, segment.sequence"};
// In a transaction of its own, committed before anything is read: from here on no older owner can
// write.
void take(Connection& connection, SliceId slice, const std::string& owner, SliceState& state) {
  Transaction transaction(connection);
  if (transaction.run(kLock, slice).empty()) {
    transaction.run(kCreate, slice);
    transaction.run(kLock, slice);
  }
  const Rows taken = transaction.run(kTake, slice, to_text(owner));
  state.epoch = taken[0][0].as<Epoch>();
  state.sequence = from_bigint(taken[0][1].as<std::int64_t>());
  state.next_batch = taken[0][2].as<BatchNumber>();
  connection.step("acquire.before_commit");
  transaction.commit();
  connection.step("acquire.after_commit");
}

Result<void> read_deployment(Transaction& transaction, SliceState& state) {
  const Rows rows = transaction.run(kDeployment);
  if (rows.empty()) {
    return fatal("the deployment's row is gone from the database",
                 "Restore the database from a backup.");
  }
  if (rows[0][1].as<int>() > kSegmentFormat) {
    return misconfigured("segments in the database have format " +
                             std::string(text_of(rows[0][1])) + ", newer than the " +
                             std::to_string(kSegmentFormat) + " that this rollcall knows",
                         "Run the newer rollcall that wrote them.");
  }
  state.seed = from_bigint(rows[0][0].as<std::int64_t>());
  return {};
}

std::optional<std::string> optional_text(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return from_text(text_of(field));
}

std::vector<std::uint64_t> unsigned_numbers(const pqxx::field& array) {
  std::vector<std::uint64_t> numbers;
  for (const std::int64_t number : parse_integers(text_of(array)))
    numbers.push_back(from_bigint(number));
  return numbers;
}

LedgerSummary summary_of(const Row& row, std::size_t sides) {
  LedgerSummary summary;
  summary.duplicates.resize(sides);
  summary.duplicate_ids.resize(sides);
  if (row[6].is_null()) return summary;  // named by its batch only: no event yet in this slice
  const auto masks = parse_integers(text_of(row[6]));
  const auto counts = unsigned_numbers(row[7]);
  for (std::size_t i = 0; i < std::min(masks.size(), counts.size()); ++i) {
    summary.counts.emplace_back(static_cast<Mask>(masks[i]), counts[i]);
  }
  summary.duplicates = unsigned_numbers(row[8]);
  summary.duplicate_ids = unsigned_numbers(row[9]);
  summary.revision = from_bigint(row[10].as<std::int64_t>());
  if (!row[16].is_null()) summary.last_event_ms = row[16].as<std::int64_t>();
  return summary;
}

Result<void> read_batches(Transaction& transaction, SliceId slice, SliceState& state) {
  for (const Row& row : transaction.run(kBatches, slice)) {
    RestoredBatch batch;
    batch.row.number = row[0].as<BatchNumber>();
    batch.row.name = from_text(text_of(row[1]));
    for (const std::string& side : parse_texts(text_of(row[2])))
      batch.row.sides.push_back(from_text(side));
    batch.row.record_type = optional_text(row[3]);
    batch.row.description = optional_text(row[4]);
    batch.row.created_at_ms = row[5].as<std::int64_t>();
    batch.row.ledger_sides = row[11].as<std::size_t>();
    if (!row[12].is_null()) batch.row.deadline_ms = row[12].as<std::int64_t>();
    batch.kind_known = !row[13].is_null();
    if (batch.kind_known) batch.row.kind = static_cast<BatchKind>(row[13].as<int>());
    for (const std::string& feed : parse_texts(text_of(row[14])))
      batch.row.feeds.push_back(from_text(feed));
    batch.row.began_at_ms = row[15].as<std::int64_t>();
    if (batch.row.sides.size() > batch.row.ledger_sides || batch.row.ledger_sides < kSidesMin ||
        batch.row.ledger_sides > kSidesMax) {
      return fatal("batch " + std::to_string(batch.row.number) + " has " +
                       std::to_string(batch.row.sides.size()) + " sides in " +
                       std::to_string(batch.row.ledger_sides) + " places in the database",
                   "Restore the database from a backup.");
    }
    batch.summary = summary_of(row, batch.row.ledger_sides);
    state.batches.push_back(std::move(batch));
  }
  return {};
}

void read_receipts(Transaction& transaction, SliceId slice, SliceState& state) {
  for (const Row& row : transaction.run(kReceipts, slice)) {
    const auto number = [&row](int column) { return from_bigint(row[column].as<std::int64_t>()); };
    Receipt receipt;
    receipt.key = from_text(text_of(row[0]));
    receipt.fingerprint = number(1);
    receipt.units = number(2);
    receipt.batch = row[3].as<BatchNumber>();
    receipt.lines = number(4);
    receipt.accepted = number(5);
    receipt.duplicates = number(6);
    receipt.refused = number(7);
    receipt.at_ms = row[8].as<std::int64_t>();
    state.receipts.push_back(std::move(receipt));
  }
}

Result<void> read_rows(Connection& connection, SliceId slice, SliceState& state) {
  Transaction transaction(connection);
  auto deployment = read_deployment(transaction, state);
  if (!deployment) return deployment.error();
  for (const Row& row : transaction.run(kPositions, slice)) {
    SourcePosition position;
    position.channel = from_text(text_of(row[0]));
    position.next = row[1].as<std::int64_t>();
    position.fingerprint = from_bigint(row[2].as<std::int64_t>());
    position.lost_records = from_bigint(row[3].as<std::int64_t>());
    position.ids_max = from_bigint(row[4].as<std::int64_t>());
    state.positions.push_back(std::move(position));
  }
  auto doubts = read_doubts(transaction, slice);
  if (!doubts) return doubts.error();
  state.dead_letters = doubts->dead_letters;
  state.doubts = std::move(doubts->open);
  state.letters = std::move(doubts->letters);
  read_receipts(transaction, slice, state);
  return read_batches(transaction, slice, state);
}

}  // namespace

std::string name_of(SliceId slice, BatchNumber batch, std::int64_t sequence, std::int32_t chunk) {
  return "segment (slice " + std::to_string(slice) + ", batch " + std::to_string(batch) +
         ", sequence " + std::to_string(sequence) + ", chunk " + std::to_string(chunk) + ")";
}

StoredRuns read_runs(Connection& connection, SliceId slice) {
  StoredRuns stored;
  Transaction transaction(connection);
  for (const Row& row : transaction.run(kRuns, slice)) {
    RunInfo run;
    run.sequence = from_bigint(row[1].as<std::int64_t>());
    run.level = row[2].as<unsigned>();
    run.bytes = row[3].as<std::uint64_t>();
    run.chunks = row[4].as<std::uint32_t>();
    stored.runs[row[0].as<BatchNumber>()].push_back(run);
    stored.sequence = from_bigint(row[5].as<std::int64_t>());
  }
  return stored;
}

Result<AcquiredSlice> acquire_slice(Connection& connection, const PostgresOptions& options,
                                    SliceId slice, const std::string& owner) {
  AcquiredSlice acquired;
  take(connection, slice, owner, acquired.state);
  auto restored = read_rows(connection, slice, acquired.state);
  connection.step("acquire.after_rows");
  if (restored) {
    acquired.runs = read_runs(connection, slice).runs;
    restored =
        load_ledgers(options, connection.watch().cutter(), slice, acquired.runs, acquired.state);
    connection.step("acquire.after_segments");
  }
  // A newer owner may have merged away what we were about to read; only then is what looks like
  // damage none.
  auto confirmed = confirm_slice(connection, slice, acquired.state.epoch);
  if (!confirmed) return confirmed.error();
  if (!restored) return restored.error();
  return acquired;
}

Result<void> confirm_slice(Connection& connection, SliceId slice, Epoch epoch) {
  Transaction transaction(connection);
  const Rows rows = transaction.run(kConfirm, slice);
  const Epoch now = rows.empty() ? 0 : rows[0][0].as<Epoch>();
  if (now == epoch) return {};
  const std::string name = "slice " + std::to_string(slice);
  if (now < epoch) {
    return fatal(name + " has gone back to epoch " + std::to_string(now) + ", ours is " +
                     std::to_string(epoch),
                 "The database was put back to an older state; restart rollcall, and it resumes "
                 "from that state.");
  }
  return taken_over(slice, epoch, now, rows[0][1].as<std::string>());
}

Failure taken_over(SliceId slice, Epoch ours, Epoch now, const std::string& owner) {
  return fenced("slice " + std::to_string(slice) + " was taken over by " + owner +
                ": it has epoch " + std::to_string(now) + ", ours was " + std::to_string(ours));
}

}  // namespace rollcall::postgres
