#include <algorithm>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"

namespace rollcall::http {
namespace {

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
void append_lag_seconds(JsonWriter& json, const Channel& channel, std::int64_t now_ms) {
  json.key("lag_seconds");
  if (channel.end && *channel.end <= channel.next) {
    json.number(0);
  } else if (!channel.end || channel.last_timestamp_ms == 0) {
    json.null();
  } else {
    json.number(std::max<std::int64_t>(0, now_ms - channel.last_timestamp_ms) / 1000);
  }
}

void append_channel(JsonWriter& json, const Channel& channel, std::int64_t now_ms) {
  json.open('{')
      .member("source", channel.key)
      .member("topic", channel.topic)
      .member("partition", channel.partition);
  json.member("side", channel.side).member("position", channel.next);
  json.key("end");
  if (channel.end) {
    json.number(*channel.end)
        .member("lag_records", std::max<std::int64_t>(0, *channel.end - channel.next));
  } else {
    json.null().key("lag_records").null();
  }
  append_lag_seconds(json, channel, now_ms);
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
  const std::int64_t now_ms = service.answers.now_ms();
  for (const Channel& channel : channels) append_channel(json, channel, now_ms);
  json.close(']').key("next_cursor").null().member("total", channels.size());
  json.member("lag_records", service.answers.lag_records()).close('}');
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace rollcall::http
