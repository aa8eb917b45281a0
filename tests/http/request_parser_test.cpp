#include "connectors/http/request_parser.hpp"

#include <doctest/doctest.h>

namespace rollcall::http {
namespace {

using Progress = RequestParser::Progress;

struct Parsing {
  Request request;
  RequestParser parser{request, 16384};
  bool keeps = true;         // the body
  std::string held;          // not yet taken
  std::size_t consumed = 0;  // by the last feed

  Progress feed(std::string_view bytes) {
    held += bytes;
    consumed = 0;
    auto progress = parser.feed(held, consumed);
    held.erase(0, consumed);
    if (progress != Progress::header) return progress;
    parser.take_body(keeps ? RequestParser::Body::keep : RequestParser::Body::drop, 1000);
    std::size_t of_body = 0;
    progress = parser.feed(held, of_body);
    held.erase(0, of_body);
    consumed += of_body;
    return progress;
  }
  unsigned failure(std::string_view bytes) {
    CAPTURE(bytes);
    REQUIRE(feed(bytes) == Progress::failed);
    return parser.failure().status;
  }
};

unsigned refusal(std::string_view bytes) { return Parsing{}.failure(bytes); }

TEST_CASE("a request is read with what the handlers ask about") {
  Parsing parsing;
  REQUIRE(
      parsing.feed("GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\naccept: text/plain\r\n"
                   "Accept-Encoding: br\r\naccept-encoding: gzip\r\n"
                   "If-None-Match: \"1\"\r\nX-Request-Id: abc-1\r\n\r\nGET") == Progress::complete);
  const Request& request = parsing.request;
  CHECK(request.method == Method::get);
  CHECK(request.target == "/a?b=c");
  CHECK(request.accept == "text/csv, text/plain");
  CHECK(request.accept_encoding == "br, gzip");
  CHECK(request.if_none_match == "\"1\"");
  CHECK(request.id == "abc-1");
  CHECK(request.keep_alive);
  CHECK_FALSE(request.http_1_0);
}

TEST_CASE("a request that arrives byte by byte is the same request") {
  Parsing parsing;
  const std::string bytes =
      "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: "
      "close\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto progress = parsing.feed(bytes.substr(at, 1));
    CHECK(parsing.parser.started());
    REQUIRE(progress == (at + 1 == bytes.size() ? Progress::complete : Progress::need_more));
  }
  CHECK(parsing.held.empty());
  CHECK(parsing.request.method == Method::post);
  CHECK_FALSE(parsing.request.keep_alive);
}

TEST_CASE("requests sent ahead are taken one by one") {
  Parsing parsing;
  const std::string two = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n";
  REQUIRE(parsing.feed(two) == Progress::complete);
  CHECK(parsing.request.target == "/1");
  CHECK(parsing.consumed == two.size() / 2);
  parsing.parser.restart();
  CHECK_FALSE(parsing.parser.started());
  REQUIRE(parsing.feed("") == Progress::complete);
  CHECK(parsing.request.target == "/2");
}

TEST_CASE("what two parties could read differently is refused") {
  CHECK(refusal("GARBAGE\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/2.0\r\n\r\n") == 400);
  CHECK(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n") ==
        400);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
                "chunked\r\n\r\n") == 400);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n") == 501);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == 501);
  CHECK(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 501);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n") == 417);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost : a\r\n\r\n") == 400);
}

TEST_CASE("a body has one length, written once and on one line") {
  const auto post = [](const std::string& headers) {
    return refusal("POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\nhello");
  };
  CHECK(Parsing{}.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello") ==
        Progress::complete);
  CHECK(post("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
  CHECK(post("Content-Length: 5\r\ncontent-length: 05\r\n") == 400);
  CHECK(post("Content-Length: 5, 5\r\n") == 400);
  CHECK(post("Content-Length: 5,\r\n") == 400);
  CHECK(post("Content-Length: +5\r\n") == 400);
  CHECK(post("Content-Length:\r\n") == 400);
  CHECK(post("Content-Length:\r\n 5\r\n") == 400);
  CHECK(post("Content-Length: 5\r\n\t\r\n") == 400);
}

TEST_CASE("no header goes over two lines, wherever the pieces of it end") {
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n") == 400);
  CHECK(refusal("GET / HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n") == 400);
  const std::string folded = "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\nX-D: e\r\n\r\n";
  for (std::size_t cut = 1; cut < folded.size(); ++cut) {
    CAPTURE(cut);
    Parsing parsing;
    auto progress = parsing.feed(folded.substr(0, cut));
    if (progress == RequestParser::Progress::need_more) progress = parsing.feed(folded.substr(cut));
    CHECK(progress == RequestParser::Progress::failed);
    CHECK(parsing.parser.failure().status == 400);
  }
}

TEST_CASE("HTTP/1.0 needs no host and closes unless asked to stay") {
  Parsing parsing;
  REQUIRE(parsing.feed("GET / HTTP/1.0\r\n\r\n") == Progress::complete);
  CHECK(parsing.request.http_1_0);
  CHECK_FALSE(parsing.request.keep_alive);
  Parsing staying;
  REQUIRE(staying.feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == Progress::complete);
  CHECK(staying.request.keep_alive);
}

TEST_CASE("headers have a limit, in one piece or dripping") {
  CHECK(refusal("GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 431);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: x\r\nBig: " + std::string(17'000, 'a') + "\r\n\r\n") ==
        431);
  Parsing dripping;
  auto progress = dripping.feed("GET / HTTP/1.1\r\nHost: x\r\n");
  std::size_t sent = 0;
  while (progress == Progress::need_more && sent < 20'000) {
    const std::string field = "Filler: " + std::string(90, 'a') + "\r\n";
    progress = dripping.feed(field);
    sent += field.size();
  }
  CHECK(progress == Progress::failed);
  CHECK(dripping.parser.failure().status == 431);
}

TEST_CASE("bodies have a limit, declared or in chunks") {
  const std::string much(1001, 'b');
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + much) == 413);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + much +
                "\r\n") == 413);
  Parsing enough;
  CHECK(enough.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" +
                    std::string(1000, 'b')) == Progress::complete);
  CHECK(enough.request.body == std::string(1000, 'b'));
}

TEST_CASE("a body is kept or dropped, in chunks or whole") {
  for (const bool keeps : {true, false}) {
    Parsing parsing;
    parsing.keeps = keeps;
    REQUIRE(parsing.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc"
                         "\r\n2\r\nde\r\n0\r\n\r\n") == Progress::complete);
    CHECK(parsing.request.body == (keeps ? "abcde" : ""));
    CHECK(parsing.request.chunked);
    CHECK_FALSE(parsing.request.content_length);
  }
}

TEST_CASE("fields that decide who asks for what come once") {
  CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n") ==
        400);
  CHECK(refusal("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nauthorization: a\r\n\r\n") ==
        400);
  Parsing parsing;
  REQUIRE(
      parsing.feed("POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k 1\r\nAuthorization: Bearer x"
                   "\r\nOrigin: https://a.example\r\n\r\n") == Progress::complete);
  CHECK(parsing.request.idempotency_key == "k 1");
  CHECK(parsing.request.authorization == "Bearer x");
  CHECK(parsing.request.origin == "https://a.example");
}

TEST_CASE("the expectation of 100-continue is reported once, after the header") {
  Parsing parsing;
  CHECK(parsing.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n") ==
        Progress::need_more);
  CHECK_FALSE(parsing.parser.take_expectation());
  CHECK(parsing.feed("Content-Length: 1\r\n\r\n") == Progress::need_more);
  CHECK(parsing.parser.take_expectation());
  CHECK_FALSE(parsing.parser.take_expectation());
  CHECK(parsing.feed("x") == Progress::complete);
}

TEST_CASE("a request id that could break a log line is not taken") {
  for (const std::string& id :
       {std::string(129, 'a'), std::string{"a b"}, std::string{"\xC3\xBC"}, std::string{}}) {
    Parsing parsing;
    REQUIRE(parsing.feed("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\n\r\n") ==
            Progress::complete);
    CHECK(parsing.request.id.empty());
  }
}

TEST_CASE("an Idempotency-Key without a key is refused rather than overlooked") {
  CHECK(refusal("POST / HTTP/1.1\r\nHost: x\r\nIdempotency-Key:\r\n\r\n") == 400);
  CHECK(refusal("POST / HTTP/1.1\r\nHost: x\r\nIdempotency-Key: \t \r\n\r\n") == 400);
}

TEST_CASE("a trailer changes nothing that was decided from the header") {
  Parsing parsing;
  REQUIRE(parsing.feed(
              "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: y\r\n"
              "X-Request-Id: forged\r\nAccept: text/csv\r\n\r\n") == Progress::complete);
  CHECK(parsing.request.id.empty());
  CHECK(parsing.request.accept.empty());
}

}  // namespace
}  // namespace rollcall::http
