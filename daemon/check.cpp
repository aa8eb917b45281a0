#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/client/api_answer.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "daemon/check_outcome.hpp"
#include "daemon/commands.hpp"
#include "daemon/interrupt.hpp"
#include "daemon/remote.hpp"

namespace rollcall {
namespace {

using Clock = std::chrono::steady_clock;
using Seen = CheckState::Seen;

constexpr int kOk = 200;
constexpr int kNotModified = 304;
constexpr int kNotFound = 404;
constexpr std::chrono::milliseconds kAnswerMax{10'000};
constexpr std::string_view kShownIds = "5";
constexpr std::chrono::milliseconds kIntervalMin{50};
constexpr std::chrono::milliseconds kWaitMax{std::chrono::hours{24 * 365}};

// Asks about one batch again and again; an answer that says "unchanged" costs the daemon nothing.
class BatchWatch {
 public:
  BatchWatch(client::HttpClient& client, const ClientArguments& arguments)
      : client_(client),
        path_(client::batch_path(arguments.batch, arguments.by_name)),
        number_advice_(client::number_advice(arguments.batch)) {}

  // Fails only where asking again would not help.
  Result<void> look() {
    // What was acknowledged before we ask shall count: a verdict that is a second old is another.
    client::HttpRequest request = question(path_ + "?fresh=true");
    if (!etag_.empty()) request.headers.emplace_back("If-None-Match", etag_);
    const auto answer = client_.send(request);
    if (!answer) {
      if (answer.error().kind != FailureKind::transient) return answer.error();
      state_.seen = Seen::no_answer;
      state_.problem = answer.error().message;
      return {};
    }
    state_.ever_answered = true;
    if (answer->status == kNotModified) {
      state_.seen = Seen::batch;
      return {};
    }
    etag_.clear();
    if (answer->status == kOk) return take(*answer);
    const Failure failure = client::failure_of(*answer, client_.url());
    if (answer->status == kNotFound) {
      state_.seen = Seen::no_batch;
      state_.problem = "there is no such batch yet";
      if (!number_advice_.empty()) state_.problem += "; " + number_advice_;
    } else if (failure.kind == FailureKind::transient) {
      state_.seen = Seen::not_ready;
      state_.problem = failure.message;
    } else {
      return failure;
    }
    return {};
  }

  // For the message; without them it still says how many.
  void look_for_ids(const CheckArguments& limits) {
    if (is_over_missing(state_, limits)) state_.first_missing = first_of("/missing");
    if (is_over_unexpected(state_, limits)) state_.first_unexpected = first_of("/unexpected");
  }

  [[nodiscard]] const CheckState& state() const { return state_; }

 private:
  [[nodiscard]] static client::HttpRequest question(const std::string& target) {
    client::HttpRequest request;
    request.target = target;
    request.headers = {{"Accept", "application/json"}};
    request.timeout = kAnswerMax;
    return request;
  }

  Result<void> take(const client::HttpAnswer& answer) {
    if (json::check_syntax(answer.body) != json::Syntax::valid)
      return fatal(client_.url() + " answers something else than JSON",
                   "Look whether a rollcall daemon listens there.");
    auto batch = parse_batch(answer.body);
    if (!batch) return batch.error();
    if (!count_of(batch->missing) || !count_of(batch->unexpected))
      return fatal("batch \"" + batch->name + "\" compares other sides than expected and processed",
                   "Nothing can be missing there; ask `rollcall batch show`.");
    state_.seen = Seen::batch;
    state_.counts = std::string{json::member_of(answer.body, "counts")};
    state_.batch = std::move(*batch);
    const auto etag = answer.headers.find("etag");
    if (etag != answer.headers.end()) etag_ = etag->second;
    return {};
  }

  std::vector<std::string> first_of(std::string_view list) {
    const auto answer = client_.send(
        question(path_ + std::string{list} + "?format=json&limit=" + std::string{kShownIds}));
    std::vector<std::string> ids;
    if (!answer || answer->status != kOk || json::check_syntax(answer->body) != json::Syntax::valid)
      return ids;
    for (const auto id : json::elements_of(json::member_of(answer->body, "items")))
      ids.emplace_back(id);
    return ids;
  }

  client::HttpClient& client_;
  std::string path_;
  std::string number_advice_;
  std::string etag_;
  CheckState state_;
};

}  // namespace

int check(const ClientArguments& arguments, const CheckArguments& limits) {
  const Interrupt interrupt;
  const auto options = client_options(arguments, interrupt.descriptor());
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  BatchWatch watch(client, arguments);
  const auto end = Clock::now() + std::min(limits.wait, kWaitMax);
  for (;;) {
    const auto looked = watch.look();
    if (client.stopped()) break;
    if (!looked) return give_up(looked.error());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (is_complete(watch.state(), limits) || left.count() <= 0) break;
    if (!client.wait(std::min(std::max(limits.interval, kIntervalMin), left))) break;
  }
  if (client.stopped()) {
    say("interrupted while waiting for batch " + arguments.batch);
    return to_int(ExitCode::interrupted);
  }
  watch.look_for_ids(limits);
  say(check_line(arguments.batch, watch.state(), limits));
  if (arguments.output == Output::json &&
      !write_out(check_json(arguments.batch, watch.state(), limits)))
    return to_int(ExitCode::runtime_error);
  return to_int(exit_code_of(watch.state(), limits));
}

}  // namespace rollcall
