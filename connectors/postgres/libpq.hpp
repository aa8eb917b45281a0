#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/postgres/cutter.hpp"
#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"

struct pg_conn;

namespace rollcall::postgres {

// The one place that uses libpq itself rather than libpqxx, for what libpqxx cannot do: payloads as
// bytes instead of hexadecimal text (3 to 9 times faster), the SQLSTATE of a refused connection,
// and completing a connection string.

// The connection string with our timeouts where the user gave none; throws ConnectionRefused for
// one that libpq cannot read.
[[nodiscard]] std::string complete_conninfo(const PostgresOptions& options);

// Replaces every occurrence of the password, so that no message carries it.
[[nodiscard]] std::string without_password(const PostgresOptions& options, std::string message);

// What every transaction is told first. All of it ends with the transaction, so that nothing is left behind for others
// where a pooler hands sessions around.
[[nodiscard]] std::string transaction_settings(const PostgresOptions& options);
[[nodiscard]] std::string quoted_schema(const PostgresOptions& options);

// Why a connection is refused, learnt by trying once more.
[[nodiscard]] Failure diagnose_refusal(const PostgresOptions& options, const std::string& message);

// Why a connection ends with its first transaction, learnt the same way: libpqxx 6 forgets what was said last.
[[nodiscard]] Failure diagnose_transaction(const PostgresOptions& options, Cutter& cutter,
                                           const std::string& message);

// A segment's place and, in pages, its bytes. Payloads live for the visitor's call.
struct SegmentKey {
  std::int64_t batch = 0;
  std::int64_t sequence = 0;
  std::int32_t chunk = 0;
};
struct StoredSegment {
  SegmentKey key;
  int format = 0;
  std::string_view payload;
};

// Reads stored segments on a connection of its own, in pages by key, each page in a transaction of its own.
// Runs on: one thread at a time. Fails: as postgres_failure() says; a failed reader is of no
//          further use.
class SegmentReader {
 public:
  using Visitor = std::function<Result<void>(const StoredSegment&)>;

  [[nodiscard]] static Result<std::unique_ptr<SegmentReader>> open(const PostgresOptions& options,
                                                                   Cutter& cutter);
  ~SegmentReader();
  SegmentReader(const SegmentReader&) = delete;
  SegmentReader& operator=(const SegmentReader&) = delete;

  // Every segment from `first` to `last`, both included, in key order. Returns how many there were.
  [[nodiscard]] Result<std::size_t> read(std::uint32_t slice, const SegmentKey& first,
                                         const SegmentKey& last, const Visitor& visit);

 private:
  SegmentReader(const PostgresOptions& options, Cutter& cutter, pg_conn* connection);
  [[nodiscard]] Result<void> run(const std::string& sql);
  const PostgresOptions& options_;
  pg_conn* connection_;
  std::unique_ptr<Watch> watch_;
  std::string begin_;
};

}  // namespace rollcall::postgres
