#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "connectors/client/api_answer.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/json/slices.hpp"
#include "daemon/batch_forms.hpp"
#include "daemon/commands.hpp"
#include "daemon/remote.hpp"
#include "daemon/terminal.hpp"

namespace rollcall {
namespace {

constexpr std::size_t kColumns = 6;
constexpr std::array<std::string_view, kColumns> kMembers{"source", "side",        "position",
                                                          "end",    "lag_records", "error"};
constexpr std::array<std::string_view, kColumns> kTitles{"SOURCE", "SIDE", "POSITION",
                                                         "END",    "LAG",  "ERROR"};
using Row = std::array<std::string, kColumns>;

Row row_of(std::string_view source) {
  Row row;
  for (std::size_t i = 0; i < kColumns; ++i) row[i] = client::member_text(source, kMembers[i]);
  return row;
}

std::string csv_of(const Row& row) {
  std::string line;
  for (const std::string& cell : row) line += (line.empty() ? "" : ",") + csv_field(cell);
  return line + "\r\n";
}

// Columns as wide as their widest cell; the last one is open.
std::string table_of(const std::vector<Row>& rows, const Paint& paint) {
  std::array<std::size_t, kColumns> widths{};
  for (std::size_t i = 0; i < kColumns; ++i) {
    widths[i] = kTitles[i].size();
    for (const Row& row : rows) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line_of = [&widths](const auto& cells) {
    std::string line;
    for (std::size_t i = 0; i + 1 < kColumns; ++i)
      line.append(cells[i]).append(widths[i] + 2 - cells[i].size(), ' ');
    return line.append(cells[kColumns - 1]);
  };
  std::string text = paint(Colour::bold, line_of(kTitles)) + "\n";
  for (const Row& row : rows) text += line_of(row) + "\n";
  return text;
}

Row shown(Row row) {
  for (std::string& cell : row) cell = cell.empty() ? "-" : printable(cell);
  return row;
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
  if (arguments.output == Output::json) return written(std::string{items} + "\n");
  std::vector<Row> rows;
  for (const auto source : json::elements_of(items)) rows.push_back(row_of(source));
  if (arguments.output == Output::table) {
    std::transform(rows.begin(), rows.end(), rows.begin(), shown);
    return written(table_of(rows, Paint::of(STDOUT_FILENO)));
  }
  std::string text;
  for (const std::string_view member : kMembers)
    text.append(text.empty() ? "" : ",").append(member);
  text += "\r\n";
  for (const Row& row : rows) text += csv_of(row);
  return written(text);
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
