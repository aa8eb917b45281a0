#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "pipeline/failure.hpp"

namespace rollcall::files {

// The bytes of a file or of stdin, front to back.
// Owner: the import. Blocks, until there are bytes or `stop_descriptor` becomes readable.
// Fails: fatal; the message names the file.
class ByteSource {
 public:
  // "-" is stdin. A negative `stop_descriptor` is none.
  [[nodiscard]] static Result<ByteSource> open(const std::string& path, int stop_descriptor);
  ~ByteSource();
  ByteSource(ByteSource&& other) noexcept;
  ByteSource& operator=(ByteSource&&) = delete;

  // The number of bytes that were put there; 0 at the end, or when it was stopped.
  [[nodiscard]] Result<std::size_t> read(char* bytes, std::size_t size);
  // Empty for what has no length: a pipe, a terminal.
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  ByteSource(std::string name, int descriptor, int stop_descriptor);
  [[nodiscard]] Failure failed(const char* what) const;

  std::string name_;
  int descriptor_;
  int stop_descriptor_;
  std::optional<std::uint64_t> size_;
  bool stopped_ = false;
};

}  // namespace rollcall::files
