#include "daemon/client_command_line.hpp"

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/units.hpp"

namespace rollcall {
namespace {

constexpr const char* kConnectionFooter =
    "ROLLCALL_URL, ROLLCALL_TOKEN and SSL_CERT_FILE stand for --url, --token and --ca-file. A "
    "token is "
    "better given\n"
    "by variable or file: flags are seen by everybody on the machine.\n";

void set_verb(CLI::App& app, CommandLine& line, Verb verb) {
  app.callback([&line, verb] { line.verb = verb; });
}

void add_connection(CLI::App& app, CommandLine& line) {
  auto& client = line.client;
  app.add_option("--url", client.url, "The daemon's address [http://127.0.0.1:8000]")
      ->option_text("URL");
  auto* const token = app.add_option("--token", client.token, "Bearer token")->option_text("TEXT");
  app.add_option("--token-file", client.token_file, "File that holds the bearer token")
      ->option_text("FILE")
      ->excludes(token);
  app.add_option("--ca-file", client.ca_file,
                 "With https: who may have signed the daemon's certificate, in PEM [the system's]")
      ->option_text("FILE");
}

void add_output(CLI::App& app, CommandLine& line, const std::vector<std::string>& forms,
                const std::string& help) {
  std::string text;
  for (const auto& form : forms) text += (text.empty() ? "" : "|") + form;
  app.add_option_function<std::string>(
         "-o,--output",
         [&line](const std::string& form) {
           line.client.output = form == "json"  ? Output::json
                                : form == "csv" ? Output::csv
                                                : Output::table;
         },
         help)
      ->option_text(text)
      ->check(CLI::IsMember(forms));
}

void add_batch_argument(CLI::App& app, CommandLine& line) {
  app.add_option("BATCH", line.client.batch, "Its name; #3 is the batch with number 3")->required();
  app.add_flag("--by-name", line.client.by_name, "BATCH is a name, even where it is # and digits");
}

void add_duration(CLI::App& app, std::chrono::milliseconds& value, const std::string& flag,
                  const std::string& help) {
  app.add_option_function<std::string>(
         flag,
         [&value, flag](const std::string& text) {
           const auto duration = text == "0" ? std::chrono::milliseconds{0} : parse_duration(text);
           if (!duration) throw CLI::ValidationError(flag, "give a duration, such as 30s or 1h30m");
           value = *duration;
         },
         help)
      ->option_text("DURATION");
}

void add_batch(CLI::App& app, CommandLine& line) {
  auto* const batch = app.add_subcommand("batch", "Ask a running daemon about its batches");
  batch->require_subcommand(1);
  auto* const list = batch->add_subcommand("list", "All batches and how they stand");
  list->add_option("--match", line.list.match, "Only those with this in their name")
      ->option_text("TEXT");
  set_verb(*list, line, Verb::batch_list);
  auto* const show = batch->add_subcommand("show", "One batch: counts, verdict, revision");
  set_verb(*show, line, Verb::batch_show);
  auto* const missing =
      batch->add_subcommand("missing", "Every id that was expected and never processed");
  set_verb(*missing, line, Verb::batch_missing);
  for (auto* const command : {show, missing}) add_batch_argument(*command, line);
  for (auto* const command : {list, show, missing}) {
    add_connection(*command, line);
    add_output(*command, line, {"table", "json", "csv"}, "Form of the data on stdout [table]");
    command->footer(kConnectionFooter);
  }
  missing->footer(std::string{kConnectionFooter} +
                  "The whole list is read, however long; exit code 1 where it was cut.");
}

void add_check(CLI::App& app, CommandLine& line) {
  auto* const check =
      app.add_subcommand("check", "For pipelines: is a batch complete? Says it by exit code");
  set_verb(*check, line, Verb::check);
  add_batch_argument(*check, line);
  check->add_option("--max-missing", line.check.max_missing, "So many may be missing [0]")
      ->option_text("N")
      ->check(CLI::NonNegativeNumber);
  check->add_option("--max-unexpected", line.check.max_unexpected, "So many may be unexpected [0]")
      ->option_text("N")
      ->check(CLI::NonNegativeNumber);
  check->add_flag("--allow-empty", line.check.allow_empty,
                  "A batch without a single record is fine");
  add_duration(*check, line.check.wait, "--wait", "Ask again for so long before giving up [0s]");
  add_duration(*check, line.check.interval, "--interval", "Time between two questions [1s]");
  add_connection(*check, line);
  add_output(*check, line, {"table", "json"},
             "json: the result on stdout too; stderr says it in one line either way");
  check->footer(std::string{kConnectionFooter} +
                "Exit codes: 0 within the limits and final, 5 over a limit and final, or more than "
                "what was not read\n"
                "can explain, 8 not final, empty or not there yet,\n"
                "69 no daemon answers, 1 other error, 2 usage, 130 interrupted.");
}

void add_mapping(CLI::App& app, CommandLine& line) {
  auto& import = line.import;
  auto* const customers = app.add_flag(
      "--customers", import.customers,
      "The file holds customers: customer_id, name, email and source of each, and no batch");
  app.add_option("--batch", line.client.batch,
                 "Batch of every record; without it each record names its own")
      ->option_text("NAME")
      ->excludes(customers);
  auto* const side =
      app.add_option("--side", import.side, "Side of every record: expected, processed or another")
          ->option_text("NAME");
  app.add_option("--format", import.format, "What the file is; without it its name says it")
      ->option_text("csv|json|ndjson")
      ->check(CLI::IsMember({"csv", "json", "ndjson"}));
  app.add_option("--id-column", import.id_column,
                 "Column or member that holds the id [record_id, else id]")
      ->option_text("NAME");
  app.add_option("--side-column", import.side_column,
                 "Column or member that holds the side [side, else status]")
      ->option_text("NAME")
      ->excludes(side);
  app.add_option("--metadata-column", import.metadata_columns,
                 "Kept with the record; may be repeated [record_metadata]")
      ->option_text("NAME")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option_function<std::string>(
         "--delimiter",
         [&import](const std::string& text) {
           const bool is_tab = text == "tab" || text == "\\t";
           if (!is_tab && (text.size() != 1 || text == "\"" || text == "\r" || text == "\n"))
             throw CLI::ValidationError("--delimiter", "give one character, or tab");
           import.delimiter = is_tab ? '\t' : text.front();
         },
         "Between the fields of a CSV file; without it the header says it: , ; tab or |")
      ->option_text("CHARACTER");
}

void add_import(CLI::App& app, CommandLine& line) {
  auto* const import =
      app.add_subcommand("import", "Send the records of a file to a running daemon");
  set_verb(*import, line, Verb::import);
  import->add_option("FILE", line.import.file, "CSV with a header, JSON or NDJSON; -: stdin")
      ->required();
  add_mapping(*import, line);
  add_duration(*import, line.import.retry, "--retry",
               "Try for so long where the daemon does not answer [5m]");
  add_connection(*import, line);
  add_output(*import, line, {"table", "json"},
             "json: the result on stdout too; stderr says it in one line either way");
  import->footer(
      std::string{kConnectionFooter} +
      "An import that was killed is run again as it was: what the daemon has, it does not take "
      "twice.\n"
      "Exit codes: 0 all taken, 1 some refused or another error, 2 usage, 69 no daemon answers,\n"
      "130 interrupted.");
}

void add_letter_filter(CLI::App& app, CommandLine& line) {
  auto& which = line.dead_letters;
  app.add_option("--topic", which.topic, "Of this topic, or of one source such as orders/3")
      ->option_text("NAME");
  app.add_option("--reason", which.reason, "Refused for this reason, such as not_json")
      ->option_text("WORD");
  app.add_option("--batch", which.batch, "That name this batch")->option_text("NAME");
}

void add_dead_letters(CLI::App& app, CommandLine& line) {
  auto& which = line.dead_letters;
  auto* const letters = app.add_subcommand(
      "dead-letters", "Records that could not be read: what they were, and closing them");
  letters->require_subcommand(1);
  auto* const list = letters->add_subcommand("list", "One line for each");
  set_verb(*list, line, Verb::dead_letters_list);
  add_letter_filter(*list, line);
  list->add_option("--state", which.state, "open, acknowledged or replayed")
      ->option_text("WORD")
      ->check(CLI::IsMember({"open", "acknowledged", "replayed"}));
  auto* const show = letters->add_subcommand("show", "All that is known of one");
  set_verb(*show, line, Verb::dead_letters_show);
  show->add_option("ID", which.ids, "Its number, as the list shows it")->required();
  auto* const acknowledge = letters->add_subcommand(
      "acknowledge", "Close those that were looked into: they no longer put any batch in doubt");
  set_verb(*acknowledge, line, Verb::dead_letters_acknowledge);
  acknowledge->add_option("--note", which.note, "Why they need no more care; kept with each")
      ->option_text("TEXT")
      ->required();
  auto* const replay = letters->add_subcommand(
      "replay", "Read their records again: those that can be read by now are taken");
  set_verb(*replay, line, Verb::dead_letters_replay);
  for (auto* const command : {acknowledge, replay}) {
    command->add_option("ID", which.ids, "Their numbers, or say which by the options");
    add_letter_filter(*command, line);
    command->add_option("--before", which.before, "Read before this time")->option_text("TIME");
  }
  for (auto* const command : {list, show, acknowledge, replay}) {
    add_connection(*command, line);
    add_output(*command, line, {"table", "json", "csv"}, "Form of the data on stdout [table]");
    command->footer(kConnectionFooter);
  }
}

void add_source(CLI::App& app, CommandLine& line) {
  auto* const source = app.add_subcommand("source", "What a running daemon reads, and how far");
  source->require_subcommand(1);
  auto* const list = source->add_subcommand("list", "Position, end, lag and error of each");
  set_verb(*list, line, Verb::source_list);
  add_output(*list, line, {"table", "json", "csv"}, "Form of the data on stdout [table]");
  auto* const reset = source->add_subcommand(
      "reset", "Read a topic that was deleted and created anew from its beginning");
  set_verb(*reset, line, Verb::source_reset);
  reset->add_option("SOURCE", line.source, "kafka:TOPIC, of a topic that stands still")->required();
  add_output(*reset, line, {"table", "json"},
             "json: the result on stdout too; stderr says it in one line for each partition");
  for (auto* const command : {list, reset}) {
    add_connection(*command, line);
    command->footer(kConnectionFooter);
  }
}

}  // namespace

void add_client_commands(CLI::App& app, CommandLine& line) {
  add_batch(app, line);
  add_check(app, line);
  add_dead_letters(app, line);
  add_import(app, line);
  add_source(app, line);
}

}  // namespace rollcall
