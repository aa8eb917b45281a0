#pragma once

#include <boost/asio/awaitable.hpp>

#include "connectors/http/router.hpp"

// The handlers behind the table of routes(), one for each thing that can be asked. All run on the
// loop and are cheap; whatever walks over ids is left to a BodyProducer.
namespace rollcall::http {

// operation_endpoints.cpp
Response get_root(const Request& request, const Service& service);
Response get_livez(const Request& request, const Service& service);
Response get_readyz(const Request& request, const Service& service);
Response get_metrics(const Request& request, const Service& service);

// batch_endpoints.cpp
Response get_batches(const Request& request, const Service& service);
Response get_batch(const Request& request, const Service& service);

// list_endpoints.cpp
Response get_missing(const Request& request, const Service& service);
Response get_unexpected(const Request& request, const Service& service);
Response get_duplicates(const Request& request, const Service& service);
Response get_analysis_missing(const Request& request, const Service& service);

// source_endpoints.cpp
Response get_sources(const Request& request, const Service& service);
boost::asio::awaitable<Response> get_dead_letters(const Request& request, const Service& service);

}  // namespace rollcall::http
