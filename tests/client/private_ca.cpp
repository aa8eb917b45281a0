#include "tests/client/private_ca.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>

#include "connectors/handle.hpp"

namespace rollcall::test {
namespace {

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Handle<X509, X509_free>;
using Memory = Handle<BIO, BIO_free_all>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Memory memory{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(memory.get(), certificate);
  return text_of(memory.get());
}

// With one extension; signed by `issuer`, or by itself where there is none.
Certificate make(const char* name, int days, EVP_PKEY* key, int extension, const char* value,
                 X509* issuer, EVP_PKEY* issuer_key) {
  constexpr long kDay = 86'400;
  Certificate made{X509_new()};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), days * kDay);
  X509_set_pubkey(made.get(), key);
  X509_NAME* const subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(made.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  const Extension says{X509V3_EXT_conf_nid(nullptr, nullptr, extension, value)};
  X509_add_ext(made.get(), says.get(), -1);
  if (X509_sign(made.get(), issuer_key, EVP_sha256()) == 0)
    throw std::runtime_error("cannot sign a certificate");
  return made;
}

}  // namespace

PrivateCa make_private_ca(const std::string& names, const std::string& ca_name, int days) {
  const Key ca_key{EVP_EC_gen("P-256")};
  const Key key{EVP_EC_gen("P-256")};
  const Certificate ca = make(ca_name.c_str(), 1, ca_key.get(), NID_basic_constraints,
                              "critical,CA:TRUE", nullptr, ca_key.get());
  const Certificate leaf = make("rollcall", days, key.get(), NID_subject_alt_name, names.c_str(),
                                ca.get(), ca_key.get());
  const Memory key_text{BIO_new(BIO_s_mem())};
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {pem_of(ca.get()), pem_of(leaf.get()), text_of(key_text.get())};
}

}  // namespace rollcall::test
