#include <doctest/doctest.h>

#include "config/mask.hpp"
#include "config/print.hpp"
#include "tests/config/loading.hpp"

namespace rollcall::config {
namespace {

using test::Given;
using test::load;
using test::problem;

TEST_CASE("a secret is read from a file, without white space at its ends") {
  const auto loaded = load({.file = "[database]\nurl_file = \"/run/url\"\n",
                            .secrets = {{"/run/url", "\n postgresql://u:p w@h/d \r\n"}}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.database.url == "postgresql://u:p w@h/d");
  CHECK(loaded.origins.at("database.url") == "file \"/run/url\", named by test.toml:2:1");
}

TEST_CASE("a secret's file follows the precedence of where it is named") {
  const Given given{.file = "[database]\nurl = \"postgresql://file/d\"\n",
                    .environment = {{"ROLLCALL_DATABASE__URL_FILE", "/run/url"},
                                    {"DATABASE_URL", "postgresql://c/d"}},
                    .secrets = {{"/run/url", "postgresql://secret/d"}}};
  CHECK(load(given).config.database.url == "postgresql://secret/d");
}

TEST_CASE(
    "a secret's file that cannot be read, is empty or holds nonsense is an error that repeats no "
    "secret") {
  CHECK(problem({.file = "[database]\nurl_file = \"/run/url\"\n"}) ==
        "test.toml:2:1: database.url_file: \"/run/url\" cannot be read: No such file or directory; "
        "give a file that "
        "this process may read");
  CHECK(problem(
            {.file = "[database]\nurl_file = \"/run/url\"\n", .secrets = {{"/run/url", " \n"}}}) ==
        "test.toml:2:1: database.url_file: \"/run/url\" is empty; write the secret into it");
  CHECK(problem({.file = "[database]\nurl_file = \"/run/url\"\n",
                 .secrets = {{"/run/url", "hunter2"}}}) ==
        "test.toml:2:1: database.url: the text is neither memory nor a postgresql:// URL; give "
        "memory or "
        "postgresql://user@host:port/database");
  CHECK(problem({.file = "[database]\nurl_file = 7\n"}).find("is no path") != std::string::npos);
}

TEST_CASE("a secret both itself and as a file is an error") {
  CHECK(problem({.file = "[database]\nurl = \"memory\"\nurl_file = \"/run/url\"\n",
                 .secrets = {{"/run/url", "memory"}}}) ==
        "test.toml:1:2: database.url: is given both itself and as a file; keep one");
}

TEST_CASE("only a secret may be named by a file") {
  CHECK(problem({.file = "[http]\nlisten_file = \"/run/listen\"\n"})
            .find("http.listen_file: no such option") != std::string::npos);
}

TEST_CASE("a URL is shown without its password, however it was written") {
  CHECK(mask_url("memory") == "memory");
  CHECK(mask_url("postgresql://h:5432/d") == "postgresql://h:5432/d");
  CHECK(mask_url("postgresql://user@h/d") == "postgresql://user@h/d");
  CHECK(mask_url("postgresql://user:hunter2@h:5432/d") == "postgresql://user:***@h:5432/d");
  CHECK(mask_url("postgresql://user:hun@ter/2?@h/d") == "postgresql://user:***@h/d");
  CHECK(mask_url("postgresql://h/d?user=a&password=hunter2&sslmode=require") ==
        "postgresql://h/d?user=a&password=***&sslmode=require");
  CHECK(mask_url("postgresql:///d?password=hunter2") == "postgresql:///d?password=***");
  CHECK(mask_url("postgresql://h/d?password=hunter2&user=a@b").find("hunter2") ==
        std::string::npos);
}

TEST_CASE("what is printed holds no secret") {
  const auto text =
      print_effective(load({.file = "[database]\nurl = \"postgresql://u:hunter2@h/d\"\n"
                                    "[kafka.properties]\n"
                                    "\"sasl.username\" = \"u\"\n"
                                    "\"sasl.password\" = \"hunter2\"\n"
                                    "\"ssl.key.password_file\" = \"/run/key\"\n",
                            .secrets = {{"/run/key", "hunter2"}}}));
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("url = \"postgresql://u:***@h/d\"") != std::string::npos);
  CHECK(
      text.find(R"("sasl.password" = "***", "sasl.username" = "u", "ssl.key.password" = "***")") !=
      std::string::npos);
}

TEST_CASE("an API key comes from its usual variable or a file, and nothing of it is printed") {
  const auto loaded = load({.environment = {{"API_KEY", "hunter2"}}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.warnings.empty());
  CHECK(loaded.config.http.api_key == "hunter2");
  const auto text = print_effective(loaded);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("api_key = \"***\"  # environment API_KEY\n") != std::string::npos);
  CHECK(print_effective(load({})).find("api_key = \"\"  # default\n") != std::string::npos);
  const auto from_file = load(
      {.file = "[http]\napi_key_file = \"/run/key\"\n", .secrets = {{"/run/key", "hunter2\n"}}});
  CHECK(from_file.config.http.api_key == "hunter2");
  CHECK(problem({.environment = {{"API_KEY", "hunter2 or 3"}}}).find("hunter2") ==
        std::string::npos);
}

TEST_CASE("a switch is true or false, also where everything is text") {
  CHECK(load({.file = "[http]\nmetrics_public = true\n"}).config.http.metrics_public);
  CHECK(load({.environment = {{"ROLLCALL_HTTP__METRICS_PUBLIC", "true"}}})
            .config.http.metrics_public);
  CHECK_FALSE(load({.file = "[http]\nmetrics_public = true\n",
                    .environment = {{"ROLLCALL_HTTP__METRICS_PUBLIC", "false"}}})
                  .config.http.metrics_public);
  CHECK(problem({.file = "[http]\nmetrics_public = 1\n"}).find("true") != std::string::npos);
  CHECK(problem({.environment = {{"ROLLCALL_HTTP__METRICS_PUBLIC", "yes"}}})
            .find("neither true nor false") != std::string::npos);
}

}  // namespace
}  // namespace rollcall::config
