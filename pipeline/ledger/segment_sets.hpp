#pragma once

#include <cstdint>
#include <roaring/roaring.hh>
#include <string>
#include <string_view>

#include "pipeline/ledger/segment_bytes.hpp"

// The stored form of a set of 32-bit integers: a sorted list of varints or Roaring's portable format, whichever is
// smaller.
namespace rollcall::segment {

// `set` is run-optimised and not empty.
void put_set(std::string& out, const Roaring& set);

// Fails the reader when the set is damaged or empty.
[[nodiscard]] Roaring read_set(ByteReader& reader);

// Whether the bytes are exactly one non-empty bitmap in Roaring's portable format with all its invariants. CRoaring
// 0.2.66 checks lengths only, and those after it has read them, so it must see no bytes that have not passed here.
[[nodiscard]] bool is_portable_roaring(std::string_view bytes);

}  // namespace rollcall::segment
