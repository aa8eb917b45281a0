#include <initializer_list>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/docs/embedded_files.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/inflated_body.hpp"
#include "connectors/http/media_type.hpp"
#include "connectors/http/problem.hpp"

namespace rollcall::http {
namespace {

constexpr std::string_view kHtmlType = "text/html; charset=utf-8";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "no-cache";

// Nothing but files of ours, no script inside the page, nothing to frame it. Both pages put style
// elements in that are empty and fill them by script afterwards: the first hash is that of the empty
// one. The second is that of the one style sheet which Redoc puts in whole; tests/api/browser.sh
// tells when a new Redoc has another.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; "
    "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The address holds the fingerprint, so what was once read from it may be kept for ever.
std::string asset_name(std::string_view name) {
  const EmbeddedFile* file = find_embedded_file(name);
  return file == nullptr ? std::string{} : fingerprint(*file) + '-' + std::string{name};
}

Response page(std::string_view style, std::initializer_list<std::string_view> scripts) {
  Response response;
  response.content_type = kHtmlType;
  std::string& html = response.body;
  html =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>rollcall: HTTP API</title>\n<link rel=\"icon\" href=\"data:,\">\n";
  // Relative, so that the page also works behind a proxy that puts a prefix before every path.
  for (const std::string_view name : {style, std::string_view{"page.css"}}) {
    if (name.empty()) continue;
    html += "<link rel=\"stylesheet\" href=\"docs/assets/" + asset_name(name) + "\">\n";
  }
  html += "<body>\n<div id=\"page\"></div>\n<noscript>This page needs JavaScript; ";
  html += "<a href=\"openapi.json\">openapi.json</a> does not.</noscript>\n";
  html += "<footer><a href=\"docs\">Swagger UI</a> <a href=\"redoc\">Redoc</a> ";
  html += "<a href=\"openapi.json\">openapi.json</a> <a href=\"docs/assets/";
  html += asset_name("licences.txt") + "\">licences</a></footer>\n";
  for (const std::string_view name : scripts)
    html += "<script src=\"docs/assets/" + asset_name(name) + "\"></script>\n";
  response.headers.emplace_back("Cache-Control", kAskAgain);
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  return response;
}

// Built with ROLLCALL_DOCS=OFF.
Response not_carried(const Request& request) {
  const Problem problem{
      404,
      "no_pages",
      "This rollcall was built without its pages; /openapi.json describes the API.",
      {},
      {}};
  return to_response(problem, request.id);
}

Response serve(const Request& request, const EmbeddedFile& file, std::string_view cache_control) {
  // The two forms differ in every byte, so each has a strong tag of its own.
  const bool compressed = accepts_coding(request.accept_encoding, "gzip");
  const std::string etag = '"' + fingerprint(file) + (compressed ? "-gzip\"" : "\"");
  Response response;
  if (auto unchanged = not_modified(request, etag)) {
    response = std::move(*unchanged);
  } else {
    response.content_type = file.content_type;
    response.headers.emplace_back("ETag", etag);
    if (compressed) {
      response.headers.emplace_back("Content-Encoding", "gzip");
      response.body = file.gzip;
    } else {
      response.producer = make_inflated_body(file.gzip);
    }
  }
  response.headers.emplace_back("Cache-Control", cache_control);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  return response;
}

}  // namespace

Response get_docs(const Request& request, const Service&) {
  if (!pages_are_carried()) return not_carried(request);
  return page("swagger-ui.css", {"swagger-ui-bundle.js", "swagger.js"});
}

Response get_redoc(const Request& request, const Service&) {
  if (!pages_are_carried()) return not_carried(request);
  return page("", {"redoc.standalone.js", "redoc.js"});
}

Response get_openapi(const Request& request, const Service&) {
  return serve(request, *find_embedded_file("openapi.json"), kAskAgain);
}

Response get_docs_asset(const Request& request, const Service&) {
  const std::string& wanted = request.argument.text;
  for (const EmbeddedFile& file : embedded_files()) {
    if (wanted.ends_with(file.name) && wanted == asset_name(file.name))
      return serve(request, file, kForEver);
  }
  if (!pages_are_carried()) return not_carried(request);
  return not_found(request, "There is no such file; /docs and /redoc name those there are.");
}

}  // namespace rollcall::http
