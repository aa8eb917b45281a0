#include <array>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "connectors/client/api_answer.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/json/slices.hpp"
#include "daemon/commands.hpp"
#include "daemon/remote.hpp"
#include "daemon/text_table.hpp"

namespace rollcall {
namespace {

constexpr std::array<std::string_view, 6> kMembers{"source", "side",        "position",
                                                   "end",    "lag_records", "error"};
constexpr std::array<TableColumn, kMembers.size()> kColumns{
    {{"SOURCE"}, {"SIDE"}, {"POSITION"}, {"END"}, {"LAG"}, {"ERROR"}}};

std::string table_of(std::string_view sources) {
  std::vector<std::vector<TableCell>> rows;
  for (const auto source : json::elements_of(sources)) {
    auto& row = rows.emplace_back();
    for (const auto member : kMembers) row.push_back({client::member_text(source, member)});
  }
  return text_table(kColumns, rows, Paint::of(STDOUT_FILENO));
}

std::string csv_of(std::string_view sources) {
  std::string text = csv_record(std::vector<std::string>{kMembers.begin(), kMembers.end()});
  for (const auto source : json::elements_of(sources)) {
    std::vector<std::string> fields;
    for (const auto member : kMembers) fields.push_back(client::member_text(source, member));
    text += csv_record(fields);
  }
  return text;
}

std::string told(std::string_view given) {
  const std::string unread = client::member_text(given, "unread");
  return client::member_text(given, "source") + " begins anew; the old log was read up to " +
         client::member_text(given, "read_to") +
         (unread.empty() ? ", and how much of it was not is not known: its batches are in doubt"
          : unread == "0"
              ? ", which was all of it"
              : ", and " + unread + " records of it were not: its batches are in doubt");
}

}  // namespace

int source_list(const ClientArguments& arguments) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  const auto answer = get_json(client, "/api/v1/sources");
  if (!answer) return give_up(answer.error());
  const std::string_view items = json::member_of(answer->body, "items");
  switch (arguments.output) {
    case Output::json:
      return written(std::string{items} + "\n");
    case Output::csv:
      return written(csv_of(items));
    case Output::table:
      return written(table_of(items));
  }
  return to_int(ExitCode::runtime_error);
}

int source_reset(const ClientArguments& arguments, const std::string& source) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  const auto answer =
      post_json(client, "/api/v1/sources/" + http::percent_encode(source) + "/reset", "");
  if (!answer) return give_up(answer.error());
  bool doubt = false;
  for (const auto given : json::elements_of(json::member_of(answer->body, "reset"))) {
    say(told(given));
    doubt |= client::member_text(given, "unread") != "0";
  }
  if (doubt)
    say("`rollcall dead-letters list --reason input_gap --state open` shows what is in doubt, "
        "`rollcall dead-letters acknowledge` ends it");
  return arguments.output == Output::json ? written(answer->body + "\n") : to_int(ExitCode::ok);
}

}  // namespace rollcall
