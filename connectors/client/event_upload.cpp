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

// "/17/side": line 17 of the body, from 1, and its field.
std::optional<files::Refusal> refusal_at(const EventChunk& chunk, std::string_view pointer) {
  if (!pointer.starts_with('/')) return std::nullopt;
  pointer.remove_prefix(1);
  const auto slash = pointer.find('/');
  const auto line = number_of(pointer.substr(0, slash));
  if (!line || *line == 0 || *line > chunk.lines.size()) return std::nullopt;
  const auto field = slash == pointer.npos ? std::string_view{} : pointer.substr(slash + 1);
  return files::Refusal{chunk.lines[*line - 1], std::string{field}, {}};
}

}  // namespace

std::string idempotency_key(const EventChunk& chunk) {
  const auto hash = XXH3_128bits_withSeed(chunk.body.data(), chunk.body.size(), chunk.index);
  std::string key = "import-";
  append_hex(key, hash.high64);
  append_hex(key, hash.low64);
  return key;
}

std::optional<UploadReceipt> receipt_of(const EventChunk& chunk, const HttpAnswer& answer) {
  if (answer.status != kCreated && answer.status != kUnprocessable) return std::nullopt;
  if (json::check_syntax(answer.body) != json::Syntax::valid) return std::nullopt;
  const auto count = [&](std::string_view name) {
    return number_of(json::member_of(answer.body, name));
  };
  const auto accepted = count("accepted");
  const auto duplicates = count("duplicates");
  if (!accepted || !duplicates) return std::nullopt;
  UploadReceipt receipt{*accepted, *duplicates, count("rejected").value_or(0), {}};
  for (const auto& error : problem_of(answer).errors) {
    auto refusal = refusal_at(chunk, error.pointer);
    if (!refusal) continue;
    refusal->message = error.message;
    receipt.first_refused.push_back(std::move(*refusal));
  }
  return receipt;
}

EventUpload::EventUpload(HttpClient& client, Options options)
    : client_(client), options_(std::move(options)), policy_(options_.backoff, options_.seed) {}

Result<UploadReceipt> EventUpload::send(const EventChunk& chunk) {
  if (chunk.lines.empty()) return UploadReceipt{};
  const auto answer = try_until_answered(chunk);
  if (!answer) return answer.error();
  if (auto receipt = receipt_of(chunk, *answer)) return std::move(*receipt);
  if (answer->status != kCreated) return failure_of(*answer, client_.url());
  return fatal(client_.url() + " does not say how many records it took",
               "Look whether a rollcall daemon of this version answers there.");
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
