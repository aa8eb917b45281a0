#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/ledger/record_id.hpp"
#include "pipeline/ledger/sides.hpp"

namespace rollcall {

// One call of Ledger::add.
struct Naming {
  Side side = 0;
  std::variant<OwnedRecordId, IntegerRange> what;
};

// Which kinds of ids a workload draws from; each one given is drawn equally often.
struct WorkloadKinds {
  bool dense = true;      // a sequence from 0, in random order
  bool border = true;     // around 2^32 and at both ends of the domain
  bool spread = true;     // anywhere in 64 bits
  bool snowflake = true;  // time, machine, counter
  bool text = true;
  bool ranges = true;
};

// Random namings of ids that come again: on other sides and on the same one.
class Workload {
 public:
  Workload(std::uint64_t seed, std::size_t sides, std::size_t ids_of_a_kind, WorkloadKinds kinds);
  [[nodiscard]] Naming next();

 private:
  [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] IntegerRange range();

  std::mt19937_64 random_;
  std::size_t sides_;
  std::size_t ids_;
  bool ranges_;
  std::vector<std::vector<OwnedRecordId>> pools_;
};

[[nodiscard]] std::string random_uuid(std::mt19937_64& random);

// The id as a caller passes it. The text must outlive the result.
[[nodiscard]] inline RecordId view_of(const OwnedRecordId& id) {
  if (const auto* text = std::get_if<std::string>(&id)) return RecordId::from_text(*text);
  return RecordId{std::get<std::uint64_t>(id)};
}

}  // namespace rollcall
