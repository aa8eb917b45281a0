#include <array>

#include "connectors/http/endpoints.hpp"

namespace rollcall::http {

std::span<const Route> routes() {
  // `by-name` stands before {batch}: a batch of that very name is reached as /by-name/by-name.
  static constexpr std::array<Route, 17> kRoutes{{
      {Method::get, "/api/v1/batches", get_batches, nullptr},
      {Method::get, "/api/v1/batches/by-name/{name}", get_batch, nullptr},
      {Method::get, "/api/v1/batches/by-name/{name}/missing", get_missing, nullptr},
      {Method::get, "/api/v1/batches/by-name/{name}/unexpected", get_unexpected, nullptr},
      {Method::get, "/api/v1/batches/by-name/{name}/duplicates", get_duplicates, nullptr},
      {Method::get, "/api/v1/batches/{batch}", get_batch, nullptr},
      {Method::get, "/api/v1/batches/{batch}/missing", get_missing, nullptr},
      {Method::get, "/api/v1/batches/{batch}/unexpected", get_unexpected, nullptr},
      {Method::get, "/api/v1/batches/{batch}/duplicates", get_duplicates, nullptr},
      {Method::get, "/api/v1/analysis/missing/by-name/{name}", get_analysis_missing, nullptr},
      {Method::get, "/api/v1/analysis/missing/{batch}", get_analysis_missing, nullptr},
      {Method::get, "/api/v1/sources", get_sources, nullptr},
      {Method::get, "/api/v1/dead-letters", nullptr, get_dead_letters},
      {Method::get, "/livez", get_livez, nullptr},
      {Method::get, "/readyz", get_readyz, nullptr},
      {Method::get, "/metrics", get_metrics, nullptr},
      {Method::get, "/", get_root, nullptr},
  }};
  return kRoutes;
}

}  // namespace rollcall::http
