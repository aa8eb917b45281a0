#include "daemon/remote.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "config/load.hpp"
#include "connectors/client/api_answer.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "daemon/terminal.hpp"
#include "daemon/version.hpp"

namespace rollcall {
namespace {

constexpr int kOk = 200;

// A flag, else a variable. Not CLI11's: the subcommands share these arguments, and it would let the variable, read for
// those that were not called, win over the flag of the one that was.
std::string given(const std::string& flag, const char* variable) {
  if (!flag.empty()) return flag;
  const char* const value = std::getenv(variable);
  return value == nullptr ? std::string{} : std::string{value};
}

Result<std::string> token_of(const ClientArguments& arguments) {
  std::string token = arguments.token;
  if (!arguments.token_file.empty()) {
    const auto file = config::read_small_file(arguments.token_file);
    if (!file.error.empty())
      return misconfigured("the token's file cannot be read: " + file.error,
                           "Give --token-file a file that this user may read.");
    token = std::string{json::trimmed(file.text)};
    if (token.empty()) return misconfigured("the token's file is empty", {});
  } else if (const char* const variable = std::getenv("ROLLCALL_TOKEN");
             token.empty() && variable != nullptr) {
    token = variable;
  }
  const auto is_odd = [](char c) { return c <= ' ' || c > '~'; };
  if (std::any_of(token.begin(), token.end(), is_odd))
    return misconfigured("the token holds characters that no token has", {});
  return token;
}

// The answer where it is the one that was wanted: 200, and JSON.
Result<client::HttpAnswer> wanted(client::HttpClient& client, const client::HttpRequest& request) {
  auto answer = client.send(request);
  if (!answer) return answer;
  if (answer->status != kOk) return client::failure_of(*answer, client.url());
  if (json::check_syntax(answer->body) != json::Syntax::valid)
    return fatal(client.url() + " answers something else than JSON",
                 "Look whether a rollcall daemon listens there.");
  return answer;
}

}  // namespace

Result<client::ClientOptions> client_options(const ClientArguments& arguments,
                                             int stop_descriptor) {
  // The URL itself is not shown: it may hold the password that it is refused for.
  client::ClientOptions options;
  if (auto url = given({}, "ROLLCALL_URL"); !url.empty()) options.url = std::move(url);
  if (arguments.url) options.url = *arguments.url;
  if (const auto problem = client::url_problem(options.url); !problem.empty())
    return misconfigured("--url: " + problem, "Give for example --url http://127.0.0.1:8000.");
  const auto token = token_of(arguments);
  if (!token) return token.error();
  options.token = *token;
  options.ca_file = given(arguments.ca_file, "SSL_CERT_FILE");
  options.user_agent = "rollcall/" + std::string{version()};
  options.stop_descriptor = stop_descriptor;
  return options;
}

Result<client::HttpAnswer> get_json(client::HttpClient& client, const std::string& target) {
  client::HttpRequest request;
  request.target = target;
  request.headers = {{"Accept", "application/json"}};
  return wanted(client, request);
}

Result<client::HttpAnswer> post_json(client::HttpClient& client, const std::string& target,
                                     std::string body) {
  client::HttpRequest request;
  request.method = "POST";
  request.target = target;
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
  request.body = std::move(body);
  return wanted(client, request);
}

void say(std::string_view text) {
  const std::string line = "rollcall: " + std::string{text} + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int give_up(const Failure& failure) {
  say(failure.message + (failure.advice.empty() ? "" : ". " + failure.advice));
  if (failure.configuration) return to_int(ExitCode::usage);
  return to_int(failure.kind == FailureKind::transient ? ExitCode::unreachable
                                                       : ExitCode::runtime_error);
}

bool write_out(std::string_view data) {
  const bool done =
      std::fwrite(data.data(), 1, data.size(), stdout) == data.size() && std::fflush(stdout) == 0;
  if (!done) say("cannot write to stdout");
  return done;
}

int ended(bool done) { return to_int(done ? ExitCode::ok : ExitCode::runtime_error); }

int written(std::string_view data) { return ended(write_out(data)); }

}  // namespace rollcall
