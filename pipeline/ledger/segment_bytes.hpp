#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace rollcall::segment {

static_assert(std::endian::native == std::endian::little,
              "the stored form is little-endian and read by memcpy");

template <class Number>
void put_fixed(std::string& out, Number value) {
  char bytes[sizeof(Number)];
  std::memcpy(bytes, &value, sizeof(Number));
  out.append(bytes, sizeof(Number));
}

// Seven bits a byte, lowest first, the top bit set on all but the last. One to ten bytes.
inline void put_varint(std::string& out, std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  while (value >= 0x80U) {
    bytes[size++] = static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  bytes[size++] = static_cast<char>(value);
  out.append(bytes, size);
}

inline std::size_t varint_bytes(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

// Reads what the functions above wrote and never beyond its bytes. A failure sticks: from then on every read gives
// zeroes and at_end() is true, so a loop needs to ask ok() only once, behind it.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }

  template <class Number>
  Number fixed() {
    Number value{};
    const std::string_view taken = bytes(sizeof(Number));
    if (!taken.empty()) std::memcpy(&value, taken.data(), sizeof(Number));
    return value;
  }

  std::uint64_t varint() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80U)
      return static_cast<unsigned char>(*at_++);
    return long_varint();
  }

  std::string_view bytes(std::uint64_t size) {
    if (size > remaining()) {
      fail();
      return {};
    }
    const std::string_view taken{at_, static_cast<std::size_t>(size)};
    at_ += size;
    return taken;
  }

  void fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  // Also refuses what the writer never writes: more bytes than the value needs, or more than 64 bits.
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte >= 0x80U) continue;
      if (byte == 0 && shift > 0) break;
      return value;
    }
    fail();
    return 0;
  }

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  bool ok_ = true;
};

}  // namespace rollcall::segment
