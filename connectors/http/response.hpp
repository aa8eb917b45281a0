#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::http {

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kProblemType = "application/problem+json";
inline constexpr std::string_view kNdjsonType = "application/x-ndjson";
inline constexpr std::string_view kCsvType = "text/csv; charset=utf-8";
inline constexpr std::string_view kTextType = "text/plain; charset=utf-8";
inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// Writes a body piece by piece, so that a list of any length needs the memory of one piece.
// Owner:   the response. Runs on: a thread of the query pool, one call at a time; holds nothing
//          that belongs to the loop.
// Fails:   by throwing; before the first piece is sent that is a 500, later the connection is cut,
//          so that a client never takes half a list for a whole one.
class BodyProducer {
 public:
  virtual ~BodyProducer() = default;
  // Appends the next piece; false when it was the last.
  [[nodiscard]] virtual bool produce(std::string& out) = 0;
};

// One answer, complete but for what the connection adds (date, length, request id).
struct Response {
  unsigned status = 200;
  std::string_view content_type = kJsonType;  // static storage
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  // names in static storage
  std::unique_ptr<BodyProducer> producer;                         // instead of `body`
  bool whole_list = false;  // the producer has as many pieces as it takes

  // What a client or a test asks for by name; empty where it is not set.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

[[nodiscard]] std::string_view reason_phrase(unsigned status);

class BrowserHeaders;

// How one answer goes over one connection.
struct Framing {
  std::string_view date;  // IMF-fixdate
  std::string_view request_id;
  const BrowserHeaders* browser = nullptr;      // none: for tests of what comes behind
  std::string_view origin;                      // of the page that asks
  std::optional<std::uint64_t> content_length;  // none: chunked, or until the connection closes
  bool chunked = false;
  bool keep_alive = true;
  bool http_1_0 = false;
};

// Appends the status line and all headers, down to the empty line.
void append_head(std::string& out, const Response& response, const Framing& framing);

}  // namespace rollcall::http
