#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ports/dead_letter.hpp"
#include "pipeline/ports/store.hpp"

namespace rollcall {

// How much of what a batch lacks may lie in records that were not read: so many ids, at most, of each side.
struct InDoubt {
  std::uint64_t expected = 0;
  std::uint64_t processed = 0;
  std::uint64_t unknown = 0;
  std::uint64_t gaps = 0;     // letters for records that were lost
  std::uint64_t imports = 0;  // letters for imports that have not ended
  std::uint64_t unread = 0;   // all others

  [[nodiscard]] bool any() const { return gaps + imports + unread > 0; }
  // Missing ids that no doubt explains: where more is missing than may have been among what was not read, some of it
  // certainly is. The same of unexpected ids.
  [[nodiscard]] std::uint64_t unexplained_missing(std::uint64_t missing) const;
  [[nodiscard]] std::uint64_t unexplained_unexpected(std::uint64_t unexpected) const;
  bool operator==(const InDoubt&) const = default;
};

// Whether what a feed brings can concern a batch: one of the feeds that have named it. A reconciliation that none has
// named yet may be named by any of them; what is compared or played over HTTP alone depends on none.
[[nodiscard]] bool depends_on(const BatchRow& batch, std::string_view feed);

// What open dead letters put in doubt, summed up: asked for with every answer, and small however many letters there are.
// Owner:  Slice. Runs on: the loop.
// Limits: of what names no batch, kGroupsMax sums a feed; beyond, neighbours in time are put together, and doubt may
//         concern batches that began between them. Of what names a batch, one sum for each such name.
class Doubts {
 public:
  static constexpr std::size_t kGroupsMax = 4'096;

  void add(const OpenDoubt& doubt);
  void clear();
  // What is said of batches of that name is over: the batch was deleted.
  void forget(std::string_view batch);
  [[nodiscard]] bool names(std::string_view batch) const { return by_batch_.contains(batch); }
  [[nodiscard]] std::vector<std::string> named() const;  // all such names

  [[nodiscard]] InDoubt about(const BatchRow& batch) const;
  // All there is, whomever it concerns; of one feed.
  [[nodiscard]] InDoubt total() const;
  [[nodiscard]] InDoubt of_feed(std::string_view feed) const;
  [[nodiscard]] std::uint64_t open_letters() const { return open_letters_; }

 private:
  // Letters of one feed that name no batch, read between two new batches and written within a second.
  struct Group {
    BatchNumber batches_before = 0;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    InDoubt sum;
  };
  struct Named {
    std::string feed;
    InDoubt sum;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class Value>
  using ByText = boost::unordered_flat_map<std::string, Value, TextHash, std::equal_to<>>;

  static void thin_out(std::vector<Group>& groups);

  ByText<std::vector<Group>> by_feed_;  // each by ascending batches_before
  ByText<Named> by_batch_;
  std::uint64_t open_letters_ = 0;
};

}  // namespace rollcall
