#include "connectors/http/tls.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509err.h>

#include "connectors/http/private_file.hpp"

namespace rollcall::http {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

constexpr const char* kCiphersOfTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

void harden(ssl::context& context) {
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, kCiphersOfTls12);
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Tickets are kept by the clients; a cache of ours would only grow.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  // Without it OpenSSL asks the terminal for the password of an encrypted key.
  context.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string{}; });
}

Failure bad_key(const std::string& key_file, const PrivateFile& key, const error_code& error) {
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH) {
    return misconfigured(
        "the key in " + key_file + " does not belong to the certificate",
        "Give the key that the certificate was made for, its own first in the chain.");
  }
  if (key.text.find("ENCRYPTED") != std::string::npos) {
    return misconfigured("the key in " + key_file + " is encrypted with a password",
                         "Decrypt it, for example with `openssl pkey -in KEY -out PLAIN`.");
  }
  return misconfigured("the key's file " + key_file + " holds no key: " + error.message(),
                       "Give a private key in PEM.");
}

void warn_of_dates(const ssl::context& context, const std::string& certificate_file,
                   std::vector<std::string>& warnings) {
  const X509* const certificate =
      SSL_CTX_get0_certificate(const_cast<ssl::context&>(context).native_handle());
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
    warnings.push_back("the certificate in " + certificate_file +
                       " has expired: no client should accept it");
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
    warnings.push_back("the certificate in " + certificate_file + " is not valid yet");
}

}  // namespace

Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                    const std::string& key_file,
                                    std::vector<std::string>& warnings) {
  if (certificate_file.empty() || key_file.empty()) {
    return misconfigured("TLS needs a certificate and a key, and only one of them is given",
                         "Give both http.tls_certificate_file and http.tls_key_file, or neither.");
  }
  const auto certificate = read_private_file(certificate_file, "the certificate's file");
  if (!certificate) return certificate.error();
  const auto key = read_private_file(key_file, "the key's file");
  if (!key) return key.error();
  if (key->open_to_others)
    warnings.push_back("the key's file " + key_file +
                       " may be read by others than its owner: chmod 600 it");

  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  harden(*context);
  error_code error;
  context->use_certificate_chain(asio::buffer(certificate->text), error);
  if (error) {
    return misconfigured("the certificate's file " + certificate_file +
                             " holds no usable certificate: " + error.message(),
                         "Give a certificate in PEM, its own first and then those that signed it.");
  }
  context->use_private_key(asio::buffer(key->text), ssl::context::pem, error);
  if (error) return bad_key(key_file, *key, error);
  warn_of_dates(*context, certificate_file, warnings);
  return context;
}

}  // namespace rollcall::http
