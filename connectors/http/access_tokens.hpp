#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/failure.hpp"

namespace rollcall::http {

enum class Role : std::uint8_t { none, read, write };  // each includes those before it

// Who may read and who may write. Only digests are kept, so no token can be shown by mistake.
// Owner:  the server's admission. Runs on: the loop.
// Limits: kTokensMax; each is compared with every request.
// Fails:  parse() with the number of the line and nothing of what stands in it.
class AccessTokens {
 public:
  static constexpr std::size_t kTokensMax = 1000;

  // Lines of `role token` or `role sha256:<64 hexadecimal digits>`, which may end in a name for whoever has the token;
  // '#' begins a comment line.
  [[nodiscard]] static Result<AccessTokens> parse(std::string_view text, const std::string& file);

  // False: not a token that a header can carry.
  [[nodiscard]] bool add(Role role, std::string_view token);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // Lines whose token is short enough to be guessed.
  [[nodiscard]] const std::vector<std::size_t>& weak_lines() const { return weak_lines_; }

  // What an Authorization header's token may do; `none` where it is not one of ours. Takes the same
  // time whether the first, the last or none of them is meant.
  [[nodiscard]] Role role_of(std::string_view token) const;

  // The name that its line gave a token; empty where it gave none, and for a token that is not one of ours.
  [[nodiscard]] std::string name_of(std::string_view token) const;

  // The token of "Bearer <token>"; none where the header says anything else.
  [[nodiscard]] static std::optional<std::string_view> bearer(std::string_view authorization);

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Entry {
    Digest digest;
    Role role;
    std::string name;
  };
  static Digest digest_of(std::string_view token);
  [[nodiscard]] const char* add_line(std::string_view line, std::size_t number);
  [[nodiscard]] bool holds(const Digest& digest) const;

  std::vector<Entry> entries_;
  std::vector<std::size_t> weak_lines_;
};

}  // namespace rollcall::http
