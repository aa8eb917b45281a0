#pragma once

#include <boost/json.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "connectors/http/options.hpp"
#include "connectors/http/request.hpp"
#include "connectors/http/response.hpp"
#include "tests/fakes/fake_answers.hpp"
#include "tests/fakes/refusing_writes.hpp"

namespace rollcall::http {

struct ApiAnswer {
  unsigned status = 0;
  Response head;     // without its body
  std::string body;  // all pieces of it
  std::size_t pieces = 1;
  std::string route;

  [[nodiscard]] boost::json::value json() const { return boost::json::parse(body); }
  [[nodiscard]] std::string_view header(std::string_view name) const { return head.header(name); }
  [[nodiscard]] std::string code() const { return json().at("code").as_string().c_str(); }
};

struct ApiHeaders {
  std::string accept;
  std::string if_none_match;
  std::string accept_encoding{};
};

// The handlers behind the router, without sockets: what a request line and headers would be
// answered.
class Api {
 public:
  fakes::FakeAnswers answers;
  fakes::RefusingWrites writes;
  fakes::RefusingReplays replays;
  Options options;

  ApiAnswer get(std::string_view target, const ApiHeaders& headers = {}) {
    return ask(Method::get, target, headers);
  }
  ApiAnswer ask(Method method, std::string_view target, const ApiHeaders& headers = {});
};

}  // namespace rollcall::http
