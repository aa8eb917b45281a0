#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "connectors/client/event_upload.hpp"
#include "connectors/files/record_sink.hpp"

namespace rollcall {

// Collects what a file holds into chunks. Where one ends depends on the file alone, so that an
// import that is run again sends the same chunks: refused records count for it too, or correcting
// one would move all that follow.
class ChunkSink final : public files::RecordSink {
 public:
  static constexpr std::size_t kRecordsMax = 10'000;
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20U;

  void record(std::uint64_t line, std::string_view event) override;
  void refused(const files::Refusal& refusal) override;
  void finish() { cut(); }

  // Those that are whole, oldest first, and what was refused since the last call.
  [[nodiscard]] std::deque<client::EventChunk> take_chunks();
  [[nodiscard]] std::vector<files::Refusal> take_refusals();

 private:
  void cut();

  client::EventChunk chunk_;
  std::size_t records_ = 0;  // of this chunk, refused ones included
  std::deque<client::EventChunk> whole_;
  std::vector<files::Refusal> refusals_;
};

// What became of a whole import.
struct ImportTotals {
  static constexpr std::size_t kShownMax = 20;

  std::uint64_t records = 0;  // of the file, refused ones included
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;
  std::vector<files::Refusal> first_refused;

  void add(const client::UploadReceipt& receipt);
  void refuse(const std::vector<files::Refusal>& refusals);
  void keep(const std::vector<files::Refusal>& refusals);  // the first, for people
};

[[nodiscard]] std::string refusal_line(const std::string& file, const files::Refusal& refusal);
[[nodiscard]] std::string import_line(const std::string& file, const ImportTotals& totals,
                                      std::chrono::milliseconds elapsed);
[[nodiscard]] std::string import_json(const std::string& file, const ImportTotals& totals,
                                      std::chrono::milliseconds elapsed, int exit_code);

}  // namespace rollcall
