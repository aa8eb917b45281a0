#pragma once

#include <charconv>
#include <string_view>
#include <vector>

#include "pipeline/ports/decoder.hpp"

namespace rollcall::fakes {

// Reads "batch id id ...", after a "?" only where that is allowed, as after a change of a mapping; with "side=NAME" or "range=LO-HI" among the ids, "what?" for a field that nobody knows and
// "when?" for one that cannot be read; "!" is a bad
// record, and "! batch=NAME" one that names its batch. Enough to drive the
// flow without a JSON library.
class WordDecoder final : public Decoder {
 public:
  const Event* decode(std::string_view payload, BadRecord& bad) override {
    event_ = {};
    ids_.clear();
    bool first = true;
    if (payload.starts_with("? ")) {
      if (!reads_marked) {
        bad = {BadRecordReason::missing_field, "mark", {}};
        return nullptr;
      }
      payload.remove_prefix(2);
    }
    while (!payload.empty()) {
      const std::size_t space = payload.find(' ');
      const std::string_view word = payload.substr(0, space);
      payload = space == std::string_view::npos ? std::string_view{} : payload.substr(space + 1);
      if (first) {
        event_.batch = word;
      } else if (word.starts_with("side=")) {
        event_.side = word.substr(5);
      } else if (word.starts_with("range=")) {
        event_.range = range(word.substr(6));
      } else if (word == "what?") {
        ++event_.unknown_fields;
      } else if (word == "when?") {
        ++event_.unread_fields;
      } else {
        ids_.push_back(RecordId::from_text(word));
      }
      first = false;
    }
    if (first || event_.batch == "!") {
      bad = {first ? BadRecordReason::empty_payload : BadRecordReason::not_json, "", {}};
      if (!ids_.empty() && ids_.front().text().starts_with("batch="))
        bad.batch = ids_.front().text().substr(6);
      return nullptr;
    }
    event_.ids = ids_;
    return &event_;
  }

  bool reads_marked = false;

 private:
  static IntegerRange range(std::string_view text) {
    IntegerRange range;
    const std::size_t dash = text.find('-');
    std::from_chars(text.data(), text.data() + dash, range.lo);
    std::from_chars(text.data() + dash + 1, text.data() + text.size(), range.hi);
    return range;
  }

  Event event_;
  std::vector<RecordId> ids_;
};

}  // namespace rollcall::fakes
