#include "connectors/http/access_tokens.hpp"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace rollcall::http {
namespace {

constexpr std::size_t kWeakBytes = 16;  // a token that is shorter may be guessed

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_token(std::string_view token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::optional<unsigned char> nibble_of(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned char>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned char>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned char>(digit - 'A' + 10);
  return std::nullopt;
}

template <std::size_t bytes>
bool read_hexadecimal(std::string_view digits, std::array<unsigned char, bytes>& out) {
  if (digits.size() != bytes * 2) return false;
  for (std::size_t at = 0; at < bytes; ++at) {
    const auto high = nibble_of(digits[at * 2]);
    const auto low = nibble_of(digits[at * 2 + 1]);
    if (!high || !low) return false;
    out.at(at) = static_cast<unsigned char>(*high << 4U | *low);
  }
  return true;
}

}  // namespace

Result<AccessTokens> AccessTokens::parse(std::string_view text, const std::string& file) {
  AccessTokens tokens;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (const char* const wrong = tokens.add_line(line, number)) {
      return misconfigured(
          "the tokens' file " + file + ", line " + std::to_string(number) + ": " + wrong,
          "Write `read TOKEN`, `write TOKEN` or `read sha256:DIGITS` on each line.");
    }
  }
  if (tokens.empty()) {  // whoever names a file wants to be protected
    return misconfigured(
        "the tokens' file " + file + " holds no token",
        "Write `read TOKEN` or `write TOKEN` into it, or leave http.tokens_file out.");
  }
  return tokens;
}

// What is wrong with the line, or null. Quotes nothing: whoever forgets the role has written a
// token in its place.
const char* AccessTokens::add_line(std::string_view line, std::size_t number) {
  constexpr std::string_view kHashed = "sha256:";
  const auto space = line.find_first_of(" \t");
  const std::string_view role_text = line.substr(0, space);
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view{} : trimmed(line.substr(space));
  const auto behind = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view token = rest.substr(0, behind);
  const std::string_view name = trimmed(rest.substr(behind));
  if (role_text != "read" && role_text != "write") return "the role is neither read nor write";
  const Role role = role_text == "write" ? Role::write : Role::read;
  if (entries_.size() == kTokensMax) return "more than 1000 tokens";
  if (!name.empty() && (!is_token(name) || name.front() == '#'))
    return "the name behind the token is not one word of visible characters";
  if (token.starts_with(kHashed)) {
    Entry entry{{}, role, std::string{name}};
    if (!read_hexadecimal(token.substr(kHashed.size()), entry.digest))
      return "sha256: is not followed by 64 hexadecimal digits";
    if (holds(entry.digest)) return "the same token again";
    entries_.push_back(std::move(entry));
    return nullptr;
  }
  if (token.empty()) return "the token is missing";
  if (!is_token(token)) return "the token has a space or a character that no header carries";
  if (holds(digest_of(token))) return "the same token again";
  static_cast<void>(add(role, token));
  entries_.back().name = name;
  if (token.size() < kWeakBytes) weak_lines_.push_back(number);
  return nullptr;
}

bool AccessTokens::add(Role role, std::string_view token) {
  if (!is_token(token)) return false;
  entries_.push_back({digest_of(token), role, {}});
  return true;
}

Role AccessTokens::role_of(std::string_view token) const {
  const Digest digest = digest_of(token);
  auto role = static_cast<unsigned>(Role::none);
  for (const Entry& entry : entries_) {
    const bool same = CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0;
    role = std::max(role, static_cast<unsigned>(entry.role) * static_cast<unsigned>(same));
  }
  return static_cast<Role>(role);
}

std::string AccessTokens::name_of(std::string_view token) const {
  const Digest digest = digest_of(token);
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0) return entry.name;
  }
  return {};
}

std::optional<std::string_view> AccessTokens::bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer";
  const auto end = std::min(authorization.find(' '), authorization.size());
  const std::string_view scheme = authorization.substr(0, end);
  const bool is_bearer = std::equal(
      scheme.begin(), scheme.end(), kScheme.begin(), kScheme.end(),
      [](char given, char wanted) { return given == wanted || given == wanted - 'a' + 'A'; });
  const std::string_view token = trimmed(authorization.substr(end));
  if (!is_bearer || !is_token(token)) return std::nullopt;
  return token;
}

AccessTokens::Digest AccessTokens::digest_of(std::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

bool AccessTokens::holds(const Digest& digest) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.digest == digest; });
}

}  // namespace rollcall::http
