#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/api/specification.hpp"
#include "tests/http/peer.hpp"

namespace rollcall::test {

// One request of an operation.
struct Call {
  std::string id;      // the operation's
  std::string target;  // the path with its placeholders filled, and the query
  std::map<std::string, std::string> headers{};
  std::string body{};
};

// What has been answered by which operation, of all daemons that were asked.
class Coverage {
 public:
  void note(const std::string& id, unsigned status) { seen_[id].insert(status); }
  // What is described and was never seen: operations, and answers of success.
  [[nodiscard]] std::vector<std::string> gaps(const Specification& specification) const;

 private:
  std::map<std::string, std::set<unsigned>> seen_;
};

// Asks a daemon over HTTP and holds every answer against the description.
// Owner: the test; outlived by the specification and the coverage.
class Contract {
 public:
  Contract(std::uint16_t port, const Specification& specification, Coverage& coverage)
      : port_(port), specification_(specification), coverage_(coverage) {}

  // Asks once and checks: the status is described, and so are content type, headers and body. Of a
  // GET the HEAD too. Every breach is a failed check of the running test.
  http::WireAnswer ask(const Call& call, unsigned status);
  // What every operation has in common, asked of one that succeeds with this call: a method it does
  // not have, a target it cannot read, a client that takes nothing, a version the client has.
  void probe(const Call& call, unsigned status);

 private:
  http::WireAnswer send(const std::string& method, const Call& call) const;
  void check(const Operation& operation, const Call& call, const std::string& method,
             const http::WireAnswer& answer);
  void check_headers(const boost::json::object& response, const http::WireAnswer& answer) const;
  void check_slash(const Operation& operation, const Call& call) const;
  void check_body(const boost::json::object& response, const http::WireAnswer& answer) const;
  [[nodiscard]] const Operation& operation_of(const Call& call) const;

  std::uint16_t port_;
  const Specification& specification_;
  Coverage& coverage_;
};

}  // namespace rollcall::test
