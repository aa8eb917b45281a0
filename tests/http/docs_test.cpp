// The pages that show the API: /docs, /redoc, and what they are made of; or that there are none (ROLLCALL_DOCS=OFF).
#include <boost/crc.hpp>
#include <doctest/doctest.h>
#include <regex>
#include <set>

#include "connectors/http/docs/embedded_files.hpp"
#include "tests/http/api.hpp"

namespace rollcall::http {
namespace {

const ApiHeaders kCompressed{"", "", "gzip"};

const auto kOfPages = doctest::skip(!pages_are_carried());

std::vector<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex regex{pattern};
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

std::string address_of(std::string_view name) {
  const EmbeddedFile* file = find_embedded_file(name);
  REQUIRE(file != nullptr);
  return "/docs/assets/" + fingerprint(*file) + '-' + std::string{name};
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t at = 4; at-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at]);
  return value;
}

TEST_CASE("the pages are made of files of this server only, without a script inside" * kOfPages) {
  Api api;
  for (const std::string_view path : {"/docs", "/redoc"}) {
    CAPTURE(path);
    const auto page = api.get(path, {"image/png", ""});
    CHECK(page.status == 200);
    CHECK(page.head.content_type == "text/html; charset=utf-8");
    CHECK(page.body.starts_with("<!doctype html>\n"));
    CHECK(page.header("Cache-Control") == "no-cache");
    const auto scripts = matches(page.body, "<script([^>]*>[^<]*)</script>");
    CHECK(scripts.size() == 2);
    for (const std::string& script : scripts) {
      CHECK(script.starts_with(" src=\"docs/assets/"));
      CHECK(script.ends_with(">"));  // nothing between the tags
    }
    CHECK(page.body.find("style=") == std::string::npos);
    CHECK(page.body.find("<style") == std::string::npos);
    CHECK(page.body.find("//") == std::string::npos);
    const auto addresses = matches(page.body, "(?:src|href)=\"([^\"]*)\"");
    CHECK(addresses.size() >= 7);
    for (const std::string& address : addresses) {
      if (address == "data:,") continue;
      CAPTURE(address);
      CHECK_FALSE(address.starts_with('/'));  // or a prefix before all paths would break it
      CHECK(api.get('/' + address, kCompressed).status == 200);
    }
  }
}

TEST_CASE("the policy of the pages lets nothing in but this server" * kOfPages) {
  Api api;
  const std::string policy{api.get("/docs").header("Content-Security-Policy")};
  CHECK(api.get("/redoc").header("Content-Security-Policy") == policy);
  CHECK(policy.starts_with("default-src 'none'; script-src 'self'; connect-src 'self'; "));
  for (const char* closed : {"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"})
    CHECK(policy.find(closed) != std::string::npos);
  for (const char* open : {"unsafe", "http", "*", "nonce", "wasm"})
    CHECK(policy.find(open) == std::string::npos);
}

TEST_CASE("an asset may be kept for ever, as other content has another address") {
  Api api;
  std::set<std::string> fingerprints;
  for (const EmbeddedFile& file : embedded_files()) {
    CAPTURE(file.name);
    CHECK(fingerprints.insert(fingerprint(file)).second);
    const auto answer = api.get(address_of(file.name), kCompressed);
    CHECK(answer.status == 200);
    CHECK(answer.head.content_type == file.content_type);
    CHECK(answer.header("Content-Encoding") == "gzip");
    CHECK(answer.header("Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(answer.header("Vary") == "Accept-Encoding");
    CHECK(answer.body == file.gzip);
    CHECK(answer.route == "/docs/assets/{file}");
  }
}

TEST_CASE("who takes no gzip gets the same content as it is, in pieces") {
  Api api;
  for (const EmbeddedFile& file : embedded_files()) {
    CAPTURE(file.name);
    const auto answer = api.get(address_of(file.name), {"", "", "br, gzip;q=0"});
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Encoding").empty());
    const std::string_view trailer = file.gzip.substr(file.gzip.size() - 8);
    CHECK(answer.body.size() == little_endian(trailer.substr(4)));
    boost::crc_32_type sum;
    sum.process_bytes(answer.body.data(), answer.body.size());
    CHECK(sum.checksum() == little_endian(trailer));
    CHECK(answer.pieces <= answer.body.size() / 65536 + 2);
  }
}

TEST_CASE("the two forms of a file have strong tags of their own") {
  Api api;
  for (const EmbeddedFile& file : embedded_files()) {
    const std::string path = file.name == "openapi.json" ? "/openapi.json" : address_of(file.name);
    CAPTURE(path);
    const std::string plain{api.get(path).header("ETag")};
    const std::string compressed{api.get(path, kCompressed).header("ETag")};
    CHECK(plain.starts_with('"'));
    CHECK(compressed.starts_with('"'));
    CHECK(plain != compressed);
    const auto same = api.get(path, {"", compressed, "gzip"});
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.header("ETag") == compressed);
    CHECK_FALSE(same.header("Cache-Control").empty());
    CHECK(api.get(path, {"", plain}).status == 304);
    CHECK(api.get(path, {"", compressed}).status == 200);
  }
}

TEST_CASE("an address of another version, or of no file, leads nowhere" * kOfPages) {
  Api api;
  const std::string name = address_of("swagger.js").substr(std::string{"/docs/assets/"}.size());
  std::string older = name;
  older[0] = older[0] == '0' ? '1' : '0';
  for (const std::string& wrong :
       {older, std::string{"swagger.js"}, '-' + name, name + 'x', name + "%00",
        std::string{"..%2f..%2fetc%2fpasswd"}, std::string{"%2e%2e"}}) {
    CAPTURE(wrong);
    CHECK(api.get("/docs/assets/" + wrong).code() == "not_found");
  }
  CHECK(api.ask(Method::post, "/docs").code() == "method_not_allowed");
}

TEST_CASE(
    "without pages /docs and /redoc say so, the root names neither, and the description stays" *
    doctest::skip(pages_are_carried())) {
  Api api;
  for (const char* path : {"/docs", "/redoc", "/docs/assets/0123456789abcdef-swagger.js"}) {
    CAPTURE(path);
    const auto answer = api.get(path);
    CHECK(answer.status == 404);
    CHECK(answer.code() == "no_pages");
    CHECK(answer.json().at("detail").as_string().find("/openapi.json") != std::string::npos);
  }
  const auto root = api.get("/").json();
  CHECK_FALSE(root.at("links").as_object().contains("docs"));
  CHECK_FALSE(root.at("links").as_object().contains("redoc"));
  CHECK(api.get("/openapi.json").status == 200);
}

TEST_CASE("the description is served as it is, and asked for again each time") {
  Api api;
  const auto answer = api.get("/openapi.json", {"text/html", ""});
  CHECK(answer.status == 200);
  CHECK(answer.head.content_type == "application/json");
  CHECK(answer.header("Cache-Control") == "no-cache");
  CHECK(answer.json().at("openapi") == "3.1.0");
}

TEST_CASE("what comes from others loads nothing from others, and its licences come with it" *
          kOfPages) {
  Api api;
  const auto text = [&api](std::string_view name) { return api.get(address_of(name)).body; };
  CHECK(text("redoc.standalone.js").find("cdn.redoc") == std::string::npos);
  CHECK(text("swagger-ui.css").find("@import") == std::string::npos);
  CHECK(matches(text("swagger-ui.css"), "url\\(\"?(https?:[^)]*)").empty());
  const std::string licences = text("licences.txt");
  for (const char* part : {"Apache License", "swagger-ui-dist/NOTICE", "The MIT License", "React"})
    CHECK(licences.find(part) != std::string::npos);
}

}  // namespace
}  // namespace rollcall::http
