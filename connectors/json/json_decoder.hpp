#pragma once

#include <memory>
#include <string_view>

#include "connectors/json/field_names.hpp"
#include "pipeline/ports/decoder.hpp"

namespace rollcall::json {

// Reads one event from one JSON object in a single pass, with simdjson On-Demand.
// Owner:   the daemon, one for each distinct field mapping.
// Runs on: the loop. Not thread-safe. Blocks never; allocates only while its buffers grow.
// Limits:  keeps about six times the longest payload seen (bounded by the source). Nesting: kNestingMax.
// Fails:   never; what cannot be read is a BadRecord. A payload that is not one JSON text says so whatever else is
//          wrong with it; of several wrong fields the first one is named.
//
// Everything is validated, also what no field needs: an unknown value that is not JSON makes the record bad. Unknown
// fields are counted in every object that the mapping leads into. A null is a field, or an object on the way to one, that is
// not there. A field that is not needed (is_needed) and cannot be read is left out and counted: unread_fields. A mapped
// field that occurs twice is conflicting. Text with a NUL is a wrong type for `batch`, `side` and `source`, as no database
// text can hold it. A byte order mark before the JSON is skipped.
class JsonDecoder final : public Decoder {
 public:
  // `names` must have no problems().
  explicit JsonDecoder(const FieldNames& names = {});
  ~JsonDecoder() override;
  JsonDecoder(const JsonDecoder&) = delete;
  JsonDecoder& operator=(const JsonDecoder&) = delete;

  [[nodiscard]] const Event* decode(std::string_view payload, BadRecord& bad) override;

 private:
  class Impl;  // keeps simdjson in one translation unit, as its names depend on compiler flags
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::json
