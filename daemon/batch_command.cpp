#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "connectors/client/api_answer.hpp"
#include "connectors/client/id_lines.hpp"
#include "connectors/http/percent.hpp"
#include "connectors/json/slices.hpp"
#include "daemon/batch_forms.hpp"
#include "daemon/batch_report.hpp"
#include "daemon/commands.hpp"
#include "daemon/remote.hpp"
#include "daemon/terminal.hpp"
#include "daemon/text_table.hpp"

namespace rollcall {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;

// Writes a list of batches page by page; only a table has to know all of them first.
class ListWriter {
 public:
  explicit ListWriter(Output output) : output_(output) {}

  Result<bool> write_page(std::string_view page) {
    std::string text = first_ ? opening() : "";
    for (const auto item : json::elements_of(json::member_of(page, "items"))) {
      auto batch = parse_batch(item);
      if (!batch) return batch.error();
      if (output_ == Output::json) text.append(first_ ? "\n" : ",\n").append(item);
      if (output_ == Output::csv) text += csv_row(*batch);
      if (output_ == Output::table) batches_.push_back(std::move(*batch));
      first_ = false;
    }
    first_ = false;
    return write_out(text);
  }

  [[nodiscard]] bool finish() const {
    if (output_ == Output::json) return write_out("\n]\n");
    if (output_ == Output::csv) return true;
    return write_out(batch_table(batches_, Paint::of(STDOUT_FILENO)));
  }

 private:
  [[nodiscard]] std::string opening() const {
    if (output_ == Output::json) return "[";
    return output_ == Output::csv ? csv_header() : "";
  }

  Output output_;
  bool first_ = true;
  std::vector<BatchReport> batches_;
};

// Writes the ids of a list one by one.
class IdWriter {
 public:
  explicit IdWriter(Output output) : output_(output) {
    if (output_ == Output::json) text_ = "[";
    if (output_ == Output::csv) text_ = "record_id\r\n";
  }

  bool take(std::string_view id) {
    switch (output_) {
      case Output::json:
        text_.append(first_ ? "\n" : ",\n").append(id);
        break;
      case Output::csv:
        text_.append(csv_field(client::text_of(id))).append("\r\n");
        break;
      case Output::table:
        text_.append(id.starts_with('"') ? printable(client::text_of(id)) : std::string{id});
        text_ += '\n';
        break;
    }
    first_ = false;
    if (text_.size() < kPieceBytes) return true;
    written_ = write_out(text_);
    text_.clear();
    return written_;
  }

  bool finish() {
    if (output_ == Output::json) text_ += "\n]\n";
    return write_out(text_);
  }
  [[nodiscard]] bool failed() const { return !written_; }

 private:
  Output output_;
  std::string text_;
  bool first_ = true;
  bool written_ = true;
};

// Digits may have been meant as a number: the message says how that is written.
Failure with_number_advice(Failure failure, const ClientArguments& arguments) {
  const std::string advice = client::number_advice(arguments.batch);
  if (!advice.empty() && failure.kind != FailureKind::transient) failure.advice = advice;
  return failure;
}

}  // namespace

int batch_list(const ClientArguments& arguments, const ListArguments& list) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  ListWriter writer(arguments.output);
  std::string cursor;
  do {
    std::string target = "/api/v1/batches?limit=1000";
    if (!list.match.empty()) target += "&q=" + http::percent_encode(list.match);
    if (!cursor.empty()) target += "&cursor=" + http::percent_encode(cursor);
    const auto page = get_json(client, target);
    if (!page) return give_up(page.error());
    const auto done = writer.write_page(page->body);
    if (!done) return give_up(done.error());
    if (!*done) return to_int(ExitCode::runtime_error);
    const auto next = json::member_of(page->body, "next_cursor");
    cursor = next == "null" ? "" : client::text_of(next);
  } while (!cursor.empty());
  return ended(writer.finish());
}

int batch_show(const ClientArguments& arguments) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  const auto answer = get_json(client, client::batch_path(arguments.batch, arguments.by_name));
  if (!answer) return give_up(with_number_advice(answer.error(), arguments));
  const auto batch = parse_batch(answer->body);
  if (!batch) return give_up(batch.error());
  switch (arguments.output) {
    case Output::json:
      return written(answer->body + "\n");
    case Output::csv:
      return written(csv_header() + csv_row(*batch));
    case Output::table:
      return written(batch_lines(*batch, Paint::of(STDOUT_FILENO)));
  }
  return to_int(ExitCode::runtime_error);
}

int batch_missing(const ClientArguments& arguments) {
  const auto options = client_options(arguments);
  if (!options) return give_up(options.error());
  client::HttpClient client(*options);
  IdWriter writer(arguments.output);
  client::IdLines lines([&writer](std::string_view id) { return writer.take(id); });
  bool any = false;
  client::HttpRequest request;
  request.target =
      client::batch_path(arguments.batch, arguments.by_name) + "/missing?format=ndjson";
  request.timeout = std::chrono::milliseconds{0};
  request.sink = [&](std::string_view bytes) {
    any = true;
    return lines.feed(bytes);
  };
  const auto answer = client.send(request);
  if (writer.failed()) return to_int(ExitCode::runtime_error);
  constexpr int kOk = 200;
  if (answer && answer->status != kOk)
    return give_up(with_number_advice(client::failure_of(*answer, client.url()), arguments));
  if (!answer && !any) return give_up(answer.error());
  const auto whole = lines.finish();
  if (!whole || !answer) {
    // What is on stdout is not the list, whatever may be had by asking again.
    static_cast<void>(give_up(whole ? answer.error() : whole.error()));
    return to_int(ExitCode::runtime_error);
  }
  return ended(writer.finish());
}

}  // namespace rollcall
