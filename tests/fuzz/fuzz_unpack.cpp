// Any bytes as a packed body: refused or unpacked, the same however they are cut, never more at once than is asked for;
// and what zlib has packed comes back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <zlib.h>

#include "connectors/http/unpacker.hpp"
#include "pipeline/ensure.hpp"
#include "tests/http/packed.hpp"

using namespace rollcall::http;

namespace {

constexpr std::size_t kPlainBytesMax = std::size_t{1} << 20U;  // as a server has a limit, too

struct Outcome {
  std::string plain;
  bool failed = false;
  bool whole = false;
};

Outcome unpack(std::string_view sent, Coding coding, std::size_t in_bytes, std::size_t out_bytes) {
  Unpacker unpacker(coding);
  Outcome outcome;
  bool full = false;
  while ((!sent.empty() || full) && outcome.plain.size() < kPlainBytesMax) {
    const std::size_t before = outcome.plain.size();
    const std::size_t wanted = std::min(out_bytes, kPlainBytesMax - before);
    const auto step = unpacker.take(sent.substr(0, in_bytes), wanted, outcome.plain);
    ENSURE(outcome.plain.size() <= before + wanted);
    ENSURE(step.taken <= std::min(sent.size(), in_bytes));
    ENSURE(step.taken > 0 || outcome.plain.size() > before || !step.failure.empty() || full);
    sent.remove_prefix(step.taken);
    full = step.full;
    outcome.failed = !step.failure.empty();
    if (outcome.failed) break;
  }
  outcome.whole = !outcome.failed && unpacker.at_end();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Coding coding = data[0] % 2 == 0 ? Coding::gzip : Coding::deflate;
  const std::size_t piece = 1 + data[1];
  const std::string_view sent{reinterpret_cast<const char*>(data + 2), size - 2};
  const Outcome at_once = unpack(sent, coding, sent.size(), kPlainBytesMax);
  const Outcome in_pieces = unpack(sent, coding, piece, 16 * piece);
  ENSURE(at_once.plain == in_pieces.plain);
  if (at_once.plain.size() < kPlainBytesMax) {
    ENSURE(at_once.failed == in_pieces.failed);
    ENSURE(at_once.whole == in_pieces.whole);
  }
  const std::string text{sent};
  const Outcome back =
      unpack(packed(text, coding == Coding::gzip ? "gzip" : "deflate"), coding, piece, piece);
  ENSURE(back.whole);
  ENSURE(back.plain == text);
  return 0;
}
