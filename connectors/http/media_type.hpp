#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace rollcall::http {

// In what form a list is written.
enum class Format : std::uint8_t { json, ndjson, csv, text, ranges };
[[nodiscard]] std::string_view content_type_of(Format format);
[[nodiscard]] std::string_view to_string(Format format);
[[nodiscard]] std::optional<Format> format_named(std::string_view name);

// Whether a Content-Type names a media type, whatever its parameters say; of NDJSON any of its
// usual names.
[[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view media_type);

// The quality (0 to 1000) that an Accept header gives to a media type such as "text/csv": the most
// specific range that covers it decides. A header that is absent accepts everything; a range that
// cannot be read accepts nothing.
[[nodiscard]] unsigned quality_of(std::string_view accept, std::string_view media_type);

// The best of several forms, the earlier one where the client does not care; none: 406.
[[nodiscard]] std::optional<Format> negotiate(std::string_view accept,
                                              std::span<const Format> offered);

}  // namespace rollcall::http
