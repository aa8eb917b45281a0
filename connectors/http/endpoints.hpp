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
Response get_health(const Request& request, const Service& service);
boost::asio::awaitable<Response> get_metrics(Request& request, const Service& service);

// batch_endpoints.cpp
Response get_batches(const Request& request, const Service& service);
Response get_batch(const Request& request, const Service& service);

// batch_write_endpoints.cpp
boost::asio::awaitable<Response> post_batch(Request& request, const Service& service);
boost::asio::awaitable<Response> delete_batch(Request& request, const Service& service);
boost::asio::awaitable<Response> delete_batches(Request& request, const Service& service);

// record_endpoints.cpp
boost::asio::awaitable<Response> post_record(Request& request, const Service& service);
boost::asio::awaitable<Response> post_records(Request& request, const Service& service);

// event_endpoint.cpp
boost::asio::awaitable<Response> post_events(Request& request, BodyStream& stream,
                                             const Service& service);

// list_endpoints.cpp
Response get_missing(const Request& request, const Service& service);
Response get_unexpected(const Request& request, const Service& service);
Response get_duplicates(const Request& request, const Service& service);

// member_endpoints.cpp
Response get_members(const Request& request, const Service& service);
boost::asio::awaitable<Response> get_record(Request& request, const Service& service);

// analysis_endpoints.cpp
Response get_analysis_missing(const Request& request, const Service& service);
Response get_analysis_status(const Request& request, const Service& service);
Response get_analysis_statistics(const Request& request, const Service& service);

// customer_endpoints.cpp
boost::asio::awaitable<Response> post_customer(Request& request, const Service& service);
boost::asio::awaitable<Response> post_customers(Request& request, const Service& service);
boost::asio::awaitable<Response> delete_customers(Request& request, const Service& service);
boost::asio::awaitable<Response> get_customers(Request& request, const Service& service);
boost::asio::awaitable<Response> get_customers_of_source(Request& request, const Service& service);
Response get_deduplication(const Request& request, const Service& service);
Response get_source_comparison(const Request& request, const Service& service);

// number_endpoints.cpp
boost::asio::awaitable<Response> post_extract(Request& request, const Service& service);
boost::asio::awaitable<Response> post_reset(Request& request, const Service& service);
Response get_missing_number(const Request& request, const Service& service);

// source_endpoints.cpp
Response get_sources(const Request& request, const Service& service);
boost::asio::awaitable<Response> post_source_reset(Request& request, const Service& service);

// dead_letter_endpoints.cpp
boost::asio::awaitable<Response> get_dead_letters(Request& request, const Service& service);
boost::asio::awaitable<Response> post_replay(Request& request, const Service& service);
boost::asio::awaitable<Response> post_acknowledgement(Request& request, const Service& service);

// import_endpoints.cpp
boost::asio::awaitable<Response> post_import(Request& request, const Service& service);
boost::asio::awaitable<Response> post_import_end(Request& request, const Service& service);

// docs_endpoints.cpp
Response get_openapi(const Request& request, const Service& service);
Response get_docs(const Request& request, const Service& service);
Response get_redoc(const Request& request, const Service& service);
Response get_docs_asset(const Request& request, const Service& service);

}  // namespace rollcall::http
