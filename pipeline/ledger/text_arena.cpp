#include "pipeline/ledger/text_arena.hpp"

#include <algorithm>
#include <cstring>

#include "pipeline/ensure.hpp"
#include "pipeline/ledger/record_id.hpp"

namespace rollcall {
namespace {

using Length = std::uint16_t;
// The first chunk is small because most ledgers are; the later ones are what the allocator gives as
// whole pages.
constexpr std::uint32_t kChunkBytesMin = 1024;
constexpr std::uint32_t kChunkBytesMax = 64U * 1024U - 64U;

}  // namespace

void TextArena::append(std::string_view text) {
  ENSURE(text.size() <= kIdBytesMax);
  const auto needed = static_cast<std::uint32_t>(sizeof(Length) + text.size());
  if (chunks_.empty() || chunks_.back().size - chunks_.back().end < needed) {
    const std::uint32_t size =
        chunks_.empty() ? kChunkBytesMin : std::min(chunks_.back().size * 2, kChunkBytesMax);
    chunks_.push_back({std::make_shared_for_overwrite<char[]>(size), 0, 0, size});
    bytes_ += size;
  }
  Chunk& tail = chunks_.back();
  const auto length = static_cast<Length>(text.size());
  std::memcpy(&tail.bytes[tail.end], &length, sizeof length);
  std::memcpy(&tail.bytes[tail.end + sizeof length], text.data(), text.size());
  tail.end += needed;
  ++texts_;
}

std::string_view TextArena::take_oldest() {
  ENSURE(texts_ > 0);
  Chunk& oldest = chunks_.front();
  taken_ = oldest.bytes;
  const std::string_view text = text_at(oldest, oldest.begin);
  --texts_;
  if (oldest.begin == oldest.end) {
    bytes_ -= oldest.size;
    chunks_.pop_front();
  }
  return text;
}

std::string_view TextArena::text_at(const Chunk& chunk, std::uint32_t& at) {
  Length length = 0;
  std::memcpy(&length, &chunk.bytes[at], sizeof length);
  const std::string_view text(&chunk.bytes[at + sizeof length], length);
  at += static_cast<std::uint32_t>(sizeof length + text.size());
  return text;
}

}  // namespace rollcall
