#include "connectors/postgres/dead_letter_table.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "connectors/postgres/text.hpp"

namespace rollcall::postgres {

namespace {

constexpr Statement kInsert{
    "insert_dead_letters",
    "insert into dead_letter (slice, channel, position, reason, field, sample, at, feed, batch, "
    "side, explains,"
    " batches_before, record_at)"
    " select $1::integer, channel, position, reason, field, substring($2::bytea from first for "
    "length),"
    " 'epoch'::timestamptz + at_ms * interval '1 ms', feed, batch, side, explains, before,"
    " 'epoch'::timestamptz + record_ms * interval '1 ms'"
    " from unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::integer[], $8::integer[], "
    "$9::bigint[],"
    " $10::text[], $11::text[], $12::smallint[], $13::bigint[], $14::bigint[], $15::bigint[])"
    " with ordinality as new(channel, position, reason, field, first, length, at_ms, feed, batch, "
    "side, explains,"
    " before, record_ms, place) order by place"};

// Which letters a filter means: always the first six parameters. A channel is meant by its own name or by its topic's:
// then a partition follows.
#define ROLLCALL_LETTERS_MEANT                                                              \
  " ($1::bigint[] is null or number = any($1::bigint[]))"                                   \
  " and ($2::text is null or channel = $2::text or (starts_with(channel, $2::text || '/')"  \
  " and substring(channel from length($2::text) + 2) ~ '^[0-9]+$'))"                        \
  " and ($3::text is null or reason = $3::text) and ($4::text is null or batch = $4::text)" \
  " and ($5::smallint is null or state = $5::smallint)"                                     \
  " and ($6::bigint is null or at < 'epoch'::timestamptz + $6::bigint * interval '1 ms') "

constexpr Statement kAcknowledge{
    "acknowledge_dead_letters",
    "with closed as (update dead_letter set state = $13::smallint, closed_at = "
    "'epoch'::timestamptz + "
    "$9::bigint * interval '1 ms',"
    " closed_by = $10, note = $11 where slice = $7::integer and state < $13::smallint "
    "and" ROLLCALL_LETTERS_MEANT
    " returning number)"
    " insert into acknowledgement (slice, sequence, place, closed_at, closed_by, note, letters)"
    " select $7::integer, $8::bigint, $12::integer, 'epoch'::timestamptz + $9::bigint * interval "
    "'1 ms', $10, $11,"
    " count(*) from closed"};
constexpr Statement kKeepBad{
    "keep_bad_dead_letters",
    "update dead_letter as old set reason = new.reason, field = new.field, batch = new.batch"
    " from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as new(number, reason, field, "
    "batch)"
    " where old.slice = $1::integer and old.number = new.number and old.state <> 2"};
constexpr Statement kExpire{
    "expire_dead_letters",
    "delete from dead_letter where slice = $1 and state <> 0"
    " and closed_at <= 'epoch'::timestamptz + $2::bigint * interval '1 ms'"};
constexpr Statement kExpireAcknowledgements{
    "expire_acknowledgements",
    "delete from acknowledgement where slice = $1"
    " and closed_at <= 'epoch'::timestamptz + $2::bigint * interval '1 ms'"};
constexpr Statement kAcknowledged{
    "read_acknowledged",
    "select letters from acknowledgement where slice = $1 and sequence = $2 order by place"};
constexpr Statement kCount{"count_dead_letters",
                           "select channel, state, count(*) from dead_letter where slice = $1"
                           " group by channel, state"};
// Written within a second: one sum, as in memory.
constexpr Statement kDoubts{
    "read_doubts",
    "select feed, batch, batches_before, round(extract(epoch from max(record_at)) * 1000)::bigint, "
    "side, reason,"
    " count(*), least(sum(explains), 9223372036854775807)::bigint"
    " from dead_letter where slice = $1 and state = 0"
    " group by feed, batch, batches_before, date_trunc('second', record_at), side, reason"
    " order by batches_before, date_trunc('second', record_at)"};
constexpr Statement kRead{
    "read_dead_letters",
    "select number, channel, position, reason, field, encode(sample, 'hex'),"
    " round(extract(epoch from at) * 1000)::bigint, feed, batch, side, explains, batches_before,"
    " round(extract(epoch from record_at) * 1000)::bigint, state,"
    " round(extract(epoch from closed_at) * 1000)::bigint, closed_by, note"
    " from dead_letter where" ROLLCALL_LETTERS_MEANT "and number > $7 order by number limit $8"};
constexpr Statement kTotal{"total_dead_letters",
                           "select count(*) from dead_letter where" ROLLCALL_LETTERS_MEANT};
#undef ROLLCALL_LETTERS_MEANT

// A filter as parameters: null is whatever does not matter.
struct FilterParameters {
  explicit FilterParameters(const DeadLetterFilter& filter) : before_ms(filter.before_ms) {
    if (!filter.numbers.empty()) {
      ArrayLiteral all;
      for (const std::int64_t number : filter.numbers) all.add(number);
      numbers = all.take();
    }
    if (filter.channel) channel = to_text(*filter.channel);
    if (filter.reason) reason = std::string{to_string(*filter.reason)};
    if (filter.batch) batch = to_text(*filter.batch);
    if (filter.state) state = static_cast<int>(*filter.state);
  }
  std::optional<std::string> numbers;
  std::optional<std::string> channel;
  std::optional<std::string> reason;
  std::optional<std::string> batch;
  std::optional<int> state;
  std::optional<std::int64_t> before_ms;
};

// Letters [next, end) of a checkpoint.
void insert(Transaction& transaction, const PostgresOptions& options, const Checkpoint& checkpoint,
            std::size_t next, std::size_t end) {
  while (next < end) {
    ArrayLiteral channels, positions, reasons, fields, first, length, at;
    ArrayLiteral feeds, batches, sides, explains, before, written;
    std::string samples;
    for (; next < end && samples.size() < options.statement_bytes_max; ++next) {
      const DeadLetter& letter = checkpoint.dead_letters[next];
      const std::string_view sample = std::string_view(letter.sample).substr(0, kSampleBytesMax);
      channels.add(to_text(letter.channel));
      positions.add(letter.position);
      reasons.add(to_string(letter.reason));
      fields.add(to_text(letter.field));
      first.add(samples.size() + 1);
      length.add(sample.size());
      at.add(letter.at_ms);
      feeds.add(to_text(letter.feed));
      batches.add(to_text(letter.batch));
      sides.add(static_cast<std::int64_t>(letter.side));
      explains.add(letter.explains);
      before.add(letter.batches_before);
      written.add(letter.timestamp_ms);
      samples += sample;
    }
    transaction.run(kInsert, checkpoint.slice, as_bytes(samples), channels.take(), positions.take(),
                    reasons.take(), fields.take(), first.take(), length.take(), at.take(),
                    feeds.take(), batches.take(), sides.take(), explains.take(), before.take(),
                    written.take());
  }
}

void acknowledge(Transaction& transaction, const Checkpoint& checkpoint, std::size_t place) {
  const Acknowledgement& what = checkpoint.acknowledgements[place];
  const FilterParameters filter(what.filter);
  transaction.run(kAcknowledge, filter.numbers, filter.channel, filter.reason, filter.batch,
                  filter.state, filter.before_ms, checkpoint.slice, to_bigint(checkpoint.sequence),
                  what.closing.at_ms, to_text(what.closing.by), to_text(what.closing.note),
                  static_cast<int>(place), static_cast<int>(what.becomes));
}

void keep_bad(Transaction& transaction, const Checkpoint& checkpoint) {
  ArrayLiteral numbers, reasons, fields, batches;
  for (const StillBad& letter : checkpoint.still_bad) {
    numbers.add(letter.number);
    reasons.add(to_string(letter.reason));
    fields.add(to_text(letter.field));
    batches.add(to_text(letter.batch));
  }
  transaction.run(kKeepBad, checkpoint.slice, numbers.take(), reasons.take(), fields.take(),
                  batches.take());
}

Result<BadRecordReason> reason_named(std::string_view name) {
  if (const auto reason = bad_record_reason_named(name)) return *reason;
  return fatal("a dead letter has the unknown reason " + std::string(name),
               "Run the rollcall that wrote it.");
}

// The closing of a letter that is not open.
std::optional<Closing> closing_of(const Row& row) {
  if (row[14].is_null()) return std::nullopt;
  return Closing{row[14].as<std::int64_t>(), from_text(text_of(row[15])),
                 from_text(text_of(row[16]))};
}

Result<DeadLetter> letter_of(const Row& row) {
  const auto reason = reason_named(text_of(row[3]));
  if (!reason) return reason.error();
  DeadLetter letter;
  letter.number = row[0].as<std::int64_t>();
  letter.channel = from_text(text_of(row[1]));
  letter.position = row[2].as<std::int64_t>();
  letter.reason = *reason;
  letter.field = from_text(text_of(row[4]));
  letter.sample = from_hex(text_of(row[5]));
  letter.at_ms = row[6].as<std::int64_t>();
  letter.feed = from_text(text_of(row[7]));
  letter.batch = from_text(text_of(row[8]));
  letter.side = static_cast<DoubtSide>(row[9].as<int>());
  letter.explains = from_bigint(row[10].as<std::int64_t>());
  letter.batches_before = row[11].as<BatchNumber>();
  letter.timestamp_ms = row[12].as<std::int64_t>();
  letter.state = static_cast<DeadLetterState>(row[13].as<int>());
  letter.closing = closing_of(row);
  return letter;
}

}  // namespace

void write_dead_letters(Transaction& transaction, const PostgresOptions& options,
                        const Checkpoint& checkpoint) {
  std::size_t written = 0;
  for (std::size_t place = 0; place < checkpoint.acknowledgements.size(); ++place) {
    const std::size_t before = checkpoint.acknowledgements[place].letters_before;
    insert(transaction, options, checkpoint, written, before);
    written = before;
    acknowledge(transaction, checkpoint, place);
  }
  insert(transaction, options, checkpoint, written, checkpoint.dead_letters.size());
  if (!checkpoint.still_bad.empty()) keep_bad(transaction, checkpoint);
  if (!checkpoint.letters_expired_ms) return;
  transaction.run(kExpire, checkpoint.slice, *checkpoint.letters_expired_ms);
  transaction.run(kExpireAcknowledgements, checkpoint.slice, *checkpoint.letters_expired_ms);
}

void tell_doubts(Transaction& transaction, const Checkpoint& checkpoint, CommitStats& stats) {
  if (!changes_letters(checkpoint)) return;
  for (const Row& row :
       transaction.run(kAcknowledged, checkpoint.slice, to_bigint(checkpoint.sequence)))
    stats.acknowledged.push_back(from_bigint(row[0].as<std::int64_t>()));
  if (auto doubts = read_doubts(transaction, checkpoint.slice)) stats.doubts = std::move(*doubts);
}

Result<CommitStats::Doubts> read_doubts(Transaction& transaction, SliceId slice) {
  CommitStats::Doubts doubts;
  for (const Row& row : transaction.run(kCount, slice)) {
    const auto state = row[1].as<std::size_t>();
    const auto letters = row[2].as<std::uint64_t>();
    if (state >= kDeadLetterStates) {
      return fatal("a dead letter has the unknown state " + std::to_string(state),
                   "Run the rollcall that wrote it.");
    }
    count_letters(doubts.letters, from_text(text_of(row[0])), static_cast<DeadLetterState>(state),
                  letters);
    doubts.dead_letters += letters;
  }
  for (const Row& row : transaction.run(kDoubts, slice)) {
    const auto reason = reason_named(text_of(row[5]));
    if (!reason) return reason.error();
    OpenDoubt& doubt = doubts.open.emplace_back();
    doubt.feed = from_text(text_of(row[0]));
    doubt.batch = from_text(text_of(row[1]));
    doubt.batches_before = row[2].as<BatchNumber>();
    doubt.timestamp_ms = row[3].as<std::int64_t>();
    doubt.side = static_cast<DoubtSide>(row[4].as<int>());
    doubt.reason = *reason;
    doubt.letters = row[6].as<std::uint64_t>();
    doubt.explains = from_bigint(row[7].as<std::int64_t>());
  }
  return doubts;
}

Result<DeadLetterPage> read_dead_letters(Connection& connection, const DeadLetterQuery& query) {
  const FilterParameters filter(query.filter);
  DeadLetterPage page;
  Transaction transaction(connection);
  for (const Row& row : transaction.run(kRead, filter.numbers, filter.channel, filter.reason,
                                        filter.batch, filter.state, filter.before_ms, query.after,
                                        static_cast<std::int64_t>(query.limit))) {
    auto letter = letter_of(row);
    if (!letter) return letter.error();
    page.letters.push_back(std::move(*letter));
  }
  page.total = transaction
                   .run(kTotal, filter.numbers, filter.channel, filter.reason, filter.batch,
                        filter.state, filter.before_ms)[0][0]
                   .as<std::uint64_t>();
  return page;
}

}  // namespace rollcall::postgres
