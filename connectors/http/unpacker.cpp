#include "connectors/http/unpacker.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "connectors/http/media_type.hpp"

namespace rollcall::http {

namespace {

constexpr int kGzip = 16;  // what zlib adds to the size of the window for gzip's frame

}  // namespace

Coding coding_of(std::string_view content_encoding) {
  if (content_encoding.empty() || is_media_type(content_encoding, "identity")) return Coding::none;
  if (is_media_type(content_encoding, "gzip") || is_media_type(content_encoding, "x-gzip"))
    return Coding::gzip;
  if (is_media_type(content_encoding, "deflate")) return Coding::deflate;
  return Coding::unknown;
}

void Unpacker::End::operator()(z_stream* stream) const {
  inflateEnd(stream);
  delete stream;
}

Unpacker::Unpacker(Coding coding)
    : coding_(coding), stream_(std::make_unique<z_stream>().release()) {
  const int window = coding == Coding::gzip ? MAX_WBITS + kGzip : MAX_WBITS;
  if (inflateInit2(stream_.get(), window) != Z_OK) throw std::bad_alloc();
}

Unpacker::Step Unpacker::take(std::string_view packed, std::size_t bytes_max, std::string& out) {
  Step step;
  z_stream& stream = *stream_;
  const std::size_t begin = out.size();
  constexpr std::size_t kAtOnce = std::numeric_limits<uInt>::max();
  bytes_max = std::min(bytes_max, kAtOnce);
  packed = packed.substr(0, kAtOnce);
  out.resize(begin + bytes_max);
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
  stream.avail_out = static_cast<uInt>(bytes_max);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // only read
  stream.avail_in = static_cast<uInt>(packed.size());
  while (stream.avail_out > 0 && (stream.avail_in > 0 || !between_)) {
    if (between_ && ended_) {
      if (coding_ != Coding::gzip) {
        step.failure = "something stands behind its end";
        break;
      }
      inflateReset(&stream);  // gzip files may be joined
    }
    between_ = false;
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      between_ = ended_ = true;
    } else if (result == Z_BUF_ERROR) {
      break;  // no byte more can be told from those that are here
    } else if (result == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (result != Z_OK) {
      step.failure = stream.msg != nullptr ? stream.msg : "it asks for a dictionary";
      break;
    }
  }
  step.taken = packed.size() - stream.avail_in;
  step.full = stream.avail_out == 0;
  taken_ += step.taken;
  out.resize(begin + bytes_max - stream.avail_out);
  return step;
}

}  // namespace rollcall::http
