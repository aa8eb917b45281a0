#include "connectors/client/event_upload.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <xxhash.h>

#include "connectors/client/api_answer.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"

namespace rollcall::client {
namespace {

constexpr int kCreated = 201;
constexpr int kUnprocessable = 422;

void append_hex(std::string& out, std::uint64_t word) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(word >> shift) & 15U];
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "/17/side": event 17 of the body, from 0, and its field.
std::optional<std::pair<std::uint64_t, std::string>> event_and_field(std::string_view pointer) {
  if (!pointer.starts_with('/')) return std::nullopt;
  pointer.remove_prefix(1);
  const auto slash = pointer.find('/');
  const auto event = number_of(pointer.substr(0, slash));
  if (!event) return std::nullopt;
  return std::pair{*event, std::string{slash == pointer.npos ? "" : pointer.substr(slash + 1)}};
}

Result<UploadReceipt> receipt_of(const HttpAnswer& answer, const std::string& url) {
  const bool is_json = json::check_syntax(answer.body) == json::Syntax::valid;
  const auto accepted = number_of(is_json ? json::member_of(answer.body, "accepted") : "");
  const auto duplicates = number_of(is_json ? json::member_of(answer.body, "duplicates") : "");
  if (!accepted || !duplicates)
    return fatal(url + " does not say how many records it took",
                 "Look whether a rollcall daemon of this version answers there.");
  UploadReceipt receipt;
  receipt.accepted = *accepted;
  receipt.duplicates = *duplicates;
  return receipt;
}

}  // namespace

std::string idempotency_key(const EventChunk& chunk) {
  const auto hash = XXH3_128bits_withSeed(chunk.body.data(), chunk.body.size(), chunk.index);
  std::string key = "import-";
  append_hex(key, hash.high64);
  append_hex(key, hash.low64);
  return key;
}

Refused without_refused(const EventChunk& chunk, const HttpAnswer& answer) {
  Refused result;
  std::vector<bool> gone(chunk.lines.size());
  for (const auto& error : problem_of(answer).errors) {
    const auto place = event_and_field(error.pointer);
    if (!place || place->first >= gone.size()) continue;
    result.refusals.push_back({chunk.lines[place->first], place->second, error.message});
    gone[place->first] = true;
  }
  if (result.refusals.empty()) return result;
  result.rest.index = chunk.index;
  std::string_view body = chunk.body;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    const auto line = body.substr(0, body.find('\n') + 1);
    body.remove_prefix(line.size());
    if (gone[i]) continue;
    result.rest.body.append(line);
    result.rest.lines.push_back(chunk.lines[i]);
  }
  return result;
}

EventUpload::EventUpload(HttpClient& client, Options options)
    : client_(client), options_(std::move(options)), policy_(options_.backoff, options_.seed) {}

Result<UploadReceipt> EventUpload::send(EventChunk chunk) {
  std::vector<files::Refusal> refused;
  while (!chunk.lines.empty()) {
    const auto answer = try_until_answered(chunk);
    if (!answer) return answer.error();
    if (answer->status == kCreated) {
      auto receipt = receipt_of(*answer, client_.url());
      if (receipt) receipt->refused = std::move(refused);
      return receipt;
    }
    // One bad event refuses the whole body; each try after it lacks at least that one.
    auto split = without_refused(chunk, *answer);
    if (answer->status != kUnprocessable || split.refusals.empty())
      return failure_of(*answer, client_.url());
    std::move(split.refusals.begin(), split.refusals.end(), std::back_inserter(refused));
    chunk = std::move(split.rest);
  }
  UploadReceipt nothing_left;
  nothing_left.refused = std::move(refused);
  return nothing_left;
}

// Whatever the answer is, it is one that another try would not change.
Result<HttpAnswer> EventUpload::try_until_answered(const EventChunk& chunk) {
  policy_.reset();
  std::optional<TimePoint> give_up;
  for (;;) {
    auto answer = post(chunk);
    if (answer) {
      const Failure failure = failure_of(*answer, client_.url());
      if (answer->status == kCreated || failure.kind != FailureKind::transient) return answer;
    } else if (answer.error().kind != FailureKind::transient) {
      return answer;
    }
    const Failure failure = answer ? failure_of(*answer, client_.url()) : answer.error();
    const auto now = std::chrono::steady_clock::now();
    if (!give_up) give_up = now + options_.retry;
    auto pause = policy_.next();
    if (answer) pause = std::max(pause, retry_after(*answer).value_or(pause));
    if (now + pause > *give_up) return failure;
    if (options_.say) options_.say(failure.message);
    if (!client_.wait(pause)) return fatal("interrupted", {});
  }
}

Result<HttpAnswer> EventUpload::post(const EventChunk& chunk) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/api/v1/events";
  request.headers = {{"Content-Type", "application/x-ndjson"},
                     {"Accept", "application/json"},
                     {"Idempotency-Key", idempotency_key(chunk)}};
  request.body = chunk.body;
  request.timeout = options_.timeout;
  return client_.send(request);
}

}  // namespace rollcall::client
