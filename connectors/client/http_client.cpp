#include "connectors/client/http_client.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <curl/curl.h>
#include <poll.h>
#include <stdexcept>

#include "connectors/handle.hpp"

namespace rollcall::client {
namespace {

constexpr long kStallSeconds = 60;  // without a byte in either direction
constexpr int kPollMilliseconds = 1'000;
// What libcurl passes on of OpenSSL's verdict on the certificate's chain; 0 and 1 tell nothing against it.
constexpr long kChainUnjudged = 1;
constexpr long kNotYetValid = 9;
constexpr long kExpired = 10;

using Easy = Handle<CURL, curl_easy_cleanup>;
using Multi = Handle<CURLM, curl_multi_cleanup>;
using Url = Handle<CURLU, curl_url_cleanup>;
using List = Handle<curl_slist, curl_slist_free_all>;

// libcurl's own state begins once and lasts as long as the process.
void start_libcurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Url parse_url(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

bool is_loopback(const std::string& url) {
  const Url parsed = parse_url(url);
  if (!parsed) return false;
  const std::string host = part_of(parsed.get(), CURLUPART_HOST);
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

List list_of(const std::vector<std::pair<std::string, std::string>>& headers) {
  List list;
  for (const auto& [name, value] : headers) {
    // Without a value, libcurl leaves a header of its own away.
    std::string line = name + ":";
    if (!value.empty()) line.append(" ").append(value);
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WRITE_ERROR:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string url_problem(const std::string& url) {
  start_libcurl();
  const Url parsed = parse_url(url);
  if (!parsed) return "it is no URL";
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return "it begins with neither http:// nor https://";
  if (!part_of(parsed.get(), CURLUPART_USER).empty() ||
      !part_of(parsed.get(), CURLUPART_PASSWORD).empty())
    return "a URL is seen by everybody on the machine; give --token-file instead of a password";
  if (!part_of(parsed.get(), CURLUPART_QUERY).empty() ||
      !part_of(parsed.get(), CURLUPART_FRAGMENT).empty())
    return "it may have a path, but nothing behind '?' or '#'";
  return {};
}

class HttpClient::Impl {
 public:
  explicit Impl(ClientOptions options) : options_(std::move(options)) {
    start_libcurl();
    multi_.reset(curl_multi_init());
    easy_.reset(curl_easy_init());
    if (!multi_ || !easy_) throw std::runtime_error("libcurl gives no handle");
    while (options_.url.ends_with('/')) options_.url.pop_back();
    is_loopback_ = is_loopback(options_.url);
  }

  Result<HttpAnswer> send(const HttpRequest& request) {
    answer_ = {};
    sink_ = &request.sink;
    too_long_ = false;
    const List headers = headers_of(request);
    prepare(request, headers.get());
    const CURLcode code = perform();
    chain_ = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_SSL_VERIFYRESULT, &chain_);
    curl_easy_reset(easy_.get());
    if (stopped_) return fatal("interrupted", {});
    if (code == CURLE_OK) return std::move(answer_);
    return failure_of(code);
  }

  bool wait(std::chrono::milliseconds time) {
    pollfd stop{options_.stop_descriptor, POLLIN, 0};
    const auto until = std::chrono::steady_clock::now() + time;
    while (!stopped_) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      stopped_ =
          ::poll(&stop, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000))) > 0;
    }
    return !stopped_;
  }

  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] const std::string& url() const { return options_.url; }

 private:
  List headers_of(const HttpRequest& request) const {
    auto headers = request.headers;
    headers.emplace_back("Expect", "");  // it would wait a second for a 100 that need not come
    if (!options_.token.empty()) headers.emplace_back("Authorization", "Bearer " + options_.token);
    return list_of(headers);
  }

  template <class T>
  void set(CURLoption option, T value) {
    // Only a spelling of ours could be refused here.
    if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK)
      throw std::logic_error("libcurl refuses option " + std::to_string(option));
  }

  void prepare(const HttpRequest& request, curl_slist* headers) {
    set(CURLOPT_URL, (options_.url + request.target).c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    if (!options_.ca_file.empty()) {
      set(CURLOPT_CAINFO, options_.ca_file.c_str());
      set<const char*>(CURLOPT_CAPATH, nullptr);  // these and no others
    }
    if (is_loopback_) set(CURLOPT_PROXY, "");  // a proxy's loopback is another machine's
    set(CURLOPT_ERRORBUFFER, error_);
    error_[0] = '\0';
    set(CURLOPT_WRITEFUNCTION, &Impl::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Impl::on_header);
    set(CURLOPT_HEADERDATA, this);
    if (request.method == "POST") {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    } else if (request.method != "GET") {
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  // Waits for the answer and for the stop descriptor together.
  CURLcode perform() {
    curl_multi_add_handle(multi_.get(), easy_.get());
    CURLcode code = CURLE_OK;
    int running = 1;
    while (running > 0 && !stopped_) {
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
        code = CURLE_FAILED_INIT;
        break;
      }
      if (running > 0) wait_for_bytes();
    }
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    curl_multi_remove_handle(multi_.get(), easy_.get());
    return code;
  }

  void wait_for_bytes() {
    curl_waitfd stop{};
    stop.fd = options_.stop_descriptor;
    stop.events = CURL_WAIT_POLLIN;
    const unsigned count = options_.stop_descriptor < 0 ? 0 : 1;
    int ready = 0;
    curl_multi_poll(multi_.get(), &stop, count, kPollMilliseconds, &ready);
    stopped_ = count > 0 && stop.revents != 0;
  }

  Failure failure_of(CURLcode code) const {
    const std::string why = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
    if (code == CURLE_SSL_CACERT_BADFILE) {
      return misconfigured(
          "the file of certificates " + options_.ca_file + " cannot be used: " + why,
          "Give --ca-file (or SSL_CERT_FILE) a file of certificates in PEM.");
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION) return not_trusted(why);
    if (code == CURLE_SSL_CONNECT_ERROR && !options_.ca_file.empty()) {
      return transient(options_.url + " does not answer: " + why + ". Or " + options_.ca_file +
                       " is of a CA of the same name that has another key: see --ca-file");
    }
    if (too_long_) return fatal(options_.url + " gave an answer of more than 64 MiB", {});
    if (may_pass(code)) return transient(options_.url + " does not answer: " + why);
    return fatal(options_.url + ": " + why,
                 "Look at --url, and at the certificate where it has one.");
  }

  Failure not_trusted(const std::string& why) const {
    std::string advice =
        "Name the certificate of the CA that signed it with --ca-file FILE (or "
        "SSL_CERT_FILE).";
    if (chain_ <= kChainUnjudged) {
      advice = "Give --url a name that the certificate is for.";
    } else if (chain_ == kNotYetValid || chain_ == kExpired) {
      advice = "Give the daemon a certificate that is valid today; SIGHUP makes it read it again.";
    } else if (!options_.ca_file.empty()) {
      advice = "Nothing in " + options_.ca_file +
               " vouches for it: name the certificate of the CA that signed it with --ca-file FILE "
               "(or SSL_CERT_FILE).";
    }
    return fatal(options_.url + ": the daemon's certificate is not trusted: " + why,
                 std::move(advice));
  }

  // A line of the answer's head; a new status line begins a new answer (100 Continue).
  void take_header(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) return take_status(line);
    const auto colon = line.find(':');
    if (colon == line.npos) return;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    line.remove_prefix(colon + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    answer_.headers[name] = std::string{line};
  }

  void take_status(std::string_view line) {
    answer_.headers.clear();
    answer_.status = 0;
    line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
    std::from_chars(line.data(), line.data() + line.size(), answer_.status);
  }

  bool take_body(std::string_view bytes) {
    constexpr int kOk = 200;
    if (*sink_ && answer_.status == kOk) return (*sink_)(bytes);
    too_long_ = answer_.body.size() + bytes.size() > kAnswerBytesMax;
    if (!too_long_) answer_.body.append(bytes);
    return !too_long_;
  }

  static std::size_t on_body(char* bytes, std::size_t /*one*/, std::size_t size, void* self) {
    return static_cast<Impl*>(self)->take_body({bytes, size}) ? size : 0;
  }
  static std::size_t on_header(char* bytes, std::size_t /*one*/, std::size_t size, void* self) {
    static_cast<Impl*>(self)->take_header({bytes, size});
    return size;
  }

  ClientOptions options_;
  bool is_loopback_ = false;
  bool stopped_ = false;
  HttpAnswer answer_;
  const std::function<bool(std::string_view)>* sink_ = nullptr;
  bool too_long_ = false;
  long chain_ = 0;
  char error_[CURL_ERROR_SIZE] = {};
  Multi multi_;
  Easy easy_;  // after the multi handle: it ends first
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;
Result<HttpAnswer> HttpClient::send(const HttpRequest& request) { return impl_->send(request); }
bool HttpClient::wait(std::chrono::milliseconds time) { return impl_->wait(time); }
bool HttpClient::stopped() const { return impl_->stopped(); }
const std::string& HttpClient::url() const { return impl_->url(); }

}  // namespace rollcall::client
