#include "connectors/http/access_tokens.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>

#include "connectors/http/admission.hpp"
#include "connectors/http/credentials.hpp"
#include "tests/support/temporary_directory.hpp"

namespace rollcall::http {
namespace {

AccessTokens parsed(std::string_view text) { return AccessTokens::parse(text, "tokens").value(); }

std::string complaint(std::string_view text) {
  const auto tokens = AccessTokens::parse(text, "tokens");
  REQUIRE(tokens.has_error());
  CHECK(tokens.error().configuration);
  CHECK_FALSE(tokens.error().advice.empty());
  CHECK(tokens.error().message.find("hunter2") == std::string::npos);
  CHECK(tokens.error().advice.find("hunter2") == std::string::npos);
  return tokens.error().message;
}

TEST_CASE("a file of tokens gives each its role") {
  const auto tokens = parsed(
      "# who may\n\n"
      "read dashboards-0123456789\r\n"
      "  write\tloader~._-+/=0123456789  \n"
      "read sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");  // "test"
  CHECK(tokens.role_of("dashboards-0123456789") == Role::read);
  CHECK(tokens.role_of("loader~._-+/=0123456789") == Role::write);
  CHECK(tokens.role_of("test") == Role::read);
  CHECK(tokens.role_of("") == Role::none);
  CHECK(tokens.role_of("dashboards-012345678") == Role::none);
  CHECK(tokens.role_of("dashboards-01234567890") == Role::none);
  CHECK(tokens.role_of("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08") ==
        Role::none);
  CHECK(tokens.weak_lines().empty());
}

TEST_CASE("a line may end in a name for whoever has the token") {
  const auto tokens =
      AccessTokens::parse("write hunter2hunter2hunter2 night-shift\nread otherotherother1", "f");
  REQUIRE(tokens.has_value());
  CHECK(tokens->name_of("hunter2hunter2hunter2") == "night-shift");
  CHECK(tokens->role_of("hunter2hunter2hunter2") == Role::write);
  CHECK(tokens->name_of("otherotherother1").empty());
  CHECK(tokens->name_of("nobody").empty());
}

TEST_CASE("a bad line is named by its number, and nothing of it is repeated") {
  CHECK(complaint("read good-0123456789abc\nhunter2\n") ==
        "the tokens' file tokens, line 2: the role is neither read nor write");
  CHECK(complaint("admin hunter2") ==
        "the tokens' file tokens, line 1: the role is neither read nor write");
  CHECK(complaint("\n#\nread") == "the tokens' file tokens, line 3: the token is missing");
  CHECK(complaint("read hunter2 # mine").find("line 1: the name behind the token") !=
        std::string::npos);
  CHECK(complaint("read hunter2\x01").find("line 1: the token has") != std::string::npos);
  CHECK(complaint("read sha256:hunter2").find("64 hexadecimal digits") != std::string::npos);
  CHECK(complaint("read hunter2\nwrite hunter2").find("line 2: the same token") !=
        std::string::npos);
  CHECK(complaint("# nothing\n\n").find("holds no token") != std::string::npos);
  std::string many;
  for (int line = 0; line < 1001; ++line) many += "read token-" + std::to_string(line) + "\n";
  CHECK(complaint(many).find("line 1001: more than 1000") != std::string::npos);
}

TEST_CASE("a token that may be guessed is told by its line") {
  CHECK(parsed("read short\nwrite long-enough-to-stay\n").weak_lines() ==
        std::vector<std::size_t>{1});
}

TEST_CASE("only a bearer's header has a token") {
  CHECK(AccessTokens::bearer("Bearer abc") == "abc");
  CHECK(AccessTokens::bearer("bEARER   abc ") == "abc");
  for (const char* header : {"", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc",
                             "Bearers abc", "Bearer a b", "Bear abc"}) {
    CHECK_MESSAGE(!AccessTokens::bearer(header), header);
  }
}

TEST_CASE("a file that others may read works and is warned of; one that is not there is refused") {
  test::TemporaryDirectory directory;
  Options options;
  options.tokens_file = (directory.path() / "tokens").string();
  CHECK(load_credentials(options).error().message.find("No such file") != std::string::npos);
  std::ofstream{options.tokens_file} << "read 0123456789abcdef\n";
  ::chmod(options.tokens_file.c_str(), 0600);
  CHECK(load_credentials(options)->warnings.empty());
  ::chmod(options.tokens_file.c_str(), 0640);
  REQUIRE(load_credentials(options)->warnings.size() == 1);
  CHECK(load_credentials(options)->warnings[0].find("chmod 600") != std::string::npos);
  options.tokens_file = directory.path().string();
  CHECK(load_credentials(options).error().message.find("directory") != std::string::npos);
}

TEST_CASE("an API key is a token that may write") {
  Options options;
  options.api_key = "0123456789abcdef";
  CHECK(load_credentials(options)->tokens.role_of("0123456789abcdef") == Role::write);
  options.api_key = "with space";
  CHECK(load_credentials(options).has_error());
}

// ---- What each role may ----

struct Front {
  explicit Front(const Options& options = {})
      : origins(options.cors_origins), admission(options, origins) {
    admission.use(parsed("read reader-0123456789\nwrite writer-0123456789"));
  }
  unsigned ask(Method method, std::string_view label, std::string authorization = {}) {
    Request request;
    request.method = method;
    request.authorization = std::move(authorization);
    const auto refused = admission.refuse(request, label, {});
    if (!refused) return 200;
    challenge = refused->header("WWW-Authenticate");
    return refused->status;
  }
  Origins origins;
  Admission admission;
  std::string challenge;
};

TEST_CASE("reading needs a token that may read, everything else one that may write") {
  Front front;
  const std::string reader = "Bearer reader-0123456789";
  const std::string writer = "Bearer writer-0123456789";
  for (const Method method : {Method::get, Method::head, Method::options}) {
    CHECK(front.ask(method, "/api/v1/batches") == 401);
    CHECK(front.ask(method, "/api/v1/batches", reader) == 200);
    CHECK(front.ask(method, "/api/v1/batches", writer) == 200);
  }
  for (const Method method :
       {Method::post, Method::put, Method::patch, Method::del, Method::other}) {
    CHECK(front.ask(method, "/api/v1/batches") == 401);
    CHECK(front.challenge == "Bearer realm=\"rollcall\"");
    CHECK(front.ask(method, "/api/v1/batches", reader) == 403);
    CHECK(front.ask(method, "/api/v1/batches", writer) == 200);
    CHECK(front.ask(method, "unmatched", reader) == 403);
  }
  CHECK(front.ask(Method::get, "unmatched") == 401);  // what there is, is nobody's matter either
  CHECK(front.ask(Method::get, "/", "Bearer nonsense") == 401);
  CHECK(front.challenge == "Bearer realm=\"rollcall\", error=\"invalid_token\"");
}

TEST_CASE("whether the daemon lives and how it is asked may be seen without a token") {
  Front front;
  for (const char* label : {"/livez", "/readyz", "/health", "/openapi.json", "/docs", "/redoc",
                            "/docs/assets/{file}"}) {
    CHECK(front.ask(Method::get, label) == 200);
  }
  CHECK(front.ask(Method::get, "/metrics") == 401);
  Options options;
  options.metrics_public = true;
  CHECK(Front{options}.ask(Method::get, "/metrics") == 200);
  CHECK(Front{options}.ask(Method::get, "/") == 401);
}

}  // namespace
}  // namespace rollcall::http
