#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <zlib.h>

namespace rollcall::http {

// What a Content-Encoding says of a body.
enum class Coding : std::uint8_t { none, gzip, deflate, unknown };
[[nodiscard]] Coding coding_of(std::string_view content_encoding);

// Unpacks one body in pieces of any size, by zlib; what comes out does not depend on how they were cut.
// Owner:   whoever reads the body. Runs on: one thread at a time; a query thread, as a piece may take a millisecond.
// Limits:  the caller's, for each piece; zlib itself keeps 40 KiB.
// Fails:   by Step::failure, where the bytes are not what the coding says; of no further use then.
class Unpacker {
 public:
  struct Step {
    std::size_t taken = 0;  // of the packed bytes
    bool full = false;      // there may be more to come from the bytes already taken
    std::string failure;    // why not, in a few words
  };

  explicit Unpacker(Coding coding);

  // Appends to `out` what `packed` means, at most bytes_max of it.
  [[nodiscard]] Step take(std::string_view packed, std::size_t bytes_max, std::string& out);
  // Whether the body may end here.
  [[nodiscard]] bool at_end() const { return between_; }
  // Packed bytes that were taken: where a failure was noticed.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  struct End {
    void operator()(z_stream* stream) const;
  };
  Coding coding_;
  std::unique_ptr<z_stream, End> stream_;  // zlib knows it by its address
  bool between_ = true;                    // before the first member, or behind one
  bool ended_ = false;                     // behind one
  std::uint64_t taken_ = 0;
};

}  // namespace rollcall::http
