#pragma once

#include <string>

namespace rollcall::test {

// A CA that no system knows, and a certificate that it signed for these names, from two days ago for so many days from now; all in PEM.
struct PrivateCa {
  std::string ca;
  std::string certificate;
  std::string key;
};
[[nodiscard]] PrivateCa make_private_ca(const std::string& names = "DNS:localhost,IP:127.0.0.1",
                                        const std::string& ca_name = "A private CA", int days = 1);

}  // namespace rollcall::test
