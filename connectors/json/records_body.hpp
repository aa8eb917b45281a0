#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "connectors/json/body_error.hpp"
#include "pipeline/ports/writes.hpp"

namespace rollcall::json {

inline constexpr std::size_t kMetadataBytesMax = 4096;

// What a body of records says.
struct RecordsBody {
  enum class Syntax { object, malformed, not_an_object };
  Syntax syntax = Syntax::malformed;
  std::optional<BatchNumber> batch;
  AddRecords change;     // `runs` is one run with all of them
  std::string metadata;  // of a single record: its JSON, "null" where it has none
  BodyErrors errors;
};

// {"batch_id":1,"records":[{"record_id":10001,"status":"expected","record_metadata":"…"}]}, in one
// pass with simdjson On-Demand. The body is padded in place. Allocates about six times its length
// for the time of the call. Runs on any thread.
[[nodiscard]] RecordsBody read_records(std::string& body);

// {"batch_id":1,"record_id":10001,"status":"expected","record_metadata":"…"}
[[nodiscard]] RecordsBody read_record(std::string& body);

}  // namespace rollcall::json
