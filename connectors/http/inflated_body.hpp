#pragma once

#include <memory>
#include <string_view>

#include "connectors/http/response.hpp"

namespace rollcall::http {

// The content of a gzip file, for clients that do not take it compressed. Unpacked piece by piece
// on a query thread, because a megabyte of it would hold the loop up.
// `gzip` outlives the body: it is a single member without name, time or extra fields.
[[nodiscard]] std::unique_ptr<BodyProducer> make_inflated_body(std::string_view gzip);

}  // namespace rollcall::http
