#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rollcall::http {

// A file that is part of the program. Everything in it is static storage.
struct EmbeddedFile {
  std::string_view name;  // "swagger-ui.css"
  std::string_view content_type;
  std::string_view gzip;  // RFC 1952, without a name and without a time
};

// The description of the API and all that its two pages are made of, if they are carried.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();
[[nodiscard]] const EmbeddedFile* find_embedded_file(std::string_view name);

// Whether the program was built with the pages, that is with ROLLCALL_DOCS.
[[nodiscard]] bool pages_are_carried();

// Names the content: other bytes have another one.
[[nodiscard]] std::string fingerprint(const EmbeddedFile& file);

}  // namespace rollcall::http
