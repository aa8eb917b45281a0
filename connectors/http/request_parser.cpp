#include "connectors/http/request_parser.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <utility>

#include "pipeline/ensure.hpp"

namespace rollcall::http {
namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t kRequestIdMax = 128;

Method method_of(bhttp::verb verb) {
  switch (verb) {
    case bhttp::verb::get:
      return Method::get;
    case bhttp::verb::head:
      return Method::head;
    case bhttp::verb::options:
      return Method::options;
    case bhttp::verb::post:
      return Method::post;
    case bhttp::verb::put:
      return Method::put;
    case bhttp::verb::patch:
      return Method::patch;
    case bhttp::verb::delete_:
      return Method::del;
    default:
      return Method::other;
  }
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Safe to write into a header and a log line.
bool is_good_request_id(std::string_view id) {
  if (id.empty() || id.size() > kRequestIdMax) return false;
  for (const char c : id) {
    if (c <= ' ' || c > '~') return false;
  }
  return true;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Whether a header line goes on in the next one. Beast joins such lines without a word; others end
// the header's value there, so the two would not see the same request. `last` is the byte before.
bool is_folded(std::string_view bytes, char last) {
  for (const char c : bytes) {
    if (last == '\n' && (c == ' ' || c == '\t')) return true;
    last = c;
  }
  return false;
}

Problem folded_header() {
  return {400, "folded_header", "A header must stand on one line of its own.", {}, {}};
}

// Several fields of one name are one list.
void append_list(std::string& list, std::string_view value) {
  if (!list.empty()) list += ", ";
  list.append(value);
}

Problem problem_of(const error_code& error) {
  if (error == bhttp::error::body_limit)
    return {413, "body_too_large", "The body is larger than this server takes.", {}, {}};
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    return {431,
            "header_too_large",
            "The request line and headers are larger than this server takes.",
            {},
            {}};
  }
  return {400, "bad_request", "This is not a well-formed HTTP/1.1 request.", {}, {}};
}

}  // namespace

// Beast's parser with our own idea of what to keep: no list of fields, no allocation for those that
// nobody reads.
class RequestParser::Beast final : public bhttp::basic_parser<true> {
 public:
  explicit Beast(Request& request) : request_(request) {}
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
  void take_body(Body body, std::uint64_t bytes_max) {
    keeps_body_ = body == Body::keep;
    body_bytes_left_ = bytes_max;
  }

 private:
  void on_request_impl(bhttp::verb verb, beast::string_view, beast::string_view target, int version,
                       error_code&) override {
    request_.method = method_of(verb);
    request_.target.assign(target.data(), target.size());
    request_.http_1_0 = version == 10;
  }

  void on_field_impl(bhttp::field name, beast::string_view name_text, beast::string_view value,
                     error_code& error) override {
    if (is_header_done()) return;  // a trailer changes nothing of what was decided from the header
    switch (name) {
      case bhttp::field::host:
        ++hosts_;
        request_.host.assign(value.data(), value.size());
        return;
      case bhttp::field::content_length:
        return take_length(value, error);
      case bhttp::field::accept:
        append_list(request_.accept, view(value));
        return;
      case bhttp::field::accept_encoding:
        append_list(request_.accept_encoding, view(value));
        return;
      case bhttp::field::if_none_match:
        append_list(request_.if_none_match, view(value));
        return;
      case bhttp::field::content_encoding:
        append_list(request_.content_encoding, view(value));
        return;
      case bhttp::field::content_type:
        request_.content_type.assign(value.data(), value.size());
        return;
      case bhttp::field::expect:
        expect(value, error);
        return;
      case bhttp::field::transfer_encoding:
        if (!beast::iequals(value, "chunked") || request_.http_1_0) {
          refuse({501,
                  "unknown_transfer_coding",
                  "The only transfer coding that is understood is chunked.",
                  {},
                  {}},
                 error);
        }
        return;
      default:
        break;
    }
    if (name == bhttp::field::authorization)
      return assign_once(request_.authorization, value, error);
    if (name == bhttp::field::origin) {
      request_.origin.assign(value.data(), value.size());
      return;
    }
    if (beast::iequals(name_text, "Idempotency-Key") && value.empty()) {
      // Taken for none, it would leave a client without the protection that it asks for.
      return refuse({400, "bad_idempotency_key", "An Idempotency-Key must not be empty.", {}, {}},
                    error);
    }
    if (name == bhttp::field::access_control_request_method) {
      request_.asks_preflight = true;
      return;
    }
    if (name_text.size() == 14 && beast::iequals(name_text, "Sec-Fetch-Site")) {
      request_.cross_site = value != "same-origin" && value != "none";
      return;
    }
    if (beast::iequals(name_text, "Idempotency-Key"))
      return assign_once(request_.idempotency_key, value, error);
    if (name_text.size() == 12 && beast::iequals(name_text, "X-Request-Id") &&
        is_good_request_id(view(value))) {
      request_.id.assign(value.data(), value.size());
    }
  }

  // Even the same number twice: who stands between may have read one that was left out.
  void take_length(beast::string_view value, error_code& error) {
    if (!std::exchange(has_length_, true) && is_number(view(value))) return;
    refuse({400, "bad_content_length", "A Content-Length is one number, and comes once.", {}, {}},
           error);
  }

  void on_header_impl(error_code& error) override {
    request_.keep_alive = keep_alive();
    request_.chunked = chunked();
    if (const auto length = content_length()) request_.content_length = *length;
    if (hosts_ > 1 || (hosts_ == 0 && !request_.http_1_0)) {
      refuse({400, "bad_host", "A request of HTTP/1.1 needs exactly one Host header.", {}, {}},
             error);
    }
  }

  // Two of a field that decides who asks for what would let two parties see different requests.
  void assign_once(std::string& field, beast::string_view value, error_code& error) {
    if (!field.empty()) {
      refuse({400, "repeated_header", "A header that may come once came twice.", {}, {}}, error);
    }
    field.assign(value.data(), value.size());
  }

  void expect(beast::string_view value, error_code& error) {
    if (beast::iequals(value, "100-continue")) {
      request_.expects_continue = !request_.http_1_0;
    } else {
      refuse({417,
              "unknown_expectation",
              "The only expectation that is understood is 100-continue.",
              {},
              {}},
             error);
    }
  }

  void refuse(Problem problem, error_code& error) {
    problem_ = std::move(problem);
    error = bhttp::error::bad_value;
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code& error) override {
    return take(body, error);
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 error_code& error) override {
    return take(body, error);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t take(beast::string_view body, error_code& error) {
    if (body.size() > body_bytes_left_) {
      error = bhttp::error::body_limit;
      return 0;
    }
    body_bytes_left_ -= body.size();
    if (keeps_body_) request_.body.append(body.data(), body.size());
    return body.size();
  }

  Request& request_;
  std::optional<Problem> problem_;
  unsigned hosts_ = 0;
  bool has_length_ = false;
  bool keeps_body_ = false;
  std::uint64_t body_bytes_left_ = 0;
};

struct RequestParser::State {
  State(Request& request_, std::size_t header_bytes_max_)
      : request(request_), header_bytes_max(header_bytes_max_) {}

  Request& request;
  std::size_t header_bytes_max;
  std::optional<Beast> beast;  // good for one request
  bool header_told = false;
  std::size_t header_bytes = 0;
  char header_last = 0;  // the byte before the next one
  Problem failure;
};

RequestParser::RequestParser(Request& request, std::size_t header_bytes_max)
    : state_(std::make_unique<State>(request, header_bytes_max)) {
  restart();
}

RequestParser::~RequestParser() = default;

void RequestParser::restart() {
  state_->request.clear();
  state_->header_bytes = 0;
  state_->header_last = 0;
  Beast& parser = state_->beast.emplace(state_->request);
  parser.header_limit(static_cast<std::uint32_t>(state_->header_bytes_max));
  parser.body_limit(boost::none);  // take() counts
  parser.eager(false);  // stops behind the header, so that we can say what becomes of the body
  state_->header_told = false;
}

void RequestParser::take_body(Body body, std::uint64_t bytes_max) {
  state_->beast->take_body(body, bytes_max);
  state_->beast->eager(true);
}

RequestParser::Progress RequestParser::feed(std::string_view bytes, std::size_t& consumed) {
  Beast& parser = *state_->beast;
  if (parser.is_done() && state_->header_told) return Progress::complete;
  while (!bytes.empty()) {
    error_code error;
    const bool in_header = !parser.is_header_done();
    const std::size_t taken =
        parser.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
    consumed += taken;
    if (in_header && taken > 0) {
      if (is_folded(bytes.substr(0, taken), state_->header_last)) {
        state_->failure = folded_header();
        return Progress::failed;
      }
      state_->header_last = bytes[taken - 1];
    }
    bytes.remove_prefix(taken);
    // Beast's own limit begins anew with each field that it takes, so a drip of fields would never
    // meet it.
    if (in_header) state_->header_bytes += taken;
    const bool too_long = state_->header_bytes + (parser.is_header_done() ? 0 : bytes.size()) >
                          state_->header_bytes_max;
    if (in_header && too_long && (!error || error == bhttp::error::need_more))
      error = bhttp::error::header_limit;
    if (error == bhttp::error::need_more) break;
    if (error) {
      state_->failure = parser.problem() ? *parser.problem() : problem_of(error);
      return Progress::failed;
    }
    if (parser.is_header_done() && !std::exchange(state_->header_told, true))
      return Progress::header;
    if (parser.is_done()) return Progress::complete;
  }
  return Progress::need_more;
}

bool RequestParser::started() const { return state_->beast->got_some(); }

bool RequestParser::done() const { return state_->beast->is_done(); }

bool RequestParser::take_expectation() {
  const bool due = state_->request.expects_continue && state_->beast->is_header_done();
  if (due) state_->request.expects_continue = false;
  return due;
}

const Problem& RequestParser::failure() const { return state_->failure; }

}  // namespace rollcall::http
