#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipeline/failure.hpp"

// Only tls.cpp and connection.cpp see OpenSSL's side of Asio, which takes long to compile.
namespace boost::asio::ssl {
class context;
}

namespace rollcall::http {

// Certificate, key and what is agreed to. Shared by the server, which may replace it, and by each
// connection that began with it.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// At least TLS 1.2, ciphers with forward secrecy only. Fails with `misconfigured` where a file
// cannot be read, holds something else, or the two do not belong together.
[[nodiscard]] Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                                  const std::string& key_file,
                                                  std::vector<std::string>& warnings);

}  // namespace rollcall::http
