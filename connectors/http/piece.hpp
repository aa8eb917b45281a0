#pragma once

#include <exception>
#include <string>

#include "connectors/http/response.hpp"

namespace rollcall::http {

// One piece of a list while it is made on a query thread. The loop does not touch it meanwhile.
struct Piece {
  BodyProducer& producer;
  std::string bytes;
  std::string failure;
  bool more = true;

  void operator()() noexcept {
    bytes.clear();
    try {
      more = producer.produce(bytes);
    } catch (const std::exception& exception) {
      failure = exception.what();
      if (failure.empty()) failure = "an exception without a message";
    } catch (...) {
      failure = "an exception of unknown type";
    }
  }
};

}  // namespace rollcall::http
