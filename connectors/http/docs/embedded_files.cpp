#include "connectors/http/docs/embedded_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <xxhash.h>

// The assembler copies the file as it is, which takes no time; a C++ array of as many numbers takes
// the compiler half a minute. The labels are this object file's own.
#define ROLLCALL_EMBED(label, file)                                                       \
  asm(".pushsection .rodata\n"                                                            \
      "rollcall_" #label                                                                  \
      "_begin:\n"                                                                         \
      ".incbin \"" ROLLCALL_DOCS_DIR "/" file                                             \
      ".gz\"\n"                                                                           \
      "rollcall_" #label                                                                  \
      "_end:\n"                                                                           \
      ".byte 0\n"                                                                         \
      ".popsection\n");                                                                   \
  extern "C" const char rollcall_##label##_begin[];                                       \
  extern "C" const char rollcall_##label##_end[];                                         \
  static std::string_view label() {                                                       \
    return {rollcall_##label##_begin,                                                     \
            static_cast<std::size_t>(rollcall_##label##_end - rollcall_##label##_begin)}; \
  }

ROLLCALL_EMBED(openapi_json, "openapi.json")
#if ROLLCALL_PAGES
ROLLCALL_EMBED(page_css, "page.css")
ROLLCALL_EMBED(redoc_js, "redoc.js")
ROLLCALL_EMBED(swagger_js, "swagger.js")
ROLLCALL_EMBED(redoc_standalone_js, "redoc.standalone.js")
ROLLCALL_EMBED(swagger_ui_bundle_js, "swagger-ui-bundle.js")
ROLLCALL_EMBED(swagger_ui_css, "swagger-ui.css")
ROLLCALL_EMBED(licences_txt, "licences.txt")
#endif

namespace rollcall::http {
namespace {

[[maybe_unused]] constexpr std::string_view kScriptType = "text/javascript; charset=utf-8";
[[maybe_unused]] constexpr std::string_view kStyleType = "text/css; charset=utf-8";

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  static const std::array kFiles {
    EmbeddedFile{"openapi.json", "application/json", openapi_json()},
#if ROLLCALL_PAGES
        EmbeddedFile{"page.css", kStyleType, page_css()},
        EmbeddedFile{"redoc.js", kScriptType, redoc_js()},
        EmbeddedFile{"swagger.js", kScriptType, swagger_js()},
        EmbeddedFile{"redoc.standalone.js", kScriptType, redoc_standalone_js()},
        EmbeddedFile{"swagger-ui-bundle.js", kScriptType, swagger_ui_bundle_js()},
        EmbeddedFile{"swagger-ui.css", kStyleType, swagger_ui_css()},
        EmbeddedFile{"licences.txt", "text/plain; charset=utf-8", licences_txt()},
#endif
  };
  return kFiles;
}

bool pages_are_carried() { return ROLLCALL_PAGES != 0; }

const EmbeddedFile* find_embedded_file(std::string_view name) {
  const auto files = embedded_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [name](const EmbeddedFile& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

std::string fingerprint(const EmbeddedFile& file) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto hash = XXH3_64bits(file.gzip.data(), file.gzip.size());
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(hash >> shift) & 15U];
  return text;
}

}  // namespace rollcall::http
