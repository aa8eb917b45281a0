#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

namespace rollcall {

// Texts one behind the other in chunks, appended at the end and taken from the beginning, as a log
// is. Nothing points into it: whoever wants to know which texts still count asks a table about
// each.
// Owner:   text_ids; a snapshot is owned by its view. Runs on: its owner's thread; a snapshot,
//          const, on any: bytes that a snapshot covers are never written again.
// Limits:  a text is at most kIdBytesMax bytes.
// Source:  the log of a log-structured file system (Rosenblum & Ousterhout 1992).
class TextArena {
 public:
  TextArena() = default;
  TextArena(TextArena&&) noexcept = default;
  TextArena& operator=(TextArena&&) noexcept = default;
  TextArena& operator=(const TextArena&) = delete;

  void append(std::string_view text);
  // Takes the oldest text off; its bytes live until the next call. There must be one.
  std::string_view take_oldest();

  // Shows up to `n` of the oldest texts that will be taken next, as far as one chunk has them.
  template <class Visit>
  void peek_oldest(std::size_t n, const Visit& visit) const {
    if (chunks_.empty()) return;
    const Chunk& chunk = chunks_.front();
    for (std::uint32_t at = chunk.begin; at < chunk.end && n > 0; --n) visit(text_at(chunk, at));
  }

  template <class Visit>
  void for_each(const Visit& visit) const {  // visit(text), oldest first
    for (const Chunk& chunk : chunks_) {
      for (std::uint32_t at = chunk.begin; at < chunk.end;) visit(text_at(chunk, at));
    }
  }

  [[nodiscard]] std::uint64_t texts() const { return texts_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_ + chunks_.size() * sizeof(Chunk); }
  [[nodiscard]] TextArena snapshot() const { return *this; }

 private:
  struct Chunk {
    std::shared_ptr<char[]> bytes;  // owned by this arena and by the snapshots taken of it
    std::uint32_t begin = 0;        // of the oldest text
    std::uint32_t end = 0;          // behind the newest one
    std::uint32_t size = 0;
  };

  TextArena(const TextArena&) = default;

  static std::string_view text_at(const Chunk& chunk, std::uint32_t& at);

  std::deque<Chunk> chunks_;
  std::shared_ptr<char[]>
      taken_;  // keeps the chunk of the text that was taken last; shared as above
  std::uint64_t texts_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace rollcall
