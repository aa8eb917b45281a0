#include "connectors/client/event_upload.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <xxhash.h>

#include "connectors/client/api_answer.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"

namespace rollcall::client {
namespace {

constexpr int kOk = 200;
constexpr int kCreated = 201;
constexpr int kErrorsBegin = 400;
constexpr int kNotFound = 404;
constexpr std::size_t kReasonBytesMax = 1'000;  // of what is told of a refused row
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;
constexpr std::string_view kCustomersPointer = "/customers/";

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

// "/17/side": line 17 of a body of events, from 1, and its field. "/customers/17/email": customer
// 17 of an array, from 0.
std::optional<files::Refusal> refusal_at(const EventChunk& chunk, std::string_view pointer,
                                         files::Content content) {
  const bool from_one = content == files::Content::events;
  const std::string_view begin = from_one ? "/" : kCustomersPointer;
  if (!pointer.starts_with(begin)) return std::nullopt;
  pointer.remove_prefix(begin.size());
  const auto slash = pointer.find('/');
  const auto number = number_of(pointer.substr(0, slash));
  if (!number || (from_one && *number == 0)) return std::nullopt;
  const std::uint64_t place = *number - (from_one ? 1 : 0);
  if (place >= chunk.lines.size()) return std::nullopt;
  const auto field = slash == pointer.npos ? std::string_view{} : pointer.substr(slash + 1);
  return files::Refusal{chunk.lines[place], std::string{field}, {}};
}

// What a refused field holds, for people: "Shipped" says more than the line it stands in.
std::string value_at(const EventChunk& chunk, const files::Refusal& refusal) {
  std::size_t begin = 0;
  for (const std::uint64_t line : chunk.lines) {
    if (line == refusal.line) break;
    begin = chunk.body.find('\n', begin) + 1;
  }
  const auto record =
      std::string_view{chunk.body}.substr(begin, chunk.body.find('\n', begin) - begin);
  if (refusal.field.empty() || json::check_syntax(record) != json::Syntax::valid) return {};
  const auto value = json::member_of(record, refusal.field);
  return value.empty() ? "" : json::shortened(value) + ' ';
}

std::vector<files::Refusal> refusals_in(const EventChunk& chunk, const HttpAnswer& answer,
                                        files::Content content) {
  std::vector<files::Refusal> refusals;
  for (const auto& error : problem_of(answer).errors) {
    auto refusal = refusal_at(chunk, error.pointer, content);
    if (!refusal) continue;
    refusal->message = value_at(chunk, *refusal) + error.message;
    refusals.push_back(std::move(*refusal));
  }
  return refusals;
}

Failure no_receipt(const std::string& url) {
  return fatal(url + " does not say how many records it took",
               "Look whether a rollcall daemon of this version answers there.");
}

// {"customers":[...]} of the same objects.
std::string as_customers(const std::string& lines) {
  std::string body = "{\"customers\":[" + lines;
  std::replace(body.begin(), body.end(), '\n', ',');
  body.pop_back();
  return body + "]}";
}

// The chunk without the lines of the file that were refused.
EventChunk without(const EventChunk& chunk, const std::vector<files::Refusal>& refused) {
  EventChunk rest;
  rest.index = chunk.index;
  std::size_t begin = 0;
  for (const std::uint64_t line : chunk.lines) {
    const std::size_t end = chunk.body.find('\n', begin) + 1;
    const bool is_refused = std::any_of(refused.begin(), refused.end(),
                                        [line](const auto& one) { return one.line == line; });
    if (!is_refused) {
      rest.body.append(chunk.body, begin, end - begin);
      rest.lines.push_back(line);
    }
    begin = end;
  }
  return rest;
}

}  // namespace

std::string idempotency_key(const EventChunk& chunk, const std::string& batch) {
  const auto seed = XXH3_64bits_withSeed(batch.data(), batch.size(), chunk.index);
  const auto hash = XXH3_128bits_withSeed(chunk.body.data(), chunk.body.size(), seed);
  std::string key = "import-";
  append_hex(key, hash.high64);
  append_hex(key, hash.low64);
  return key;
}

std::optional<UploadReceipt> receipt_of(const EventChunk& chunk, const HttpAnswer& answer,
                                        files::Content content) {
  if (answer.status != kCreated && answer.status != kUnprocessable) return std::nullopt;
  if (json::check_syntax(answer.body) != json::Syntax::valid) return std::nullopt;
  const auto count = [&](std::string_view name) {
    return number_of(json::member_of(answer.body, name));
  };
  const std::uint64_t all = chunk.lines.size();
  UploadReceipt receipt;
  receipt.first_refused = refusals_in(chunk, answer, content);
  if (content == files::Content::customers) {
    if (answer.status != kCreated) return std::nullopt;
    receipt.accepted = count("accepted").value_or(all);
    receipt.duplicates = count("duplicates").value_or(0);
    return receipt;
  }
  const auto accepted = count("accepted");
  const auto duplicates = count("duplicates");
  if (!accepted || !duplicates) return std::nullopt;
  receipt.accepted = *accepted;
  receipt.duplicates = *duplicates;
  receipt.refused = count("rejected").value_or(0);
  return receipt;
}

EventUpload::EventUpload(HttpClient& client, Options options)
    : client_(client), options_(std::move(options)), policy_(options_.backoff, options_.seed) {}

Result<UploadReceipt> EventUpload::send(const EventChunk& chunk) {
  if (chunk.lines.empty()) return UploadReceipt{};
  if (options_.content == files::Content::customers) return send_customers(chunk);
  if (!options_.batch.empty() && batch_number_.empty()) {
    auto number = find_or_make_batch();
    if (!number) return number.error();
    batch_number_ = std::move(*number);
  }
  const auto answer = try_until_answered(request_of(chunk));
  if (!answer) return answer.error();
  if (auto receipt = receipt_of(chunk, *answer, options_.content)) return std::move(*receipt);
  if (answer->status != kCreated) return failure_of(*answer, client_.url());
  return no_receipt(client_.url());
}

// One bad customer refuses its whole body, and the first hundred are named: the others are sent without them, so that a
// daemon that is stricter than we are costs nobody else.
Result<UploadReceipt> EventUpload::send_customers(EventChunk left) {
  UploadReceipt total;
  while (!left.lines.empty()) {
    const auto answer = try_until_answered(request_of(left));
    if (!answer) return answer.error();
    if (const auto receipt = receipt_of(left, *answer, options_.content)) {
      total.accepted += receipt->accepted;
      total.duplicates += receipt->duplicates;
      break;
    }
    const auto refused = answer->status == kUnprocessable
                             ? refusals_in(left, *answer, options_.content)
                             : std::vector<files::Refusal>{};
    if (refused.empty() && answer->status == kCreated) return no_receipt(client_.url());
    if (refused.empty()) return failure_of(*answer, client_.url());
    const std::size_t before = left.lines.size();
    left = without(left, refused);
    total.refused += before - left.lines.size();
    total.first_refused.insert(total.first_refused.end(), refused.begin(), refused.end());
  }
  return total;
}

Result<void> EventUpload::begin() { return tell("/api/v1/imports", ""); }

Result<void> EventUpload::end(const std::vector<files::Refusal>& first_refused,
                              std::uint64_t refused) {
  std::string more = ",\"refused\":[";
  http::JsonWriter json{more};
  for (const files::Refusal& refusal : first_refused) {
    const std::string reason =
        (refusal.field.empty() ? "" : refusal.field + ": ") + refusal.message;
    json.open('{').member("line", refusal.line);
    json.member("reason", reason.substr(0, kReasonBytesMax)).close('}');
  }
  more += "],\"refused_total\":" + std::to_string(refused);
  return tell("/api/v1/imports/end", more);
}

// Customers are compared and nothing of theirs is missing: nobody has to doubt them.
Result<void> EventUpload::tell(const std::string& target, const std::string& more) {
  if (options_.content == files::Content::customers) return {};
  HttpRequest request;
  request.method = "POST";
  request.target = target;
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
  http::JsonWriter json{request.body};
  json.open('{').member("import", options_.import);
  if (!options_.batch.empty()) json.member("batch_name", options_.batch);
  if (!options_.side.empty()) json.member("side", options_.side);
  request.body += more + "}";
  const auto answer = try_until_answered(request);
  if (!answer) return answer.error();
  // A daemon of an older version knows no imports, and takes records all the same.
  if (answer->status == kOk || answer->status == kNotFound) return {};
  return failure_of(*answer, client_.url());
}

Result<std::string> EventUpload::find_or_make_batch() {
  HttpRequest look;
  look.target = batch_path(options_.batch, true);
  look.headers = {{"Accept", "application/json"}};
  HttpRequest make;
  make.method = "POST";
  make.target = "/api/v1/batches";
  make.headers = {{"Content-Type", "application/json"}};
  http::JsonWriter{make.body}.open('{').member("batch_name", options_.batch).close('}');
  for (;;) {
    auto answer = try_until_answered(look);
    if (answer && answer->status == kNotFound) {
      answer = try_until_answered(make);
      if (answer && answer->status == kConflict) continue;  // somebody else has just made it
    }
    if (!answer) return answer.error();
    if (answer->status != kOk && answer->status != kCreated)
      return failure_of(*answer, client_.url());
    const bool is_json = json::check_syntax(answer->body) == json::Syntax::valid;
    std::string number{is_json ? json::member_of(answer->body, "id") : ""};
    if (!number.empty()) return number;
    return fatal(client_.url() + " does not say which number the batch has",
                 "Look whether a rollcall daemon of this version answers there.");
  }
}

HttpRequest EventUpload::request_of(const EventChunk& chunk) const {
  HttpRequest request;
  request.method = "POST";
  request.timeout = options_.timeout;
  request.headers = {{"Accept", "application/json"}};
  if (options_.content == files::Content::customers) {
    // Without a key: a customer that is sent again is only brought up to date again.
    request.target = "/api/v1/customers/bulk";
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = as_customers(chunk.body);
  } else {
    request.target = "/api/v1/events";
    request.headers.emplace_back("Content-Type", "application/x-ndjson");
    request.headers.emplace_back("Idempotency-Key", idempotency_key(chunk, batch_number_));
    request.body = chunk.body;
  }
  return request;
}

// Whatever the answer is, it is one that another try would not change.
Result<HttpAnswer> EventUpload::try_until_answered(const HttpRequest& request) {
  policy_.reset();
  std::optional<TimePoint> give_up;
  for (;;) {
    auto answer = client_.send(request);
    if (!answer && answer.error().kind != FailureKind::transient) return answer;
    if (answer && answer->status < kErrorsBegin) return answer;
    const Failure failure = answer ? failure_of(*answer, client_.url()) : answer.error();
    if (failure.kind != FailureKind::transient) return answer;
    const auto now = std::chrono::steady_clock::now();
    if (!give_up) give_up = now + options_.retry;
    auto pause = policy_.next();
    if (answer) pause = std::max(pause, retry_after(*answer).value_or(pause));
    if (now + pause > *give_up) return failure;
    if (options_.say) options_.say(failure.message);
    if (!client_.wait(pause)) return fatal("interrupted", {});
  }
}

}  // namespace rollcall::client
