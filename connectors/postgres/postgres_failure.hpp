#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connectors/postgres/options.hpp"
#include "pipeline/failure.hpp"

namespace rollcall::postgres {

// A commit whose fate is unknown: the connection went away while the server was told to commit.
class InDoubt : public std::exception {
 public:
  explicit InDoubt(std::string message) : message_(std::move(message)) {}
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

// The connection could not be made.
class ConnectionRefused : public std::exception {
 public:
  explicit ConnectionRefused(Failure failure) : failure_(std::move(failure)) {}
  [[nodiscard]] const Failure& failure() const { return failure_; }
  [[nodiscard]] const char* what() const noexcept override { return failure_.message.c_str(); }

 private:
  Failure failure_;
};

// What a pooler says that only its configuration, or ours, can change; nothing for any other message.
[[nodiscard]] std::optional<Failure> pooler_refusal(const std::string& message);

// What an SQLSTATE means for us. The message is the server's.
[[nodiscard]] Failure postgres_failure(std::string_view sqlstate, const std::string& message);

// What the exception in flight means; call it within a catch block.
[[nodiscard]] Failure current_failure(const PostgresOptions& options);

// Runs work that may throw what libpqxx throws; nothing comes out but a Result.
template <class Work>
auto attempt(const PostgresOptions& options, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return current_failure(options);
  }
}

}  // namespace rollcall::postgres
