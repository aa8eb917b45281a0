#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "connectors/http/admission.hpp"
#include "connectors/http/body_room.hpp"
#include "connectors/http/browser_headers.hpp"
#include "connectors/http/client_uses.hpp"
#include "connectors/http/cors.hpp"
#include "connectors/http/options.hpp"
#include "connectors/http/router.hpp"
#include "connectors/http/tls.hpp"

namespace rollcall::http {

class Session;

// What the sessions of one server share.
// Owner: shared by the server and each session, so that a session that outlives the server (the
//        io_context destroys its suspended coroutines last) finds what it signs off from. Runs on:
//        the loop.
struct ServerState {
  ServerState(Answers& answers, Writes& writes, Replays& replays, boost::asio::thread_pool& query,
              Options options_);

  Options options;
  Service service;
  std::unordered_set<Session*> sessions;
  Use use;  // of all clients
  ClientUses clients;
  Origins origins;
  BrowserHeaders browser_headers;
  Admission admission;
  BodyRoom bodies;
  TlsContext tls;  // null: plain HTTP
  bool draining = false;
  std::string date;  // what the Date header says now

  // What one client may have of a limit.
  [[nodiscard]] std::uint64_t share_of(std::uint64_t limit) const;
  // The answer to one more of those that `own` and `all` count where there is no place for it, or nothing.
  [[nodiscard]] std::optional<Response> refuse_one_more(std::size_t own, std::size_t all,
                                                        std::size_t limit, Problem full,
                                                        std::string_view request_id) const;
  void refresh_date();
  // 16 hexadecimal digits that do not come again.
  [[nodiscard]] std::string make_request_id();
  void warn(std::string_view message) const;
  void report_failure(std::string_view message) const;

 private:
  std::uint64_t next_request_;
  std::int64_t date_second_ = -1;
};

}  // namespace rollcall::http
