#include "connectors/postgres/detail_table.hpp"

#include <algorithm>
#include <optional>

#include "connectors/postgres/text.hpp"

namespace rollcall::postgres {

namespace {

constexpr Statement kUpsert{
    "upsert_details",
    "insert into record_detail (batch, number, id, side, detail)"
    " select distinct on (batch, id, number, side) batch, number, id, side, detail"
    " from unnest($1::bigint[], $2::bigint[], $3::text[], $4::smallint[], $5::text[])"
    " with ordinality as new(batch, number, id, side, detail, place)"
    " order by batch, id, number, side, place desc"
    " on conflict (batch, id, number, side) do update set detail = excluded.detail"};
// Integers above 2^63 have negative numbers here; they come behind the others, as unsigned numbers do.
constexpr Statement kRead{
    "read_details",
    "select number, id, side, detail from record_detail where batch = $1"
    " and ($2::smallint is null or side = $2::smallint)"
    " and ($3::text is null or (id, number < 0, number, side) > ($3::text, $4::bigint < 0, "
    "$4::bigint, $5::smallint))"
    " and ($6::text is null or (id = $6::text and number = $7::bigint))"
    " order by id, number < 0, number, side limit $8"};

struct Key {
  std::int64_t number = 0;
  std::string id;
};

Key key_of(const OwnedRecordId& id) {
  if (const auto* number = std::get_if<std::uint64_t>(&id)) return {to_bigint(*number), {}};
  return {0, to_text(std::get<std::string>(id))};
}

}  // namespace

void upsert_details(Transaction& transaction, const PostgresOptions& options,
                    const std::vector<RecordDetail>& details) {
  for (std::size_t next = 0; next < details.size();) {
    ArrayLiteral batches, numbers, ids, sides, texts;
    for (std::size_t bytes = 0; next < details.size() && bytes < options.statement_bytes_max;
         ++next) {
      const RecordDetail& detail = details[next];
      const Key key = key_of(detail.id);
      batches.add(detail.batch);
      numbers.add(key.number);
      ids.add(key.id);
      sides.add(std::int64_t{detail.side});
      texts.add(to_text(detail.json));
      bytes += detail.json.size() + key.id.size();
    }
    transaction.run(kUpsert, batches.take(), numbers.take(), ids.take(), sides.take(),
                    texts.take());
  }
}

Result<std::vector<RecordDetail>> read_details(Connection& connection, const DetailQuery& query) {
  std::optional<int> side;
  std::optional<std::string> after, id;
  std::int64_t after_number = 0, number = 0;
  int after_side = 0;
  if (query.side) side = *query.side;
  if (query.after) {
    const Key key = key_of(query.after->first);
    after = key.id;
    after_number = key.number;
    after_side = query.after->second;
  }
  if (query.id) {
    const Key key = key_of(*query.id);
    id = key.id;
    number = key.number;
  }
  std::vector<RecordDetail> details;
  Transaction transaction(connection);
  for (const Row& row : transaction.run(kRead, query.batch, side, after, after_number, after_side,
                                        id, number, static_cast<std::int64_t>(query.limit))) {
    RecordDetail detail;
    detail.batch = query.batch;
    detail.id = from_bigint(row[0].as<std::int64_t>());
    if (!text_of(row[1]).empty()) detail.id = from_text(text_of(row[1]));
    detail.side = static_cast<Side>(row[2].as<int>());
    detail.json = from_text(text_of(row[3]));
    details.push_back(std::move(detail));
  }
  return details;
}

}  // namespace rollcall::postgres
