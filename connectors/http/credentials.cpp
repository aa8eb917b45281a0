#include "connectors/http/credentials.hpp"

#include <utility>

#include "connectors/http/private_file.hpp"

namespace rollcall::http {
namespace {

void warn_if_open(const PrivateFile& file, const std::string& what, const std::string& path,
                  std::vector<std::string>& warnings) {
  if (!file.open_to_others) return;
  warnings.push_back(what + " " + path + " may be read by others than its owner: chmod 600 it");
}

Result<void> load_tokens(const Options& options, Credentials& credentials) {
  if (!options.tokens_file.empty()) {
    const auto file = read_private_file(options.tokens_file, "the tokens' file");
    if (!file) return file.error();
    auto tokens = AccessTokens::parse(file->text, options.tokens_file);
    if (!tokens) return tokens.error();
    credentials.tokens = std::move(*tokens);
    warn_if_open(*file, "the tokens' file", options.tokens_file, credentials.warnings);
    for (const std::size_t line : credentials.tokens.weak_lines()) {
      credentials.warnings.push_back("the tokens' file " + options.tokens_file + ", line " +
                                     std::to_string(line) +
                                     ": a token this short may be guessed; `openssl rand -hex 32` "
                                     "makes a good one");
    }
  }
  if (!options.api_key.empty() && !credentials.tokens.add(Role::write, options.api_key)) {
    return misconfigured("the API key has a space or a character that no header carries",
                         "Choose an API key of letters and digits.");
  }
  return boost::system::in_place_value;
}

}  // namespace

Result<Credentials> load_credentials(const Options& options) {
  Credentials credentials;
  if (const auto loaded = load_tokens(options, credentials); !loaded) return loaded.error();
  if (!options.tls_certificate_file.empty() || !options.tls_key_file.empty()) {
    auto tls =
        make_tls_context(options.tls_certificate_file, options.tls_key_file, credentials.warnings);
    if (!tls) return tls.error();
    credentials.tls = std::move(*tls);
  }
  return credentials;
}

}  // namespace rollcall::http
