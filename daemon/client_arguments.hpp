#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rollcall {

enum class Output { table, json, csv };

// What the subcommands that ask a running daemon were told by flags; variables: client_options().
struct ClientArguments {
  std::optional<std::string> url;
  std::string token;       // from the flag
  std::string token_file;  // instead of it
  std::string ca_file;     // empty: whom the system trusts
  Output output = Output::table;
  std::string batch;
  bool by_name = false;
};

struct ListArguments {
  std::string match;  // part of a batch's name
};

struct CheckArguments {
  std::uint64_t max_missing = 0;
  std::uint64_t max_unexpected = 0;
  bool allow_empty = false;  // a batch without a record is complete
  std::chrono::milliseconds wait{0};
  std::chrono::milliseconds interval{1'000};
};

struct ImportArguments {
  std::string file;        // "-": stdin
  bool customers = false;  // instead of events
  std::string format;      // empty: by the file's name
  std::string side;
  std::string id_column;
  std::string side_column;
  std::vector<std::string> metadata_columns;
  std::optional<char> delimiter;  // none: by the header, of a .tsv file a tab
  std::chrono::milliseconds retry{std::chrono::minutes{5}};
};

// Which dead letters, and why they need no more care.
struct DeadLetterArguments {
  std::vector<std::uint64_t> ids;
  std::string topic;
  std::string reason;
  std::string batch;
  std::string state;
  std::string before;
  std::string note;
};

}  // namespace rollcall
