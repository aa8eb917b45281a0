#include "connectors/postgres/run_merge.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/postgres/slice_reader.hpp"
#include "connectors/postgres/slice_writer.hpp"
#include "connectors/postgres/text.hpp"

namespace rollcall::postgres {

namespace {

constexpr Statement kDelete{"delete_runs",
                            "delete from segment where slice = $1 and batch = $2 and sequence >= "
                            "$3::bigint and sequence <= $4::bigint"};
constexpr Statement kHold{"hold_fence",
                          "select 1 from slice where slice = $1 and epoch = $2 for key share"};

// The chunks of one run, in order. Anything but its next chunk under that key is damage.
MergeInput chunks_of(SegmentReader& reader, const MergeOrder& order, const RunInfo& run) {
  MergeInput input;
  input.next_chunk = [&reader, &order, run,
                      chunk = std::uint32_t{0}]() mutable -> Result<std::optional<std::string>> {
    if (chunk == run.chunks) return std::optional<std::string>{};
    const SegmentKey key{order.batch, to_bigint(run.sequence), static_cast<std::int32_t>(chunk)};
    std::optional<std::string> payload;
    const auto read =
        reader.read(order.slice, key, key, [&](const StoredSegment& segment) -> Result<void> {
          payload.emplace(segment.payload);
          return {};
        });
    if (!read) return read.error();
    if (!payload) {
      return fatal(name_of(order.slice, key.batch, key.sequence, key.chunk) + " is missing",
                   "Restore the database from a backup.");
    }
    ++chunk;
    return payload;
  };
  return input;
}

// Fenced where somebody else has taken the slice, so that what looks like damage is none.
Failure explain(Connection& connection, const MergeOrder& order, const Failure& failure) {
  if (failure.kind != FailureKind::fatal) return failure;
  const auto confirmed = confirm_slice(connection, order.slice, order.epoch);
  return confirmed ? failure : confirmed.error();
}

Result<RunInfo> write_merged(Connection& connection, Transaction& transaction,
                             SegmentReader& reader, const PostgresOptions& options,
                             const MergeOrder& order, const std::function<Result<void>()>& pause) {
  RunInfo output;
  output.sequence = order.inputs.back().sequence;
  output.level = order.level;
  std::vector<MergeInput> inputs;
  for (const RunInfo& run : order.inputs) inputs.push_back(chunks_of(reader, order, run));
  const auto push = [&](const SegmentChunk& chunk) -> Result<void> {
    const std::vector<SegmentRow> row{
        {order.batch, output.sequence, output.chunks, output.level, &chunk}};
    insert_segments(transaction, options, order.slice, row);
    ++output.chunks;
    output.bytes += chunk.payload.size();
    connection.step("compact.after_chunk");
    return pause();
  };
  auto merged = merge(inputs, order.sides, push);
  if (!merged) return merged.error();
  return output;
}

}  // namespace

Result<RunInfo> merge_runs(Connection& connection, SegmentReader& reader,
                           const PostgresOptions& options, const MergeOrder& order,
                           const std::function<Result<void>()>& pause) {
  connection.step("compact.before");
  auto confirmed = confirm_slice(connection, order.slice, order.epoch);
  if (!confirmed) return confirmed.error();
  auto output = [&]() -> Result<RunInfo> {
    Transaction transaction(connection);
    // First, as the output takes the key of the last input. The reader's own session still sees
    // them.
    transaction.run(kDelete, order.slice, order.batch, to_bigint(order.inputs.front().sequence),
                    to_bigint(order.inputs.back().sequence));
    connection.step("compact.after_delete");
    auto written = write_merged(connection, transaction, reader, options, order, pause);
    if (!written) return written;
    if (transaction.run(kHold, order.slice, order.epoch).empty()) {
      return fenced("slice " + std::to_string(order.slice) +
                    " was taken while its segments were being merged");
    }
    connection.step("compact.after_fence");
    transaction.commit();
    connection.step("compact.after_commit");
    return written;
  }();
  if (!output) return explain(connection, order, output.error());
  return output;
}

}  // namespace rollcall::postgres
