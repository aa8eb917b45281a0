#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/ledger/fingerprint.hpp"
#include "pipeline/ledger/segment_assembler.hpp"
#include "pipeline/ledger/segment_format.hpp"
#include "pipeline/ledger/segment_texts.hpp"

namespace rollcall::segment {

// What a merge orders by: a text's fingerprint, or {id, 0}.
using Key = Fingerprint;

// Where the streams of one stage deliver to.
struct StageSink {
  IntegerAssembler integers;
  TextAssembler texts;
};

// One ascending sequence of entries in a chunk: a group's list, or a section's sets. Stands before an entry.
class Stream {
 public:
  explicit Stream(SectionKind kind) : kind_(kind) {}
  virtual ~Stream() = default;
  // Delivers its entries up to `limit`, the one it stands before in any case. False when nothing is left or it is damaged.
  virtual bool deliver(Key limit, StageSink& sink) = 0;
  [[nodiscard]] virtual bool ok() const = 0;
  [[nodiscard]] SectionKind kind() const { return kind_; }
  [[nodiscard]] Key key() const { return key_; }    // of the entry it stands before
  [[nodiscard]] Key last() const { return last_; }  // the highest delivered

 protected:
  Key key_;
  Key last_;

 private:
  SectionKind kind_;
};

// The streams of a section. A damaged one comes with the others and is not ok().
[[nodiscard]] std::vector<std::unique_ptr<Stream>> open_streams(const Section& section,
                                                                std::size_t sides);

}  // namespace rollcall::segment
