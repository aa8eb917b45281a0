#pragma once

#include <boost/asio/awaitable.hpp>

#include "connectors/http/query.hpp"
#include "connectors/http/router.hpp"

namespace rollcall::http {

// `fresh=true`: the answer rests on a look at the sources that began after the request. A handler that may be asked so
// takes the parameter with this.
void take_fresh(QueryReader& query);

// Waits for that look where the request asks for it, kFreshMax at most: what is not known by then makes the answer
// blind, or provisional. To be called before the handler, which is a function of one moment.
boost::asio::awaitable<void> look_if_asked(const Route& route, const Request& request,
                                           const Service& service);

}  // namespace rollcall::http
