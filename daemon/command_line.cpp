#include "daemon/command_line.hpp"

#include <CLI/CLI.hpp>
#include <sstream>
#include <string_view>

#include "daemon/client_command_line.hpp"
#include "daemon/version.hpp"

namespace rollcall {
namespace {

constexpr std::string_view kFooter =
    "Options come from flags, then ROLLCALL_SECTION__KEY variables, then the file, then defaults;\n"
    "`rollcall config print --example` shows them all.\n"
    "stdout is data, stderr is talk. Exit codes: 0 ok or complete, 1 runtime error, 2 usage,\n"
    "5 reconciled with more missing or unexpected than allowed, 8 still pending, 69 no daemon "
    "answers,\n"
    "78 bad configuration, 130 interrupted.";

// Adds a flag that stands for one option of the configuration.
void add_override(CLI::App& app, CommandLine& line, const std::string& flag, const std::string& key,
                  const std::string& value_name, const std::string& help) {
  app.add_option_function<std::string>(
         flag,
         [&line, flag, key](const std::string& text) {
           line.overrides.push_back({key, text, flag});
         },
         help)
      ->option_text(value_name);
}

void add_set(CLI::App& app, CommandLine& line) {
  app.add_option_function<std::vector<std::string>>(
         "--set",
         [&line](const std::vector<std::string>& assignments) {
           for (const auto& assignment : assignments) {
             const auto equals = assignment.find('=');
             if (equals == std::string::npos || equals == 0) {
               throw CLI::ValidationError("--set", "give key=value, for example log.level=debug");
             }
             line.overrides.push_back(
                 {assignment.substr(0, equals), assignment.substr(equals + 1), "--set"});
           }
         },
         "Any option by its name, for example --set checkpoint.interval=1s; may be repeated")
      ->option_text("KEY=VALUE")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_file(CLI::App& app, CommandLine& line) {
  app.add_option("-c,--config", line.config_file, "Configuration file (TOML)")->option_text("FILE");
}

void add_connections(CLI::App& app, CommandLine& line) {
  add_override(app, line, "--http", "http.listen", "ADDR:PORT",
               "Where the API listens [127.0.0.1:8000]");
  add_override(app, line, "--database", "database.url", "URL|memory",
               "PostgreSQL that keeps the checkpoints; memory: lost at exit [memory]");
  add_override(
      app, line, "--kafka", "kafka.brokers", "BROKERS",
      "Kafka to read from, host:port with commas between; without it records come over HTTP");
}

CLI::App* add_verb(CLI::App& app, CommandLine& line, const std::string& name, Verb verb,
                   const std::string& help) {
  auto* const command = app.add_subcommand(name, help);
  command->callback([&line, verb] { line.verb = verb; });
  return command;
}

void add_serve(CLI::App& app, CommandLine& line) {
  auto* const serve = add_verb(app, line, "serve", Verb::serve, "Run the daemon");
  add_file(*serve, line);
  add_connections(*serve, line);
  add_set(*serve, line);
  serve->footer(
      "SIGTERM or SIGINT: stop reading, make one last checkpoint, answer what is under way, exit "
      "0.\n"
      "A URL with a password is better given as DATABASE_URL or database.url_file: flags are seen "
      "by\n"
      "everybody on the machine.");
}

void add_demo(CLI::App& app, CommandLine& line) {
  auto* const demo = add_verb(app, line, "demo", Verb::demo,
                              "Show rollcall at work on made-up records, with nothing around it");
  add_override(*demo, line, "--http", "http.listen", "ADDR:PORT",
               "Where the API listens [127.0.0.1:8000]");
  demo->add_flag("--once", line.once, "End when the story is told instead of waiting for Ctrl-C");
}

void add_config(CLI::App& app, CommandLine& line) {
  auto* const config = app.add_subcommand("config", "Check or show the configuration");
  config->require_subcommand(1);
  auto* const check = add_verb(*config, line, "check", Verb::config_check,
                               "Say everything that is wrong; exit 78 if anything is");
  auto* const print =
      add_verb(*config, line, "print", Verb::config_print,
               "Print the configuration in effect as TOML, each option with where it comes from");
  for (auto* const command : {check, print}) {
    add_file(*command, line);
    add_connections(*command, line);
    add_set(*command, line);
  }
  print->add_flag("--example", line.example,
                  "Print the documented file with every option at its default instead");
}

void add_migrate(CLI::App& app, CommandLine& line) {
  auto* const migrate = add_verb(app, line, "migrate", Verb::migrate,
                                 "Bring the database's schema up to this version and end");
  add_file(*migrate, line);
  add_override(*migrate, line, "--database", "database.url", "URL",
               "PostgreSQL that keeps the checkpoints");
  add_set(*migrate, line);
}

// The demo touches nothing outside, whatever the environment says.
void isolate_demo(CommandLine& line) {
  line.overrides.push_back({"database.url", "memory", "demo"});
  line.overrides.push_back({"kafka.brokers", "", "demo"});
}

CommandLine message(ExitCode code, std::string out, std::string err) {
  CommandLine line;
  line.exit_code = code;
  line.out = std::move(out);
  line.err = std::move(err);
  return line;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("rollcall: which expected records were never processed, live and exactly",
               "rollcall");
  app.set_version_flag("--version", "rollcall " + std::string(version()));
  app.footer(std::string(kFooter));
  app.require_subcommand(0, 1);
  add_serve(app, line);
  add_demo(app, line);
  add_client_commands(app, line);
  add_config(app, line);
  add_migrate(app, line);
  add_verb(app, line, "version", Verb::version,
           "Print the version and those of the libraries it was built with");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return message(code == 0 ? ExitCode::ok : ExitCode::usage, out.str(), err.str());
  }
  if (line.verb == Verb::none) return message(ExitCode::usage, "", app.help());
  if (line.verb == Verb::demo) isolate_demo(line);
  return line;
}

}  // namespace rollcall
