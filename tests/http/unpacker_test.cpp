#include "connectors/http/unpacker.hpp"

#include <doctest/doctest.h>

#include "tests/http/packed.hpp"

namespace rollcall::http {
namespace {

struct Outcome {
  std::string plain;
  std::string failure;
  std::uint64_t at = 0;
  bool whole = false;
};

Outcome unpack(const std::string& sent, Coding coding, std::size_t in_pieces,
               std::size_t out_pieces) {
  Unpacker unpacker(coding);
  Outcome outcome;
  bool full = false;
  for (std::size_t at = 0; (at < sent.size() || full) && outcome.failure.empty();) {
    const std::size_t before = outcome.plain.size();
    const std::string_view piece = std::string_view(sent).substr(at, in_pieces);
    const auto step = unpacker.take(piece, out_pieces, outcome.plain);
    CHECK(outcome.plain.size() - before <= out_pieces);
    CHECK(step.taken <= piece.size());
    at += step.taken;
    full = step.full;
    outcome.failure = step.failure;
  }
  outcome.at = unpacker.taken();
  outcome.whole = unpacker.at_end();
  return outcome;
}

std::string some_text() {
  std::string text;
  for (int line = 0; line < 2'000; ++line) text += "{\"id\":" + std::to_string(line * 7919) + "}\n";
  return text;
}

TEST_CASE("what was packed comes back however it is cut") {
  const std::string plain = some_text();
  for (const auto& [name, coding] :
       {std::pair{"gzip", Coding::gzip}, std::pair{"deflate", Coding::deflate}}) {
    const std::string sent = packed(plain, name);
    for (const std::size_t in : {std::size_t{1}, std::size_t{7}, sent.size()}) {
      for (const std::size_t out : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20U}) {
        const Outcome outcome = unpack(sent, coding, in, out);
        CHECK(outcome.failure.empty());
        CHECK(outcome.whole);
        CHECK(outcome.plain == plain);
      }
    }
  }
}

TEST_CASE("joined gzip files are one, and nothing may stand behind the end of deflate") {
  CHECK(unpack(packed("one ") + packed("two"), Coding::gzip, 1, 10).plain == "one two");
  const Outcome rest = unpack(packed("one", "deflate") + "x", Coding::deflate, 100, 100);
  CHECK(rest.failure == "something stands behind its end");
  CHECK_FALSE(unpack(packed("one") + "x", Coding::gzip, 100, 100).whole);
  CHECK(unpack(packed(""), Coding::gzip, 100, 100).whole);
}

TEST_CASE("every cut and every flipped bit of a packed body is noticed") {
  const std::string plain = "all of it or nothing";
  const std::string sent = packed(plain);
  for (std::size_t bytes = 1; bytes < sent.size(); ++bytes) {
    const Outcome outcome = unpack(sent.substr(0, bytes), Coding::gzip, 5, 1000);
    CHECK_FALSE(outcome.whole);
  }
  constexpr std::size_t kHeaderBytes = 10;  // most of which says nothing of the content
  for (std::size_t bit = kHeaderBytes * 8; bit < sent.size() * 8; ++bit) {
    std::string broken = sent;
    broken[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(broken[bit / 8]) ^ 1U << bit % 8);
    const Outcome outcome = unpack(broken, Coding::gzip, 1000, 1000);
    // The last bits in front of the sum fill a byte and mean nothing.
    CHECK((!outcome.failure.empty() || !outcome.whole || outcome.plain == plain));
  }
  const Outcome plain_sent = unpack("{\"id\":1}", Coding::gzip, 100, 100);
  CHECK(plain_sent.failure == "incorrect header check");
  CHECK(plain_sent.at <= 2);
}

TEST_CASE("codings are told by their names") {
  CHECK(coding_of("") == Coding::none);
  CHECK(coding_of("Identity") == Coding::none);
  CHECK(coding_of("GZip") == Coding::gzip);
  CHECK(coding_of("x-gzip") == Coding::gzip);
  CHECK(coding_of("deflate") == Coding::deflate);
  for (const char* other : {"br", "zstd", "gzip, gzip", "gz"})
    CHECK(coding_of(other) == Coding::unknown);
}

}  // namespace
}  // namespace rollcall::http
