#include "daemon/program.hpp"

#include <exception>
#include <iostream>
#include <optional>
#include <string>

#include "config/load.hpp"
#include "config/print.hpp"
#include "daemon/command_line.hpp"
#include "daemon/commands.hpp"
#include "daemon/connector_problems.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/logging.hpp"
#include "daemon/version.hpp"

namespace rollcall {
namespace {

// Data goes to stdout; a full disk or a closed pipe behind it is no success.
int write_data(const std::string& text) {
  std::cout << text << std::flush;
  if (std::cout) return to_int(ExitCode::ok);
  std::cerr << "rollcall: cannot write to stdout\n";
  return to_int(ExitCode::runtime_error);
}

config::Loaded load_config(const CommandLine& line) {
  config::Sources sources;
  sources.environment = config::process_environment();
  sources.overrides = line.overrides;
  std::optional<config::Problem> unreadable;
  if (!line.config_file.empty()) {
    auto file = config::read_small_file(line.config_file);
    sources.file_name = line.config_file;
    if (file.error.empty()) {
      sources.file_text = std::move(file.text);
    } else {
      unreadable = {line.config_file, "", "cannot be read: " + file.error,
                    "give a file that this process may read"};
    }
  }
  auto loaded = config::load(sources, config::read_small_file);
  if (unreadable) loaded.problems.insert(loaded.problems.begin(), *unreadable);
  if (loaded.problems.empty()) loaded.problems = connector_problems(loaded);
  // Whoever prints or migrates need not be allowed to read what the listener reads.
  const bool listens = line.verb == Verb::serve || line.verb == Verb::demo;
  if (loaded.problems.empty() && (listens || line.verb == Verb::config_check))
    loaded.problems = http_file_problems(loaded);
  return loaded;
}

void say_problems(const config::Problems& problems) {
  for (const auto& problem : problems) std::cerr << config::message_of(problem) << '\n';
}

int check_config(const config::Loaded& loaded) {
  for (const auto& warning : loaded.warnings) std::cerr << "warning: " << warning << '\n';
  std::cerr << "The configuration is good.\n";
  return to_int(ExitCode::ok);
}

void start_logging(const config::Loaded& loaded) {
  const auto& log_config = loaded.config.log;
  start_logging(parse_log_level(log_config.level).value_or(LogLevel::info),
                log_config.format == "text" ? LogFormat::text : LogFormat::json);
  for (const auto& warning : loaded.warnings) log(LogLevel::warning, warning);
}

int run_verb(const CommandLine& line, const config::Loaded& loaded) {
  switch (line.verb) {
    case Verb::config_check:
      return check_config(loaded);
    case Verb::config_print:
      return write_data(config::print_effective(loaded));
    case Verb::serve:
      start_logging(loaded);
      return serve(loaded.config);
    case Verb::demo:
      start_logging(loaded);
      return demo(loaded.config, {line.once});
    case Verb::migrate:
      start_logging(loaded);
      return migrate(loaded.config);
    default:
      return to_int(ExitCode::usage);
  }
}

// What asks a running daemon needs none of the daemon's own configuration.
std::optional<int> run_client_verb(const CommandLine& line) {
  switch (line.verb) {
    case Verb::batch_list:
      return batch_list(line.client, line.list);
    case Verb::batch_show:
      return batch_show(line.client);
    case Verb::batch_missing:
      return batch_missing(line.client);
    case Verb::check:
      return check(line.client, line.check);
    case Verb::dead_letters_list:
      return dead_letters_list(line.client, line.dead_letters);
    case Verb::dead_letters_show:
      return dead_letters_show(line.client, line.dead_letters);
    case Verb::dead_letters_acknowledge:
      return dead_letters_acknowledge(line.client, line.dead_letters);
    case Verb::dead_letters_replay:
      return dead_letters_replay(line.client, line.dead_letters);
    case Verb::source_list:
      return source_list(line.client);
    case Verb::source_reset:
      return source_reset(line.client, line.source);
    case Verb::import:
      return import_file(line.client, line.import);
    default:
      return std::nullopt;
  }
}

int run(int argc, const char* const* argv) {
  const auto line = parse_command_line(argc, argv);
  if (line.verb == Verb::none) {
    std::cerr << line.err;
    const int written = write_data(line.out);
    return written == 0 ? to_int(line.exit_code) : written;
  }
  if (line.verb == Verb::version) return write_data(version_text());
  if (line.example) return write_data(config::print_example());
  if (const auto code = run_client_verb(line)) return *code;
  const auto loaded = load_config(line);
  if (loaded.problems.empty()) return run_verb(line, loaded);
  say_problems(loaded.problems);
  return to_int(ExitCode::configuration);
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "rollcall: " << error.what() << '\n';
    return to_int(ExitCode::runtime_error);
  }
}

}  // namespace rollcall
