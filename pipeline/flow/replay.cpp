#include "pipeline/flow/replay.hpp"

#include <string_view>
#include <utility>

namespace rollcall {

namespace asio = boost::asio;

namespace {

// Whether the record is the one that the letter was written about, and not another at its place: by its time, and by its
// beginning as far as the letter has it.
bool is_record_of(const DeadLetter& letter, const RecordCopy& record) {
  if (record.timestamp_ms > 0 && record.timestamp_ms != letter.timestamp_ms) return false;
  return std::string_view{record.payload}.substr(0, kSampleBytesMax) == letter.sample;
}

}  // namespace

asio::awaitable<Result<ReplayOutcome>> Replay::replay(DeadLetterFilter filter, std::string by,
                                                      std::chrono::milliseconds patience) {
  filter.state.reset();
  const bool by_number = !filter.numbers.empty();
  ReplayOutcome outcome;
  DeadLetterQuery query{std::move(filter), 0, RecordSource::kReadAgainMax};
  for (bool more = true; more;) {
    auto asking = store_.dead_letters(query);
    auto page = co_await std::move(asking);
    if (!page) co_return page.error();
    more = page->letters.size() == query.limit;
    if (more) query.after = page->letters.back().number;
    auto reading = records_of(readable(std::move(page->letters), outcome), outcome);
    auto change = co_await std::move(reading);
    if (!change) co_return change.error();
    if (change->letters.empty()) continue;
    change->by = by;
    Write write{std::move(*change)};
    auto writing = writes_.write(std::move(write), patience);
    auto done = co_await std::move(writing);
    if (!done) co_return done.error();
    outcome.replayed += done->receipt.accepted;
    outcome.still_bad += done->receipt.refused;
    outcome.already += done->receipt.duplicates;
  }
  if (!by_number) outcome.already = 0;  // nobody has asked for those
  co_return outcome;
}

std::optional<std::uint32_t> Replay::channel_of(const DeadLetter& letter) const {
  const std::vector<Channel>& channels = source_.channels();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (channels[i].key == letter.channel) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

// Those of a page whose records the source may still have.
std::vector<DeadLetter> Replay::readable(std::vector<DeadLetter> page,
                                         ReplayOutcome& outcome) const {
  std::vector<DeadLetter> wanted;
  for (DeadLetter& letter : page) {
    if (letter.state == DeadLetterState::replayed) {
      ++outcome.already;
    } else if (letter.channel.starts_with(kImportChannel)) {
      ++outcome.import_again;
    } else if (letter.reason == BadRecordReason::input_gap || !channel_of(letter)) {
      ++outcome.gone;
    } else {
      wanted.push_back(std::move(letter));
    }
  }
  return wanted;
}

asio::awaitable<Result<ReplayLetters>> Replay::records_of(std::vector<DeadLetter> letters,
                                                          ReplayOutcome& outcome) {
  ReplayLetters change;
  if (letters.empty()) co_return change;
  std::vector<RecordPlace> places;
  for (const DeadLetter& letter : letters) places.push_back({letter.channel, letter.position});
  auto reading = source_.read_again(std::move(places));
  auto records = co_await std::move(reading);
  if (!records) co_return records.error();
  for (std::size_t i = 0; i < letters.size(); ++i) {
    std::optional<RecordCopy>& record = records->at(i);
    if (record && is_record_of(letters[i], *record)) {
      change.letters.push_back(
          {letters[i].number, *channel_of(letters[i]), letters[i].position, std::move(*record)});
    } else {
      ++outcome.gone;
    }
  }
  co_return change;
}

}  // namespace rollcall
