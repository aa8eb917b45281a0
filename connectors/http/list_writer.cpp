#include "connectors/http/list_writer.hpp"

#include <limits>

#include "connectors/http/id_pages.hpp"
#include "connectors/http/json_writer.hpp"

namespace rollcall::http {
namespace {

constexpr std::size_t kEntriesMax = std::size_t{8} << 10U;  // duplicates read from a view at once

// RFC 4180: quoted where it must be.
void append_csv_field(std::string& out, std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) {
    out.append(text);
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_line_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
}

void append_id_line(std::string& out, Format format, const OwnedRecordId& id) {
  if (format == Format::ndjson) {
    append_json_id(out, id);
  } else if (const auto* number = std::get_if<std::uint64_t>(&id)) {
    append_integer(out, *number);
  } else if (format == Format::csv) {
    append_csv_field(out, std::get<std::string>(id));
  } else {
    append_line_text(out, std::get<std::string>(id));
  }
  out += format == Format::csv ? "\r\n" : "\n";
}

void append_end_line(std::string& out, std::uint64_t count) {
  JsonWriter{out}.open('{').member("_end", true).member("count", count).close('}');
  out += '\n';
}

// {"id":17,"duplicates":{"expected":0,"processed":2}}: occurrences beyond the first.
void append_duplicate(std::string& out, const DuplicateEntry& entry,
                      const std::vector<std::string>& sides) {
  JsonWriter json{out};
  json.open('{').key("id").id(entry.id).key("duplicates").open('{');
  for (std::size_t side = 0; side < sides.size() && side < entry.extra.size(); ++side) {
    json.foreign_key(sides[side]).number(entry.extra[side]);
  }
  json.close('}').close('}');
}

void close_page(std::string& out, CursorKind kind, const OwnedRecordId* last,
                const PageRequest& page) {
  out += "],\"next_cursor\":";
  if (last != nullptr) {
    append_json_string(out, encode_cursor(kind, *last));
  } else {
    out += "null";
  }
  out += ",\"total\":";
  append_integer(out, page.total.value_or(0));
  out += ",\"revision\":";
  append_integer(out, page.revision);
  out += '}';
}

class IdPage final : public BodyProducer {
 public:
  IdPage(ListSubject subject, PageRequest page)
      : subject_(std::move(subject)), page_(std::move(page)) {}

  bool produce(std::string& out) override {
    auto ids = subject_.view->ids(subject_.expression, page_.after, page_.limit + 1);
    const bool more = ids.size() > page_.limit;
    if (more) ids.pop_back();
    out += "{\"items\":[";
    for (std::size_t at = 0; at < ids.size(); ++at) {
      if (at > 0) out += ',';
      append_json_id(out, ids[at]);
    }
    close_page(out, subject_.kind, more ? &ids.back() : nullptr, page_);
    return false;
  }

 private:
  ListSubject subject_;
  PageRequest page_;
};

class DuplicatePage final : public BodyProducer {
 public:
  DuplicatePage(ListSubject subject, PageRequest page)
      : subject_(std::move(subject)), page_(std::move(page)) {}

  bool produce(std::string& out) override {
    if (!page_.total) page_.total = count_all();
    auto entries = subject_.view->duplicates(page_.after, page_.limit + 1);
    const bool more = entries.size() > page_.limit;
    if (more) entries.pop_back();
    out += "{\"items\":[";
    for (std::size_t at = 0; at < entries.size(); ++at) {
      if (at > 0) out += ',';
      append_duplicate(out, entries[at], subject_.sides);
    }
    close_page(out, subject_.kind, more ? &entries.back().id : nullptr, page_);
    return false;
  }

 private:
  // An id may be a duplicate on several sides, so the counts of the sides do not tell how many ids
  // there are.
  [[nodiscard]] std::uint64_t count_all() const {
    std::uint64_t count = 0;
    std::optional<OwnedRecordId> after;
    for (;;) {
      auto entries = subject_.view->duplicates(after, kEntriesMax);
      count += entries.size();
      if (entries.size() < kEntriesMax) return count;
      after = std::move(entries.back().id);
    }
  }

  ListSubject subject_;
  PageRequest page_;
};

class IdStream final : public BodyProducer {
 public:
  IdStream(const ListSubject& subject, Format format, std::optional<OwnedRecordId> after)
      : pages_(subject.view, subject.expression, std::move(after)), format_(format) {}

  bool produce(std::string& out) override {
    if (format_ == Format::csv && !begun_) out += "id\r\n";
    begun_ = true;
    const auto ids = pages_.next();
    for (const OwnedRecordId& id : ids) append_id_line(out, format_, id);
    count_ += ids.size();
    if (pages_.at_end() && format_ == Format::ndjson) append_end_line(out, count_);
    return !pages_.at_end();
  }

 private:
  IdPages pages_;
  Format format_;
  std::uint64_t count_ = 0;
  bool begun_ = false;
};

class RangeStream final : public BodyProducer {
 public:
  RangeStream(const ListSubject& subject, const std::optional<OwnedRecordId>& after)
      : view_(subject.view),
        expression_(subject.expression),
        texts_(subject.view, subject.expression, first_text(after)) {
    if (!after) return;
    const auto* number = std::get_if<std::uint64_t>(&*after);
    integers_done_ = number == nullptr;
    if (number != nullptr) after_ = *number;
  }

  bool produce(std::string& out) override {
    if (!integers_done_) {
      produce_runs(out);
      return true;
    }
    for (const OwnedRecordId& id : texts_.next()) {
      append_json_id(out, id);
      out += '\n';
      ++count_;
    }
    if (texts_.at_end()) append_end_line(out, count_);
    return !texts_.at_end();
  }

 private:
  // All integers come before all texts, and no text before the empty one.
  static OwnedRecordId first_text(const std::optional<OwnedRecordId>& after) {
    if (after && std::holds_alternative<std::string>(*after)) return *after;
    return std::string{};
  }

  void produce_runs(std::string& out) {
    constexpr std::size_t kRunsMax = std::size_t{32} << 10U;
    const auto runs = view_->runs(expression_, after_, kRunsMax);
    for (const IntegerRange& run : runs) {
      const std::uint64_t ids = run.hi - run.lo + 1;
      JsonWriter json{out};
      json.open('{').key("start").id(run.lo).key("end").id(run.hi);
      json.member("count", ids).close('}');
      out += '\n';
      count_ += ids;
    }
    integers_done_ = runs.size() < kRunsMax;
    if (!runs.empty()) after_ = runs.back().hi;
  }

  std::shared_ptr<const LedgerView> view_;  // shared with the ledger that may still hand it out
  MaskExpression expression_;
  IdPages texts_;
  std::optional<std::uint64_t> after_;
  std::uint64_t count_ = 0;
  bool integers_done_ = false;
};

class DuplicateStream final : public BodyProducer {
 public:
  DuplicateStream(ListSubject subject, Format format, std::optional<OwnedRecordId> after)
      : subject_(std::move(subject)), format_(format), after_(std::move(after)) {}

  bool produce(std::string& out) override {
    if (format_ == Format::csv && !begun_) append_header(out);
    begun_ = true;
    const auto entries = subject_.view->duplicates(after_, kEntriesMax);
    for (const DuplicateEntry& entry : entries) append_entry(out, entry);
    count_ += entries.size();
    if (!entries.empty()) after_ = entries.back().id;
    const bool at_end = entries.size() < kEntriesMax;
    if (at_end && format_ == Format::ndjson) append_end_line(out, count_);
    return !at_end;
  }

 private:
  void append_header(std::string& out) const {
    out += "id";
    for (const std::string& side : subject_.sides) {
      out += ',';
      append_csv_field(out, side);
    }
    out += "\r\n";
  }

  void append_entry(std::string& out, const DuplicateEntry& entry) const {
    if (format_ == Format::ndjson) {
      append_duplicate(out, entry, subject_.sides);
      out += '\n';
      return;
    }
    append_id_line(out, format_, entry.id);
    if (format_ != Format::csv) return;
    out.resize(out.size() - 2);  // the row goes on
    for (const std::uint64_t extra : entry.extra) {
      out += ',';
      append_integer(out, extra);
    }
    out += "\r\n";
  }

  ListSubject subject_;
  Format format_;
  std::optional<OwnedRecordId> after_;
  std::uint64_t count_ = 0;
  bool begun_ = false;
};

class Lists final : public BodyProducer {
 public:
  Lists(std::shared_ptr<const LedgerView> view, ListsFrame frame)
      : view_(std::move(view)), frame_(std::move(frame)) {}

  bool produce(std::string& out) override {
    // A short answer becomes a single piece, so that it is sent with its length.
    while (next_ < frame_.lists.size()) {
      if (!pages_) {
        const ListsFrame::List& list = frame_.lists[next_];
        out += list.before;
        pages_.emplace(view_, list.expression, std::nullopt);
        comma_due_ = false;
      }
      append_items(out);
      if (pages_->at_end()) {
        pages_.reset();
        ++next_;
      }
      if (out.size() > kSmall) return true;
    }
    out += frame_.tail;
    return false;
  }

 private:
  static constexpr std::size_t kSmall = std::size_t{64} << 10U;

  void append_items(std::string& out) {
    for (const OwnedRecordId& id : pages_->next()) {
      if (std::exchange(comma_due_, true)) out += ',';
      append_json_id(out, id);
    }
  }

  std::shared_ptr<const LedgerView> view_;  // shared with the ledger that may still hand it out
  ListsFrame frame_;
  std::size_t next_ = 0;          // list
  std::optional<IdPages> pages_;  // of that list, once it is begun
  bool comma_due_ = false;
};

}  // namespace

std::unique_ptr<BodyProducer> make_page(ListSubject subject, PageRequest page) {
  if (subject.kind == CursorKind::duplicates) {
    return std::make_unique<DuplicatePage>(std::move(subject), std::move(page));
  }
  return std::make_unique<IdPage>(std::move(subject), std::move(page));
}

std::unique_ptr<BodyProducer> make_stream(ListSubject subject, Format format,
                                          std::optional<OwnedRecordId> after) {
  if (subject.kind == CursorKind::duplicates) {
    return std::make_unique<DuplicateStream>(std::move(subject), format, std::move(after));
  }
  if (format == Format::ranges) return std::make_unique<RangeStream>(subject, after);
  return std::make_unique<IdStream>(subject, format, std::move(after));
}

std::unique_ptr<BodyProducer> make_lists(const std::shared_ptr<const LedgerView>& view,
                                         ListsFrame frame) {
  return std::make_unique<Lists>(view, std::move(frame));
}

}  // namespace rollcall::http
