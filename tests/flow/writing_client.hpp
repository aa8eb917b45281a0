#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "tests/flow/process.hpp"

namespace rollcall::test {

inline AddRecords records(BatchRef batch, const std::string& side, std::uint64_t first,
                          std::uint64_t count) {
  AddRecords change;
  change.sides = {side};
  for (std::uint64_t id = first; id < first + count; ++id) {
    NamedRecord record;
    record.first = id;
    record.line = static_cast<std::uint32_t>(id - first);
    change.records.push_back(record);
  }
  change.runs = {{std::move(batch), 0, change.records.size()}};
  change.lines = count;
  return change;
}

inline WriteKey whole(std::string key, std::uint64_t fingerprint) {
  return {std::move(key), fingerprint, 0, true};
}

// A client that waits for its answer.
struct Client {
  void send(Process& process, Write write, milliseconds patience = std::chrono::seconds{30}) {
    answer.reset();
    boost::asio::co_spawn(process.loop,
                          process.reconciler->writes().write(std::move(write), patience),
                          [this](const std::exception_ptr& thrown, Result<WriteAnswer> result) {
                            REQUIRE_FALSE(thrown);
                            answer.emplace(std::move(result));
                          });
  }
  WriteAnswer ask(Process& process, Write write) {
    send(process, std::move(write));
    process.run_until([this] { return answer.has_value(); });
    REQUIRE_MESSAGE(answer->has_value(), answer->error().message);
    return **answer;
  }
  std::optional<Result<WriteAnswer>> answer;
};

inline CreateBatch batch_named(std::string name) {
  CreateBatch change;
  change.name = std::move(name);
  return change;
}

inline void start(Process& process) {
  process.run_until([&] { return process.reconciler->readiness().ready; });
}

}  // namespace rollcall::test
