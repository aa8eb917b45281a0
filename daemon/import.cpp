#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "connectors/client/event_upload.hpp"
#include "connectors/files/byte_source.hpp"
#include "connectors/files/column_names.hpp"
#include "connectors/files/record_reader.hpp"
#include "daemon/commands.hpp"
#include "daemon/import_run.hpp"
#include "daemon/interrupt.hpp"
#include "daemon/progress.hpp"
#include "daemon/remote.hpp"
#include "daemon/terminal.hpp"

namespace rollcall {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

std::optional<files::Format> format_of(const ImportArguments& import) {
  const auto is = [&](std::string_view format, std::initializer_list<std::string_view> endings) {
    if (!import.format.empty()) return import.format == format;
    const std::string name = files::lower(import.file);
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
  };
  if (is("csv", {".csv", ".tsv", ".txt"})) return files::Format::csv;
  if (is("ndjson", {".ndjson", ".jsonl"})) return files::Format::ndjson;
  if (is("json", {".json"})) return files::Format::json;
  return std::nullopt;
}

files::ReaderOptions reader_options(const ClientArguments& client, const ImportArguments& import,
                                    files::Format format) {
  files::ReaderOptions options;
  options.format = format;
  if (import.customers) options.content = files::Content::customers;
  const bool is_tsv = files::lower(import.file).ends_with(".tsv");
  const char told = is_tsv ? '\t' : files::CsvRows::kTellDelimiter;
  options.delimiter = import.delimiter.value_or(told);
  options.mapping = {client.batch, import.side, import.id_column, import.side_column,
                     import.metadata_columns};
  return options;
}

// Reads a file, sends what it holds, and shows how far that is.
class Import {
 public:
  Import(files::ByteSource& source, const files::ReaderOptions& options, client::HttpClient& client,
         std::chrono::milliseconds retry)
      : source_(source),
        reader_(options, sink_),
        upload_(client, upload_options(options, retry)),
        line_(is_terminal(STDERR_FILENO)) {}

  Result<void> run() {
    if (auto begun = upload_.begin(); !begun) return begun;
    std::string bytes(kReadBytes, '\0');
    for (;;) {
      const auto count = source_.read(bytes.data(), bytes.size());
      if (!count) return count.error();
      if (source_.stopped()) return {};
      bytes_ += *count;
      const auto read = *count > 0 ? reader_.feed({bytes.data(), *count}) : reader_.finish();
      if (*count == 0 || !read) sink_.finish();
      // What was read before the damage counts: it is sent, and need not be sent again.
      if (auto sent = send_what_is_whole(); !sent) return sent;
      if (!read) return bad_file(read.error());
      if (*count == 0) return upload_.end(totals_.first_refused, totals_.refused);
    }
  }

  [[nodiscard]] const ImportTotals& totals() const { return totals_; }
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
  }
  void clear() { line_.clear(); }

 private:
  client::EventUpload::Options upload_options(const files::ReaderOptions& reader,
                                              std::chrono::milliseconds retry) {
    client::EventUpload::Options options;
    options.content = reader.content;
    options.batch = reader.mapping.batch;
    options.import = source_.name();
    options.side = reader.mapping.side;
    options.retry = retry;
    options.seed = std::random_device{}();
    options.say = [this](const std::string& why) {
      line_.clear();
      if (std::exchange(said_, why) != why) say(why + "; trying again");
    };
    return options;
  }

  Result<void> send_what_is_whole() {
    const auto refusals = sink_.take_refusals();
    totals_.records += refusals.size();
    totals_.refuse(refusals);
    for (const auto& chunk : sink_.take_chunks()) {
      const std::size_t records = chunk.lines.size();
      auto receipt = upload_.send(chunk);
      if (!receipt) return receipt.error();
      for (files::Refusal& refusal : receipt->first_refused)
        refusal.field = reader_.column_of(refusal.field);
      said_.clear();
      totals_.records += records;
      totals_.add(*receipt);
      show();
    }
    show();
    return {};
  }

  void show() { line_.show({bytes_, source_.size(), totals_.records, elapsed()}); }

  [[nodiscard]] Failure bad_file(const Failure& failure) const {
    return fatal(source_.name() + ": " + failure.message, failure.advice);
  }

  files::ByteSource& source_;
  ChunkSink sink_;
  files::RecordReader reader_;
  client::EventUpload upload_;
  ProgressLine line_;
  ImportTotals totals_;
  std::uint64_t bytes_ = 0;
  std::string said_;
  const Clock::time_point begin_ = Clock::now();
};

void say_refusals(const std::string& file, const ImportTotals& totals) {
  for (const auto& refusal : totals.first_refused) say(refusal_line(file, refusal));
  if (totals.refused > totals.first_refused.size())
    say("and " + grouped(totals.refused - totals.first_refused.size()) + " more refused");
}

int finish(Import& import, const std::string& file, const Result<void>& done, bool interrupted,
           Output output) {
  import.clear();
  say_refusals(file, import.totals());
  int code = to_int(import.totals().refused > 0 ? ExitCode::runtime_error : ExitCode::ok);
  if (interrupted) {
    say("interrupted; run it again as it was to go on");
    code = to_int(ExitCode::interrupted);
  } else if (!done) {
    code = give_up(done.error());
  }
  say(import_line(file, import.totals(), import.elapsed()));
  if (output == Output::json &&
      !write_out(import_json(file, import.totals(), import.elapsed(), code)))
    return to_int(ExitCode::runtime_error);
  return code;
}

}  // namespace

int import_file(const ClientArguments& arguments, const ImportArguments& import) {
  const auto format = format_of(import);
  if (!format)
    return give_up(misconfigured("cannot tell what " + import.file + " holds",
                                 "Give --format csv, json or ndjson."));
  const Interrupt interrupt;
  const auto options = client_options(arguments, interrupt.descriptor());
  if (!options) return give_up(options.error());
  auto source = files::ByteSource::open(import.file, interrupt.descriptor());
  if (!source) return give_up(source.error());
  client::HttpClient client(*options);
  Import run(*source, reader_options(arguments, import, *format), client, import.retry);
  const auto done = run.run();
  return finish(run, source->name(), done, source->stopped() || client.stopped(), arguments.output);
}

}  // namespace rollcall
