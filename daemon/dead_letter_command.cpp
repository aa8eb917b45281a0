#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "connectors/client/api_answer.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/json/slices.hpp"
#include "daemon/commands.hpp"
#include "daemon/remote.hpp"
#include "daemon/terminal.hpp"
#include "daemon/text_table.hpp"

namespace rollcall {
namespace {

using client::member_text;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : printable(text); }

// One line for each: what it was, whom it concerns, and how it stands.
std::string line_of(std::string_view letter) {
  std::string line = member_text(letter, "id") + "  " + or_dash(member_text(letter, "source")) +
                     ":" + member_text(letter, "position") + "  " + member_text(letter, "reason");
  if (const auto field = member_text(letter, "field"); !field.empty())
    line += " " + printable(field);
  line += "  batch " + or_dash(member_text(letter, "batch"));
  return line + "  " + member_text(letter, "state") + "\n";
}

constexpr std::string_view kColumns[] = {"id",    "source", "position",  "reason",    "field",
                                         "batch", "feed",   "side",      "explains",  "state",
                                         "at",    "sample", "closed_at", "closed_by", "note"};

std::string csv_header_of_letters() {
  return csv_record(std::vector<std::string>(std::begin(kColumns), std::end(kColumns)));
}

std::string csv_row_of(std::string_view letter) {
  std::vector<std::string> fields;
  for (const std::string_view column : kColumns) fields.push_back(member_text(letter, column));
  return csv_record(fields);
}

std::string details_of(std::string_view letter, const Paint& paint) {
  std::string text;
  for (const std::string_view column : kColumns) {
    const std::string value = member_text(letter, column);
    if (value.empty()) continue;
    text += paint(Colour::bold, column) + std::string(12 - column.size(), ' ') + printable(value) +
            "\n";
  }
  return text;
}

std::string query_of(const DeadLetterArguments& which) {
  std::string query;
  const auto add = [&query](std::string_view name, const std::string& value) {
    if (!value.empty()) query.append("&").append(name).append("=") += http::percent_encode(value);
  };
  add("topic", which.topic);
  add("reason", which.reason);
  add("batch", which.batch);
  add("state", which.state);
  return query;
}

// The body of an acknowledgement, or of a replay.
std::string body_of(const DeadLetterArguments& which) {
  std::string body;
  http::JsonWriter json(body);
  json.open('{');
  if (!which.ids.empty()) {
    json.key("ids").open('[');
    for (const std::uint64_t id : which.ids) json.number(id);
    json.close(']');
  }
  if (!which.topic.empty() || !which.reason.empty() || !which.batch.empty() ||
      !which.before.empty()) {
    json.key("filter").open('{');
    if (!which.topic.empty()) json.member("topic", which.topic);
    if (!which.reason.empty()) json.member("reason", which.reason);
    if (!which.batch.empty()) json.member("batch", which.batch);
    if (!which.before.empty()) json.member("before", which.before);
    json.close('}');
  }
  if (!which.note.empty()) json.member("note", which.note);
  json.close('}');
  return body;
}

// Hands every letter of every page to `take`, which says whether to go on.
template <class Take>
Result<void> each_letter(client::HttpClient& client, const std::string& query, const Take& take) {
  std::string cursor;
  do {
    std::string target = "/api/v1/dead-letters?limit=1000" + query;
    if (!cursor.empty()) target += "&cursor=" + http::percent_encode(cursor);
    const auto page = get_json(client, target);
    if (!page) return page.error();
    for (const auto letter : json::elements_of(json::member_of(page->body, "items"))) {
      if (!take(letter)) return {};
    }
    cursor = member_text(page->body, "next_cursor");
  } while (!cursor.empty());
  return {};
}

}  // namespace

int dead_letters_list(const ClientArguments& arguments, const DeadLetterArguments& which) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  bool first = true;
  bool good = true;
  if (arguments.output == Output::csv) good = write_out(csv_header_of_letters());
  const auto done = each_letter(client, query_of(which), [&](std::string_view letter) {
    std::string text;
    if (arguments.output == Output::json) text.append(first ? "[\n" : ",\n").append(letter);
    if (arguments.output == Output::csv) text = csv_row_of(letter);
    if (arguments.output == Output::table) text = line_of(letter);
    first = false;
    good = good && write_out(text);
    return good;
  });
  if (!done) return give_up(done.error());
  if (arguments.output == Output::json) good = good && write_out(first ? "[]\n" : "\n]\n");
  if (first && arguments.output == Output::table) say("no dead letter matches");
  return ended(good);
}

int dead_letters_show(const ClientArguments& arguments, const DeadLetterArguments& which) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  for (const std::uint64_t id : which.ids) {
    std::string found;
    const auto done = each_letter(client, "", [&](std::string_view letter) {
      if (member_text(letter, "id") == std::to_string(id)) found = letter;
      return found.empty();
    });
    if (!done) return give_up(done.error());
    if (found.empty())
      return give_up(fatal("there is no dead letter " + std::to_string(id),
                           "`rollcall dead-letters list` shows those there are."));
    const bool as_json = arguments.output == Output::json;
    if (!write_out(as_json ? found + "\n" : details_of(found, Paint::of(STDOUT_FILENO))))
      return to_int(ExitCode::runtime_error);
  }
  return to_int(ExitCode::ok);
}

int dead_letters_acknowledge(const ClientArguments& arguments, const DeadLetterArguments& which) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  const auto answer = post_json(client, "/api/v1/dead-letters/acknowledge", body_of(which));
  if (!answer) return give_up(answer.error());
  say("acknowledged " + member_text(answer->body, "acknowledged") + " dead letters");
  if (arguments.output == Output::json) return written(answer->body + "\n");
  return to_int(ExitCode::ok);
}

int dead_letters_replay(const ClientArguments& arguments, const DeadLetterArguments& which) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  const auto answer = post_json(client, "/api/v1/dead-letters/replay", body_of(which));
  if (!answer) return give_up(answer.error());
  const auto count = [&answer](std::string_view what) { return member_text(answer->body, what); };
  say("replayed " + count("replayed") + " dead letters, " + count("already") +
      " were before; still bad: " + count("still_bad") + ", gone from Kafka: " + count("gone") +
      ", to be imported again: " + count("import_again"));
  if (count("gone") != "0")
    say("what is gone can only be closed: `rollcall dead-letters acknowledge`");
  return arguments.output == Output::json ? written(answer->body + "\n") : to_int(ExitCode::ok);
}

}  // namespace rollcall
