#pragma once

#include <string>
#include <vector>

namespace rollcall::files {

enum class Format { csv, json, ndjson };

// What the records of a file are: events of batches, or customers of several systems.
enum class Content { events, customers };

// Where the parts of an event come from. "Column" means a column of a CSV file and a member of a
// JSON object alike. What is given for the whole file holds for every record of it, whatever the
// record says itself.
struct Mapping {
  std::string batch;        // empty: each record names its own
  std::string side;         // empty: from side_column
  std::string id_column;    // empty: record_id, else id
  std::string side_column;  // empty: side, else status
  // Go into `attrs`. Empty: record_metadata, where there is one.
  std::vector<std::string> metadata_columns;
};

}  // namespace rollcall::files
