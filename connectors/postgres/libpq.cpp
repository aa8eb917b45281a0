#include "connectors/postgres/libpq.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <vector>

#include "connectors/handle.hpp"
#include "connectors/postgres/postgres_failure.hpp"

namespace rollcall::postgres {

namespace {

using ConnectionHandle = Handle<PGconn, PQfinish>;
using ResultHandle = Handle<PGresult, PQclear>;
using ConninfoHandle = Handle<PQconninfoOption, PQconninfoFree>;

ConninfoHandle parse(const PostgresOptions& options) {
  char* error = nullptr;
  ConninfoHandle parsed(PQconninfoParse(options.database.c_str(), &error));
  PQfreemem(error);  // not shown: it quotes the text, maybe with the password
  if (parsed == nullptr) {
    throw ConnectionRefused(misconfigured("the database URL cannot be read",
                                          "Write it as postgresql://USER@HOST:PORT/DATABASE."));
  }
  return parsed;
}

void append(std::string& conninfo, std::string_view keyword, std::string_view value) {
  conninfo.append(keyword).append("='");
  for (const char character : value) {
    if (character == '\'' || character == '\\') conninfo += '\\';
    conninfo += character;
  }
  conninfo += "' ";
}

// "FATAL:  28P01: password authentication failed …": the code stands between the first two colons,
// whatever the server's language.
std::string sqlstate_of(std::string_view verbose) {
  const auto begin = verbose.find(":  ");
  if (begin == std::string_view::npos || verbose.size() < begin + 9 || verbose[begin + 8] != ':')
    return {};
  const std::string_view state = verbose.substr(begin + 3, 5);
  const auto digits = state.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return digits == std::string_view::npos ? std::string(state) : std::string{};
}

struct Opened {
  ConnectionHandle connection;
  bool ok = false;
};

// Connects step by step, because only then can the verbosity be raised before a refusal is worded.
Opened open_connection(const PostgresOptions& options) {
  Opened opened{ConnectionHandle(PQconnectStart(complete_conninfo(options).c_str())), false};
  PGconn* const connection = opened.connection.get();
  if (connection == nullptr || PQstatus(connection) == CONNECTION_BAD) return opened;
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  const auto deadline = std::chrono::steady_clock::now() + options.connect_timeout;
  auto wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd descriptor{PQsocket(connection),
                      static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (left.count() <= 0 || ::poll(&descriptor, 1, static_cast<int>(left.count())) == 0)
      return opened;
    wanted = PQconnectPoll(connection);
  }
  PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
  opened.ok = wanted == PGRES_POLLING_OK;
  return opened;
}

constexpr int kBinary = 1;
constexpr const char* kReadSegments =
    "select batch, sequence, chunk, format::integer, payload from segment where slice = $1::integer"
    " and (batch, sequence, chunk) >= ($2::bigint, $3::bigint, $4::integer)"
    " and (batch, sequence, chunk) <= ($5::bigint, $6::bigint, $7::integer) order by batch, "
    "sequence, chunk";

// Columns come as PostgreSQL sends them: big-endian.
std::int64_t int64_at(const PGresult* result, int row, int column) {
  std::uint64_t value = 0;
  std::memcpy(&value, PQgetvalue(result, row, column), sizeof value);
  return static_cast<std::int64_t>(be64toh(value));
}
std::int32_t int32_at(const PGresult* result, int row, int column) {
  std::uint32_t value = 0;
  std::memcpy(&value, PQgetvalue(result, row, column), sizeof value);
  return static_cast<std::int32_t>(be32toh(value));
}

StoredSegment segment_at(const PGresult* result, int row) {
  StoredSegment segment;
  segment.key.batch = int64_at(result, row, 0);
  segment.key.sequence = int64_at(result, row, 1);
  segment.key.chunk = int32_at(result, row, 2);
  segment.format = int32_at(result, row, 3);
  segment.payload = {PQgetvalue(result, row, 4),
                     static_cast<std::size_t>(PQgetlength(result, row, 4))};
  return segment;
}

Failure failure_of(const PostgresOptions& options, const PGconn* connection,
                   const PGresult* result) {
  const char* const state =
      result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return postgres_failure(state == nullptr ? "" : state,
                          without_password(options, PQerrorMessage(connection)));
}

}  // namespace

std::string complete_conninfo(const PostgresOptions& options) {
  const ConninfoHandle parsed = parse(options);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout).count();
  const auto give_up = (options.statement_timeout + options.stall_margin).count();
  // A peer that has vanished is noticed within the statement's own time.
  std::vector<std::pair<std::string, std::string>> ours{
      {"connect_timeout", std::to_string(seconds)},
      {"tcp_user_timeout", std::to_string(give_up)},
      {"keepalives_idle", "5"},
      {"keepalives_interval", "5"},
      {"keepalives_count", "3"},
      {"application_name", "rollcall"},
      {"client_encoding", "UTF8"}};
  std::string conninfo;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || std::string_view(option->keyword) == "client_encoding") continue;
    append(conninfo, option->keyword, option->val);
    std::erase_if(ours, [&](const auto& pair) { return pair.first == option->keyword; });
  }
  for (const auto& [keyword, value] : ours) append(conninfo, keyword, value);
  return conninfo;
}

std::string without_password(const PostgresOptions& options, std::string message) {
  try {
    const ConninfoHandle parsed = parse(options);
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
      const std::string_view keyword = option->keyword;
      if (option->val == nullptr || (keyword != "password" && keyword != "sslpassword")) continue;
      const std::string_view secret = option->val;
      for (auto at = message.find(secret); !secret.empty() && at != std::string::npos;
           at = message.find(secret, at + 3)) {
        message.replace(at, secret.size(), "***");
      }
    }
  } catch (const ConnectionRefused&) {  // a text that cannot be read has never been sent anywhere
  }
  return message;
}

std::string quoted_schema(const PostgresOptions& options) {
  std::string quoted = "\"";
  for (const char character : options.schema) quoted.append(character == '"' ? 2 : 1, character);
  return quoted + "\"";
}

std::string transaction_settings(const PostgresOptions& options) {
  const auto milliseconds = [](std::chrono::milliseconds time) {
    return std::to_string(time.count());
  };
  return "set local statement_timeout = " + milliseconds(options.statement_timeout) +
         "; set local lock_timeout = " + milliseconds(options.lock_timeout) +
         "; set local idle_in_transaction_session_timeout = " +
         milliseconds(options.idle_in_transaction_timeout) +
         "; set local client_min_messages = warning; set local search_path = " +
         quoted_schema(options) +
         // A commit that we report must be durable, whatever the database's default; more than that
         // is respected.
         "; select set_config('synchronous_commit', 'on', true) where "
         "current_setting('synchronous_commit') = 'off'";
}

Failure diagnose_refusal(const PostgresOptions& options, const std::string& message) {
  const Opened opened = open_connection(options);
  const std::string safe = without_password(options, message);
  if (opened.connection == nullptr || opened.ok) return postgres_failure("", safe);
  if (auto refused = pooler_refusal(safe)) return *std::move(refused);
  // Said by libpq itself, in English as long as nobody calls setlocale(): a port that is no number,
  // an unknown sslmode.
  if (message.starts_with("invalid ")) {
    return misconfigured("PostgreSQL: " + safe,
                         "Correct the database URL: postgresql://USER@HOST:PORT/DATABASE.");
  }
  if (PQconnectionNeedsPassword(opened.connection.get()) != 0) {
    return misconfigured("PostgreSQL: " + safe,
                         "Give the password in the database URL or in database.url_file.");
  }
  return postgres_failure(sqlstate_of(PQerrorMessage(opened.connection.get())), safe);
}

Failure diagnose_transaction(const PostgresOptions& options, Cutter& cutter,
                             const std::string& message) {
  const Opened opened = open_connection(options);
  if (!opened.ok) return postgres_failure("", without_password(options, message));
  const Watch watch(cutter, PQsocket(opened.connection.get()));
  const Busy busy(watch);
  const ResultHandle begun(PQexec(opened.connection.get(), "begin"));
  if (PQresultStatus(begun.get()) == PGRES_COMMAND_OK)  // it was the moment
    return postgres_failure("", without_password(options, message));
  return postgres_failure("", without_password(options, PQerrorMessage(opened.connection.get())));
}

Result<std::unique_ptr<SegmentReader>> SegmentReader::open(const PostgresOptions& options,
                                                           Cutter& cutter) {
  Opened opened = open_connection(options);
  PGconn* const connection = opened.connection.get();
  if (connection == nullptr) return transient("PostgreSQL: no memory for a connection");
  if (!opened.ok) {
    const std::string message = without_password(options, PQerrorMessage(connection));
    return postgres_failure(sqlstate_of(message), message.empty() ? "no answer in time" : message);
  }
  return std::unique_ptr<SegmentReader>(
      new SegmentReader(options, cutter, opened.connection.release()));
}

SegmentReader::SegmentReader(const PostgresOptions& options, Cutter& cutter, pg_conn* connection)
    : options_(options),
      connection_(connection),
      watch_(std::make_unique<Watch>(cutter, PQsocket(connection))),
      begin_("begin; " + transaction_settings(options)) {}

SegmentReader::~SegmentReader() {
  watch_.reset();
  PQfinish(connection_);
}

Result<void> SegmentReader::run(const std::string& sql) {
  const Busy busy(*watch_);
  const ResultHandle done(PQexec(connection_, sql.c_str()));
  const auto status = PQresultStatus(done.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  return failure_of(options_, connection_, done.get());
}

Result<std::size_t> SegmentReader::read(std::uint32_t slice, const SegmentKey& first,
                                        const SegmentKey& last, const Visitor& visit) {
  const std::array<std::string, 7> texts{
      std::to_string(slice),       std::to_string(first.batch), std::to_string(first.sequence),
      std::to_string(first.chunk), std::to_string(last.batch),  std::to_string(last.sequence),
      std::to_string(last.chunk)};
  std::array<const char*, 7> values{};
  for (std::size_t i = 0; i < texts.size(); ++i) values[i] = texts[i].c_str();
  auto begun = run(begin_);
  if (!begun) return begun.error();
  ResultHandle result;
  {
    const Busy busy(*watch_);
    result.reset(PQexecParams(connection_, kReadSegments, static_cast<int>(values.size()), nullptr,
                              values.data(), nullptr, nullptr, kBinary));
  }
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
    return failure_of(options_, connection_, result.get());
  auto ended = run("commit");  // at once: the visitor may take its time
  if (!ended) return ended.error();
  const int rows = PQntuples(result.get());
  for (int row = 0; row < rows; ++row) {
    auto visited = visit(segment_at(result.get(), row));
    if (!visited) return visited.error();
  }
  return static_cast<std::size_t>(rows);
}

}  // namespace rollcall::postgres
