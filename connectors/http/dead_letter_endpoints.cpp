#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/cursor.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"
#include "connectors/http/write_answer.hpp"
#include "connectors/json/body_object.hpp"
#include "connectors/json/slices.hpp"

namespace rollcall::http {

namespace asio = boost::asio;

namespace {

// Each carries a sample of a KiB, so a page of them is shorter than a page of ids; the cursor tells
// that there is more.
constexpr std::uint64_t kDeadLettersMax = 1000;
constexpr std::size_t kIdsMax = 10'000;  // in one acknowledgement; a filter takes any number
constexpr std::size_t kNoteBytesMax = 1'000;
constexpr std::size_t kTopicBytesMax = 512;

void append_optional_text(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.text(text);
  }
}

void append_closing(JsonWriter& json, const std::optional<Closing>& closing) {
  json.key("closed_at");
  if (!closing) {
    json.null().key("closed_by").null().key("note").null();
    return;
  }
  json.time(closing->at_ms).member("closed_by", closing->by).member("note", closing->note);
}

void append_dead_letter(JsonWriter& json, const DeadLetter& letter) {
  json.open('{')
      .member("id", letter.number)
      .member("source", letter.channel)
      .member("position", letter.position);
  json.member("reason", to_string(letter.reason));
  append_optional_text(json, "field", letter.field);
  json.member("sample", letter.sample).key("at").time(letter.at_ms);
  json.member("feed", letter.feed);
  append_optional_text(json, "batch", letter.batch);
  json.member("side", to_string(letter.side)).key("explains");
  append_bounded(json, letter.explains);
  json.member("state", to_string(letter.state));
  append_closing(json, letter.closing);
  json.close('}');
}

Response dead_letter_page(const DeadLetterPage& page, bool more) {
  Response response;
  JsonWriter json{response.body};
  json.open('{').key("items").open('[');
  for (const DeadLetter& letter : page.letters) append_dead_letter(json, letter);
  json.close(']').key("next_cursor");
  if (more) {
    json.text(encode_cursor(CursorKind::dead_letters,
                            static_cast<std::uint64_t>(page.letters.back().number)));
  } else {
    json.null();
  }
  json.member("total", page.total).close('}');
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::optional<Problem> unknown_reason(std::string_view where, const std::string& reason) {
  std::string names;
  for (std::size_t i = 0; i < kBadRecordReasons; ++i) {
    if (i > 0) names += ", ";
    names += to_string(static_cast<BadRecordReason>(i));
  }
  Problem problem{422, "invalid_field", "There is no such reason.", {}, {}};
  problem.errors.push_back({std::string{where}, "\"" + reason + "\" is none of " + names});
  return problem;
}

std::optional<Problem> read_filter(QueryReader& query, DeadLetterFilter& filter) {
  filter.channel = query.text("topic");
  filter.batch = query.text("batch");
  const auto state = query.word("state", {"open", "acknowledged", "replayed"});
  if (state) filter.state = dead_letter_state_named(*state);
  const auto reason = query.text("reason");
  if (auto problem = query.problem()) return problem;
  if (!reason) return std::nullopt;
  filter.reason = bad_record_reason_named(*reason);
  if (!filter.reason) return unknown_reason("/query/reason", *reason);
  return std::nullopt;
}

void add_filter(json::BodyObject& whole, std::string_view text, DeadLetterFilter& filter) {
  json::BodyObject body{text};
  if (body.syntax() != json::BodyObject::Syntax::object) {
    whole.errors().add("/filter", "must be an object with some of topic, reason, batch and before");
    return;
  }
  filter.channel = body.text("topic", kTopicBytesMax);
  filter.batch = body.text("batch", kBatchNameBytesMax);
  filter.before_ms = body.time_ms("before");
  if (const auto reason = body.text("reason", kTopicBytesMax)) {
    filter.reason = bad_record_reason_named(*reason);
    if (!filter.reason) body.errors().add("/reason", "is no reason that a dead letter can have");
  }
  for (const json::BodyError& error : body.errors().first())
    whole.errors().add("/filter" + error.pointer, error.message);
}

bool says_anything(const DeadLetterFilter& filter) {
  return !filter.numbers.empty() || filter.channel || filter.reason || filter.batch ||
         filter.before_ms;
}

// Which letters a body means. Nothing at all is an error: all of them are rarely meant.
DeadLetterFilter read_meant(json::BodyObject& body, std::string_view text) {
  DeadLetterFilter filter;
  if (body.syntax() != json::BodyObject::Syntax::object) return filter;
  const auto ids = body.integers("ids", kIdsMax, std::numeric_limits<std::int64_t>::max());
  const std::string_view inner = json::member_of(text, "filter");
  if (!inner.empty() && inner != "null") add_filter(body, inner, filter);
  if (ids) {
    for (const std::uint64_t id : *ids) filter.numbers.push_back(static_cast<std::int64_t>(id));
  }
  if (body.errors().empty() && !says_anything(filter))
    body.errors().add("", "name the letters: \"ids\":[1,2] or \"filter\":{\"topic\":\"orders\"}");
  return filter;
}

bool only_imports(const ReplayOutcome& outcome) {
  return outcome.replayed + outcome.already + outcome.still_bad + outcome.gone == 0;
}

}  // namespace

asio::awaitable<Response> get_dead_letters(Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) co_return std::move(*refused);
  if (auto refused = refuse_unready(request, service)) co_return std::move(*refused);
  QueryReader query{request.query};
  const std::uint64_t wanted =
      query.integer("limit", service.options.list_limit_default, 1, service.options.list_limit_max);
  const auto limit = static_cast<std::size_t>(std::min(wanted, kDeadLettersMax));
  const auto cursor = query.text("cursor");
  DeadLetterQuery meant;
  auto problem = read_filter(query, meant.filter);
  if (!problem && cursor) {
    const auto last = decode_number_cursor(CursorKind::dead_letters, *cursor);
    if (!last) problem = bad_cursor();
    meant.after = last.value_or(0);
  }
  if (problem) co_return to_response(*problem, request.id);

  meant.limit = limit + 1;
  auto page = co_await service.answers.dead_letters(std::move(meant));
  if (!page) co_return store_unavailable(request, service);
  const bool more = page->letters.size() > limit;
  if (more) page->letters.resize(limit);
  co_return dead_letter_page(*page, more);
}

asio::awaitable<Response> post_acknowledgement(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  json::BodyObject body{request.body};
  AcknowledgeLetters acknowledge;
  acknowledge.filter = read_meant(body, request.body);
  acknowledge.note = body.required_text("note", kNoteBytesMax);
  acknowledge.by = request.client;
  if (auto refused = refuse_fields(request, body)) co_return std::move(*refused);
  request.idempotency_key.clear();  // acknowledging twice is harmless by itself
  Change change{std::move(acknowledge)};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  Response response;
  JsonWriter json{response.body};
  json.open('{').member("acknowledged", written.answer.receipt.accepted).close('}');
  co_return response;
}

asio::awaitable<Response> post_replay(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  json::BodyObject body{request.body};
  DeadLetterFilter filter = read_meant(body, request.body);
  if (auto refused = refuse_fields(request, body)) co_return std::move(*refused);
  auto replaying =
      service.replays.replay(std::move(filter), request.client, service.options.commit);
  const auto done = co_await std::move(replaying);
  if (!done) co_return not_durable(request, service, done.error());
  if (done->import_again > 0 && only_imports(*done)) {
    const Problem problem{409,
                          "import_again",
                          "These are rows of a file, which nobody but its owner has: correct it "
                          "and import it again, under the same name.",
                          {},
                          {}};
    co_return to_response(problem, request.id);
  }
  Response response;
  JsonWriter json{response.body};
  json.open('{').member("replayed", done->replayed).member("already", done->already);
  json.member("still_bad", done->still_bad).member("gone", done->gone);
  json.member("import_again", done->import_again).close('}');
  co_return response;
}

}  // namespace rollcall::http
