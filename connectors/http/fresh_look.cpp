#include "connectors/http/fresh_look.hpp"

#include <chrono>

namespace rollcall::http {
namespace {

constexpr std::chrono::seconds kFreshMax{5};
constexpr std::string_view kParameter = "fresh";

bool may_look(const Route& route) {
  return route.method == Method::get &&
         (route.path.starts_with("/api/v1/batches") || route.path.starts_with("/api/v1/analysis"));
}

}  // namespace

void take_fresh(QueryReader& query) {
  static_cast<void>(query.word(kParameter, {"true", "false"}));
}

boost::asio::awaitable<void> look_if_asked(const Route& route, const Request& request,
                                           const Service& service) {
  if (!may_look(route) || QueryReader{request.query}.text(kParameter) != "true") co_return;
  auto looking = service.answers.look_afresh(kFreshMax);
  co_await std::move(looking);
}

}  // namespace rollcall::http
