#include "tests/http/certificate.hpp"

#include <fstream>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>

#include "connectors/handle.hpp"
#include "tests/support/temporary_directory.hpp"

namespace rollcall::http {
namespace {

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using X509Certificate = Handle<X509, X509_free>;
using Memory = Handle<BIO, BIO_free_all>;

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void add_names(X509* certificate) {
  const Handle<X509_EXTENSION, X509_EXTENSION_free> names{
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1")};
  X509_add_ext(certificate, names.get(), -1);
}

}  // namespace

Certificate make_certificate(int begins_in, int ends_in) {
  constexpr long kDay = 86'400;
  const Key key{EVP_EC_gen("P-256")};
  const X509Certificate certificate{X509_new()};
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begins_in * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ends_in * kDay);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  add_names(certificate.get());
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0)
    throw std::runtime_error("cannot sign a certificate");

  const Memory certificate_text{BIO_new(BIO_s_mem())};
  const Memory key_text{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(certificate_text.get()), text_of(key_text.get())};
}

void write_private(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path} << text;
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

const CertificateFiles& certificate_files() {
  static const test::TemporaryDirectory directory;
  static const CertificateFiles files = [] {
    const Certificate made = make_certificate();
    write_private(directory.path() / "certificate.pem", made.certificate);
    write_private(directory.path() / "key.pem", made.key);
    return CertificateFiles{(directory.path() / "certificate.pem").string(),
                            (directory.path() / "key.pem").string()};
  }();
  return files;
}

}  // namespace rollcall::http
