#include <array>

#include "connectors/http/endpoints.hpp"

namespace rollcall::http {

std::span<const Route> routes() {
  // `by-name` stands before {batch}: a batch of that very name is reached as /by-name/by-name.
  static const std::array<Route, 52> kRoutes{{
      {Method::get, "/api/v1/batches", get_batches},
      {Method::post, "/api/v1/batches", post_batch, kJsonType},
      {Method::del, "/api/v1/batches", delete_batches},
      {Method::get, "/api/v1/batches/by-name/{name}", get_batch},
      {Method::get, "/api/v1/batches/by-name/{name}/missing", get_missing},
      {Method::get, "/api/v1/batches/by-name/{name}/unexpected", get_unexpected},
      {Method::get, "/api/v1/batches/by-name/{name}/duplicates", get_duplicates},
      {Method::del, "/api/v1/batches/by-name/{name}", delete_batch},
      {Method::get, "/api/v1/batches/by-name/{name}/members", get_members},
      {Method::get, "/api/v1/batches/by-name/{name}/records/{id}", get_record},
      {Method::get, "/api/v1/batches/{batch}", get_batch},
      {Method::del, "/api/v1/batches/{batch}", delete_batch},
      {Method::get, "/api/v1/batches/{batch}/missing", get_missing},
      {Method::get, "/api/v1/batches/{batch}/unexpected", get_unexpected},
      {Method::get, "/api/v1/batches/{batch}/duplicates", get_duplicates},
      {Method::get, "/api/v1/batches/{batch}/members", get_members},
      {Method::get, "/api/v1/batches/{batch}/records/{id}", get_record},
      {Method::post, "/api/v1/records", post_record, kJsonType},
      {Method::post, "/api/v1/records/bulk", post_records, kJsonType},
      {Method::post, "/api/v1/events", post_events, kNdjsonType},
      {Method::get, "/api/v1/analysis/missing/by-name/{name}", get_analysis_missing},
      {Method::get, "/api/v1/analysis/missing/{batch}", get_analysis_missing},
      {Method::get, "/api/v1/analysis/status/by-name/{name}", get_analysis_status},
      {Method::get, "/api/v1/analysis/status/{batch}", get_analysis_status},
      {Method::get, "/api/v1/analysis/statistics/by-name/{name}", get_analysis_statistics},
      {Method::get, "/api/v1/analysis/statistics/{batch}", get_analysis_statistics},
      {Method::get, "/api/v1/customers", get_customers},
      {Method::post, "/api/v1/customers", post_customer, kJsonType},
      {Method::del, "/api/v1/customers", delete_customers},
      {Method::post, "/api/v1/customers/bulk", post_customers, kJsonType},
      {Method::get, "/api/v1/customers/source/{source}", get_customers_of_source},
      {Method::get, "/api/v1/deduplication/analyze", get_deduplication},
      {Method::get, "/api/v1/deduplication/compare-sources", get_source_comparison},
      {Method::post, "/extract/{number}", post_extract},
      {Method::post, "/reset", post_reset},
      {Method::get, "/missing", get_missing_number},
      {Method::get, "/api/v1/sources", get_sources},
      {Method::post, "/api/v1/sources/{source}/reset", post_source_reset},
      {Method::get, "/api/v1/dead-letters", get_dead_letters},
      {Method::post, "/api/v1/dead-letters/acknowledge", post_acknowledgement, kJsonType},
      {Method::post, "/api/v1/dead-letters/replay", post_replay, kJsonType},
      {Method::post, "/api/v1/imports", post_import, kJsonType},
      {Method::post, "/api/v1/imports/end", post_import_end, kJsonType},
      {Method::get, "/livez", get_livez},
      {Method::get, "/readyz", get_readyz},
      {Method::get, "/health", get_health},
      {Method::get, "/metrics", get_metrics},
      {Method::get, "/openapi.json", get_openapi},
      {Method::get, "/docs", get_docs},
      {Method::get, "/redoc", get_redoc},
      {Method::get, "/docs/assets/{file}", get_docs_asset},
      {Method::get, "/", get_root},
  }};
  return kRoutes;
}

}  // namespace rollcall::http
