#pragma once

#include <stdexcept>
#include <string>
#include <zlib.h>

namespace rollcall::http {

// What a client sends with Content-Encoding: gzip or deflate.
inline std::string packed(const std::string& plain, const std::string& coding = "gzip") {
  constexpr int kGzipFrame = 16;
  constexpr int kMemory = 8;  // zlib's own default
  z_stream stream{};
  const int window = coding == "gzip" ? MAX_WBITS + kGzipFrame : MAX_WBITS;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::runtime_error("zlib does not start");
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib did not pack all of it");
  return out;
}

}  // namespace rollcall::http
