#include "daemon/import_run.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "connectors/http/json_writer.hpp"
#include "daemon/progress.hpp"
#include "daemon/terminal.hpp"

namespace rollcall {

void ChunkSink::record(std::uint64_t line, std::string_view event) {
  chunk_.body.append(event) += '\n';
  chunk_.lines.push_back(line);
  ++records_;
  if (records_ >= kRecordsMax || chunk_.body.size() >= kBytesMax) cut();
}

void ChunkSink::refused(const files::Refusal& refusal) {
  refusals_.push_back(refusal);
  if (++records_ >= kRecordsMax) cut();
}

void ChunkSink::cut() {
  const std::uint64_t index = chunk_.index;
  if (records_ > 0) whole_.push_back(std::exchange(chunk_, {}));
  chunk_.index = index + (records_ > 0 ? 1 : 0);
  records_ = 0;
}

std::deque<client::EventChunk> ChunkSink::take_chunks() { return std::exchange(whole_, {}); }
std::vector<files::Refusal> ChunkSink::take_refusals() { return std::exchange(refusals_, {}); }

void ImportTotals::add(const client::UploadReceipt& receipt) {
  accepted += receipt.accepted;
  duplicates += receipt.duplicates;
  refused += receipt.refused;
  keep(receipt.first_refused);
}

void ImportTotals::refuse(const std::vector<files::Refusal>& refusals) {
  refused += refusals.size();
  keep(refusals);
}

void ImportTotals::keep(const std::vector<files::Refusal>& refusals) {
  const auto room = std::min(refusals.size(), kShownMax - first_refused.size());
  first_refused.insert(first_refused.end(), refusals.begin(),
                       refusals.begin() + static_cast<std::ptrdiff_t>(room));
}

std::string refusal_line(const std::string& file, const files::Refusal& refusal) {
  std::string line = file + ":" + std::to_string(refusal.line) + ": ";
  if (!refusal.field.empty()) line += printable(refusal.field) + ": ";
  return line + printable(refusal.message);
}

std::string import_line(const std::string& file, const ImportTotals& totals,
                        std::chrono::milliseconds elapsed) {
  const double seconds = static_cast<double>(elapsed.count()) / 1'000.0;
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "%.1f s", seconds);
  std::string line = file + ": " + grouped(totals.records) + " records: ";
  line += grouped(totals.accepted) + " accepted, " + grouped(totals.duplicates) + " duplicates, " +
          grouped(totals.refused) + " refused; " + time.data();
  if (elapsed >= std::chrono::seconds{1})
    line += ", " +
            grouped(static_cast<std::uint64_t>(static_cast<double>(totals.records) / seconds)) +
            " records/s";
  return line;
}

std::string import_json(const std::string& file, const ImportTotals& totals,
                        std::chrono::milliseconds elapsed, int exit_code) {
  std::string text;
  http::JsonWriter json(text);
  json.open('{').member("file", file).member("exit_code", exit_code);
  json.member("records", totals.records).member("accepted", totals.accepted);
  json.member("duplicates", totals.duplicates).member("refused", totals.refused);
  json.member("elapsed_ms", elapsed.count()).key("first_refused").open('[');
  for (const auto& refusal : totals.first_refused) {
    json.open('{').member("line", refusal.line).member("field", refusal.field);
    json.member("message", refusal.message).close('}');
  }
  json.close(']').close('}');
  return text + "\n";
}

}  // namespace rollcall
