#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connectors/client/http_client.hpp"
#include "connectors/files/mapping.hpp"
#include "connectors/files/record_sink.hpp"
#include "pipeline/flow/retry_policy.hpp"

namespace rollcall::client {

// Events that go out in one request. `lines` has the line of the file that each came from.
struct EventChunk {
  std::uint64_t index = 0;  // of this chunk in its file, from 0
  std::string body;         // NDJSON
  std::vector<std::uint64_t> lines;
};

// What became of a chunk. The daemon tells the first lines that it refused, and how many in all.
struct UploadReceipt {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;
  std::vector<files::Refusal> first_refused;
};

// Under which a daemon remembers that it has taken a chunk. The same place in a file, the same
// events and the same batch make the same key, whoever sends them and however often. `batch` is the
// batch's number: one that was deleted and made anew is another, and takes the events again.
[[nodiscard]] std::string idempotency_key(const EventChunk& chunk, const std::string& batch);

// What an answer to a chunk says; empty where it is no receipt. A body of events of which some
// lines are refused is answered 422, and all its others are stored; of customers only 201 is a receipt.
[[nodiscard]] std::optional<UploadReceipt> receipt_of(const EventChunk& chunk,
                                                      const HttpAnswer& answer,
                                                      files::Content content);

// Sends chunks to POST /api/v1/events until the daemon has them; customers to their own path.
// Owner:  the import; `client` outlives it. Blocks.
// Limits: tries for `retry` in all before it gives a chunk up.
// Fails:  transient where that did not help; fatal where trying again would not.
class EventUpload {
 public:
  struct Options {
    files::Content content = files::Content::events;
    std::string batch;   // name of the only one that events go to; empty: each names its own
    std::string import;  // the file as given: tells the daemon which import this is
    std::string side;    // that all events speak for; empty: each its own
    std::chrono::milliseconds retry{std::chrono::minutes{5}};
    std::chrono::milliseconds timeout{std::chrono::minutes{2}};  // of one try
    RetryPolicy::Options backoff{std::chrono::milliseconds{100}, std::chrono::seconds{10}};
    std::uint64_t seed = 0;
    std::function<void(const std::string&)> say;  // told of a try that failed
  };

  EventUpload(HttpClient& client, Options options);

  // Announces the import: until its end is told, its batch is in doubt, so that being killed leaves no green.
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<UploadReceipt> send(const EventChunk& chunk);
  // Tells its end, and what was refused: that stays in doubt. Not to be called for an import that broke off.
  [[nodiscard]] Result<void> end(const std::vector<files::Refusal>& first_refused,
                                 std::uint64_t refused);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // The batch's number; a batch that does not exist is made.
  [[nodiscard]] Result<std::string> find_or_make_batch();
  [[nodiscard]] Result<UploadReceipt> send_customers(EventChunk left);
  [[nodiscard]] HttpRequest request_of(const EventChunk& chunk) const;
  [[nodiscard]] Result<void> tell(const std::string& target, const std::string& more);
  [[nodiscard]] Result<HttpAnswer> try_until_answered(const HttpRequest& request);

  HttpClient& client_;
  const Options options_;
  RetryPolicy policy_;
  std::string batch_number_;  // empty: not asked for yet
};

}  // namespace rollcall::client
