// Which addresses are taken.
#include "connectors/json/email_address.hpp"

#include <doctest/doctest.h>
#include <string>

using rollcall::json::is_email_address;

namespace {

const std::string kLabel(63, 'x');

TEST_CASE("an address is what browsers take, with a dot in its domain") {
  for (const std::string& good :
       {std::string{"a@b.c"}, std::string{"ada@example.org"}, std::string{"a.b+c@x-y.example"},
        std::string{".!#$%&'*+/=?^_`{|}~-@example.org"}, std::string{"A@1.2"},
        std::string(64, 'x') + "@b.c", "a@" + kLabel + '.' + kLabel + ".org",
        "a@" + kLabel + '.' + kLabel + '.' + kLabel + '.' + std::string(60, 'x')}) {
    CAPTURE(good);
    CHECK(is_email_address(good));
  }
}

TEST_CASE("an address may be of any script in both parts, as RFC 6531 and IDNA have them") {
  for (const char* good :
       {"Dörte@Sörensen.example", "用户@例子.广告", "用户@例子。广告", "अजय@डाटा.भारत",
        "θσερ@εχαμπλε.ψομ", "квіточка@пошта.укр", "josé@example.org", "ada@bücher.example",
        "ada@xn--bcher-kva.example", "ada@faß.de", "\xf0\x9f\x98\x80@example.org",
        "می\u200cخواهم@مثال.ایران"}) {
    CAPTURE(good);
    CHECK(is_email_address(good));
  }
}

TEST_CASE("a local part may be quoted, a domain an address in brackets") {
  for (const char* good : {R"("a"@b.c)", R"("a b"@b.c)", R"("a@b"@c.d)", R"("a\"b\\"@c.d)",
                           R"(""@c.d)", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@[IPv6:2001:db8::17]"}) {
    CAPTURE(good);
    CHECK(is_email_address(good));
  }
}

TEST_CASE("what no mail can be sent to is no address") {
  for (const std::string& bad :
       {std::string{},
        std::string{"@"},
        std::string{"a"},
        std::string{"nobody"},
        std::string{"a@"},
        std::string{"@b.c"},
        std::string{"a@b"},
        std::string{"a@localhost"},
        std::string{"a@b."},
        std::string{"a@.c"},
        std::string{"a@b..c"},
        std::string{"a@-b.c"},
        std::string{"a@b-.c"},
        std::string{"a@b.c-"},
        std::string{"a@b_c.d"},
        std::string{"a@b@c.d"},
        std::string{"a b@c.d"},
        std::string{"a@b.c "},
        std::string{" a@b.c"},
        std::string{"a,b@c.d"},
        std::string{"a(b)@c.d"},
        std::string{"<a@b.c>"},
        std::string{"Ada <ada@b.c>"},
        std::string{"a@[127.0.0.1"},
        std::string{"a@[127.0.0]"},
        std::string{"a@[]"},
        std::string{"a@[::1]"},
        std::string{"a@[IPv6:127.0.0.1]"},
        std::string{"\"a@b.c"},
        std::string{R"("a"b"@c.d)"},
        std::string{R"("a\"@c.d)"},
        std::string{"\"\n\"@b.c"},
        std::string{"a\u00a0b@c.d"},
        std::string{"a@b\u200b.c"},
        std::string{"a@\u202eb.c"},
        std::string{"a\x85@b.c"},
        std::string{"a@\xff.c"},
        std::string("a\0@b.c", 6),
        std::string{"a@b。"},
        std::string(65, 'x') + "@b.c",
        "a@" + kLabel + "x.org",
        "a@" + kLabel + '.' + kLabel + '.' + kLabel + '.' + std::string(61, 'x')}) {
    CAPTURE(bad);
    CHECK_FALSE(is_email_address(bad));
  }
}

}  // namespace
