#pragma once

#include <filesystem>
#include <string>

namespace rollcall::http {

// A certificate that signs itself, for localhost and 127.0.0.1, and its key; both in PEM.
struct Certificate {
  std::string certificate;
  std::string key;
};

// From `begins_in` to `ends_in` days from now.
[[nodiscard]] Certificate make_certificate(int begins_in = -1, int ends_in = 30);

// Where one that this test program made for itself lies.
struct CertificateFiles {
  std::string certificate;
  std::string key;
};
[[nodiscard]] const CertificateFiles& certificate_files();

void write_private(const std::filesystem::path& path, const std::string& text);

}  // namespace rollcall::http
