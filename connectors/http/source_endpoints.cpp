#include <algorithm>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"
#include "connectors/http/write_answer.hpp"

namespace rollcall::http {
namespace {

constexpr std::string_view kKafka = "kafka:";

void append_moment(JsonWriter& json, std::string_view name, std::int64_t unix_ms) {
  json.key(name);
  if (unix_ms > 0) {
    json.time(unix_ms);
  } else {
    json.null();
  }
}

// Seconds since the last record that was read, while there are others to read: how old the answers
// are.
void append_lag_seconds(JsonWriter& json, const Channel& channel, std::optional<std::uint64_t> lag,
                        std::int64_t now_ms) {
  json.key("lag_seconds");
  if (lag == 0U) {
    json.number(0);
  } else if (!lag || channel.last_timestamp_ms == 0) {
    json.null();
  } else {
    json.number(std::max<std::int64_t>(0, now_ms - channel.last_timestamp_ms) / 1000);
  }
}

void append_channel(JsonWriter& json, const Channel& channel, const Service& service) {
  json.open('{')
      .member("source", channel.key)
      .member("topic", channel.topic)
      .member("partition", channel.partition);
  json.member("side", channel.side);
  json.member("position", std::max<std::int64_t>(channel.next, 0)).key("end");
  const auto lag = lag_of(channel, service.answers.end_limit());
  if (lag) {
    json.number(*channel.end);
  } else {
    json.null();
  }
  append_lag(json, lag);
  append_lag_seconds(json, channel, lag, service.answers.now_ms());
  append_moment(json, "end_asked_at", channel.end_asked_ms);
  append_moment(json, "last_record_at", channel.last_timestamp_ms);
  json.member("lost_records", channel.lost_records).key("error");
  if (channel.error.empty()) {
    json.null();
  } else {
    json.text(channel.error);
  }
  json.close('}');
}

}  // namespace

Response get_sources(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return std::move(*refused);
  if (const auto problem = QueryReader{request.query}.problem())
    return to_response(*problem, request.id);
  const std::vector<Channel>& channels = service.answers.channels();
  Response response;
  JsonWriter json{response.body};
  json.open('{').key("items").open('[');
  std::uint64_t total = 0;
  for (const Channel& channel : channels) {
    if (channel.retired) continue;
    append_channel(json, channel, service);
    ++total;
  }
  json.close(']').key("next_cursor").null().member("total", total);
  append_lag(json, service.answers.lag_records());
  json.close('}');
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

boost::asio::awaitable<Response> post_source_reset(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  if (const auto problem = QueryReader{request.query}.problem())
    co_return to_response(*problem, request.id);
  request.idempotency_key.clear();  // a second one finds nothing to reset
  const std::string source = request.argument.text;
  // Only a topic can be another than the one that was read.
  ResetSource reset{source.starts_with(kKafka) ? source.substr(kKafka.size()) : ""};
  Change change{std::move(reset)};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  JsonWriter json{response.body};
  json.open('{').member("source", source).key("reset").open('[');
  for (const SourceReset::Given& given : written.answer.reset.channels) {
    json.open('{').member("source", given.channel).member("read_to", given.next).key("unread");
    if (given.unread) {
      json.number(*given.unread);
    } else {
      json.null();
    }
    json.close('}');
  }
  json.close(']').close('}');
  co_return response;
}

}  // namespace rollcall::http
