#pragma once

#include <string>
#include <vector>

#include "connectors/http/access_tokens.hpp"
#include "connectors/http/options.hpp"
#include "connectors/http/tls.hpp"
#include "pipeline/failure.hpp"

namespace rollcall::http {

// What the server reads from files: before it listens, and again when it is told to.
struct Credentials {
  AccessTokens tokens;                // none: everybody may do everything
  TlsContext tls;                     // null: plain HTTP
  std::vector<std::string> warnings;  // a sentence each, for the log
};

// Fails with `misconfigured` where a file is missing or does not hold what it should.
[[nodiscard]] Result<Credentials> load_credentials(const Options& options);

}  // namespace rollcall::http
