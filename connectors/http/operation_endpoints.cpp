#include "connectors/http/docs/embedded_files.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/problem.hpp"

namespace rollcall::http {

Response get_root(const Request&, const Service& service) {
  Response response;
  JsonWriter json{response.body};
  json.open('{')
      .member("name", "rollcall")
      .member("version", service.options.version)
      .key("links")
      .open('{');
  for (const auto& [name, path] : {std::pair{"batches", "/api/v1/batches"},
                                   {"sources", "/api/v1/sources"},
                                   {"dead_letters", "/api/v1/dead-letters"},
                                   {"alive", "/livez"},
                                   {"ready", "/readyz"},
                                   {"metrics", "/metrics"},
                                   {"openapi", "/openapi.json"}}) {
    json.member(name, path);
  }
  if (pages_are_carried()) json.member("docs", "/docs").member("redoc", "/redoc");
  json.close('}').close('}');
  return response;
}

Response get_livez(const Request&, const Service&) {
  Response response;
  response.body = R"({"status":"alive"})";
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response get_readyz(const Request& request, const Service& service) {
  Readiness readiness = service.answers.readiness();
  if (!readiness.ready) {
    Problem problem{
        503, "not_ready", "Answers cannot be given yet.", {}, std::move(readiness.reasons)};
    return unavailable(std::move(problem), request.id, service.options.retry_after);
  }
  Response response;
  JsonWriter json{response.body};
  json.open('{')
      .member("status", readiness.reasons.empty() ? "ready" : "degraded")
      .key("reasons")
      .open('[');
  for (const std::string& reason : readiness.reasons) json.text(reason);
  json.close(']').close('}');
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// As load balancers of small services ask it. A store that is away is unhealthy: nothing can be
// written, though answers go on. A source that is away is not cured by sending requests elsewhere: degraded.
Response get_health(const Request&, const Service& service) {
  const Readiness readiness = service.answers.readiness();
  const bool healthy = readiness.ready && readiness.store_answers;
  Response response;
  response.status = healthy ? 200 : 503;
  JsonWriter json{response.body};
  const std::string_view well = readiness.sources_answer ? "healthy" : "degraded";
  json.open('{').member("status", healthy ? well : "unhealthy");
  json.member("db_connected", readiness.store_answers);
  json.key("last_etl_run").null().key("etl_status").null().close('}');
  response.headers.emplace_back("Cache-Control", "no-store");
  if (!healthy)
    response.headers.emplace_back("Retry-After",
                                  std::to_string(service.options.retry_after.count()));
  return response;
}

boost::asio::awaitable<Response> get_metrics(Request& request, const Service& service) {
  if (!service.options.metrics) co_return not_found(request, "This server publishes no metrics.");
  Response response;
  response.content_type = kMetricsType;
  std::string text = co_await service.options.metrics();
  response.body = std::move(text);
  co_return response;
}

}  // namespace rollcall::http
