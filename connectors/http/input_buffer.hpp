#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace rollcall::http {

// Bytes that were read from a connection and not yet parsed. Small while idle, never larger than
// `bytes_max`.
class InputBuffer {
 public:
  explicit InputBuffer(std::size_t bytes_max)
      : bytes_max_(bytes_max), storage_(std::min(kFirst, bytes_max)) {}

  [[nodiscard]] std::string_view data() const { return {storage_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  // Where the next bytes go; empty when the buffer is full.
  [[nodiscard]] boost::asio::mutable_buffer room() {
    if (end_ == storage_.size() && begin_ > 0) {
      std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == storage_.size()) storage_.resize(std::min(bytes_max_, storage_.size() * 2));
    return {storage_.data() + end_, storage_.size() - end_};
  }
  void commit(std::size_t bytes) { end_ += bytes; }

 private:
  static constexpr std::size_t kFirst = 4096;
  std::size_t bytes_max_;
  std::vector<char> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace rollcall::http
