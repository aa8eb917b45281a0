#include "connectors/http/inflated_body.hpp"

#include <boost/beast/zlib/error.hpp>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <stdexcept>

namespace rollcall::http {
namespace {

namespace zlib = boost::beast::zlib;

constexpr std::size_t kHeaderBytes = 10;
constexpr std::size_t kTrailerBytes = 8;  // check sum and length
constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;

class InflatedBody final : public BodyProducer {
 public:
  explicit InflatedBody(std::string_view gzip) {
    if (gzip.size() < kHeaderBytes + kTrailerBytes) throw std::invalid_argument("not a gzip file");
    const std::string_view deflated =
        gzip.substr(kHeaderBytes, gzip.size() - kHeaderBytes - kTrailerBytes);
    at_.next_in = deflated.data();
    at_.avail_in = deflated.size();
  }

  bool produce(std::string& out) override {
    const std::size_t begin = out.size();
    out.resize(begin + kPieceBytes);
    at_.next_out = out.data() + begin;
    at_.avail_out = kPieceBytes;
    boost::beast::error_code error;
    stream_.write(at_, zlib::Flush::sync, error);
    out.resize(out.size() - at_.avail_out);
    if (error == zlib::error::end_of_stream) return false;
    if (error && error != zlib::error::need_buffers) throw std::runtime_error(error.message());
    if (out.size() == begin) throw std::runtime_error("an embedded file ends too early");
    return true;
  }

 private:
  zlib::inflate_stream stream_;
  zlib::z_params at_{};
};

}  // namespace

std::unique_ptr<BodyProducer> make_inflated_body(std::string_view gzip) {
  return std::make_unique<InflatedBody>(gzip);
}

}  // namespace rollcall::http
