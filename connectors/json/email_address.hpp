#pragma once

#include <string_view>

namespace rollcall::json {

// Whether a text is an e-mail address as RFC 6531 has them, UTF-8 in both parts, or as browsers take them (WHATWG HTML):
// what either takes is taken, as no grammar knows which addresses there are. The domain is a name with a dot, as IDNA has
// names, or an IP address in brackets; lengths are those of RFC 5321, in bytes.
[[nodiscard]] bool is_email_address(std::string_view text);

}  // namespace rollcall::json
