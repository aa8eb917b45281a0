#include "connectors/json/records_body.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <simdjson.h>
#include <string_view>

#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/on_demand_skip.hpp"

namespace rollcall::json {

namespace od = simdjson::ondemand;

namespace {

constexpr std::size_t kSideNameBytesMax = 256;
constexpr auto kBatchNumberMax =
    static_cast<std::uint64_t>(std::numeric_limits<BatchNumber>::max());

// Functions that read a value return false where the document is not JSON; a field that is JSON but
// wrong becomes an error, and reading goes on to the end.
class Reader {
 public:
  explicit Reader(RecordsBody& body) : body_(body) {
    body_.change.sides = {"expected", "processed"};
  }

  bool read(std::string& text, bool single) {
    single_ = single;
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    od::document document;
    if (parser_.iterate(text.data(), text.size(), text.capacity()).get(document)) return false;
    od::object object;
    if (document.get_object().get(object)) return false;
    if (!read_root(object)) return false;
    const char* behind = nullptr;
    if (document.current_location().get(behind) != simdjson::OUT_OF_BOUNDS) return false;
    if (!body_.batch && !batch_seen_) blame("/batch_id", "is required");
    if (!single && !records_seen_) blame("/records", "is required");
    return true;
  }

 private:
  enum Seen : unsigned { kId = 1, kStatus = 2, kMetadata = 4 };

  bool read_root(od::object& object) {
    if (single_) begin_record();
    const bool read = read_fields(object, [this](std::string_view key, od::value value) {
      od::json_type type{};
      if (value.type().get(type)) return false;
      if (type == od::json_type::null) return skip_value(value);  // as if it were not there
      if (key == "batch_id") return read_batch(type, value);
      if (single_) return read_field(key, type, value);
      return key == "records" ? read_list(type, value) : skip_value(value);
    });
    if (read && single_) end_record();
    return read;
  }

  bool read_batch(od::json_type type, od::value& value) {
    std::uint64_t number = 0;
    if (batch_seen_) blame("/batch_id", "is given twice");
    batch_seen_ = true;
    if (type == od::json_type::number && !value.get_uint64().get(number) && number > 0 &&
        number <= kBatchNumberMax) {
      body_.batch = static_cast<BatchNumber>(number);
      return true;
    }
    blame("/batch_id", "must be the number of a batch");
    return skip_value(value);
  }

  bool read_list(od::json_type type, od::value& value) {
    if (records_seen_) blame("/records", "is given twice");
    records_seen_ = true;
    if (type != od::json_type::array) {
      blame("/records", "must be a list of records");
      return skip_value(value);
    }
    od::array array;
    if (value.get_array().get(array)) return false;
    for (auto next : array) {
      od::value element;
      if (std::move(next).get(element) || !read_element(element)) return false;
      ++index_;
    }
    return true;
  }

  bool read_element(od::value value) {
    od::json_type type{};
    if (value.type().get(type)) return false;
    if (type != od::json_type::object) {
      blame_field("", "must be an object");
      return skip_value(value);
    }
    od::object object;
    if (value.get_object().get(object)) return false;
    begin_record();
    const bool read = read_fields(object, [this](std::string_view key, od::value field) {
      od::json_type field_type{};
      if (field.type().get(field_type)) return false;
      if (field_type == od::json_type::null) return skip_value(field);
      return read_field(key, field_type, field);
    });
    if (read) end_record();
    return read;
  }

  void begin_record() {
    record_ = NamedRecord{};
    record_.line = index_;
    seen_ = 0;
  }

  void end_record() {
    if ((seen_ & kId) == 0) blame_field("/record_id", "is required");
    if ((seen_ & kStatus) == 0) blame_field("/status", "is required");
    body_.change.records.push_back(record_);
  }

  bool read_field(std::string_view key, od::json_type type, od::value& value) {
    if (key == "record_id")
      return first(kId, "/record_id") ? read_id(type, value) : skip_value(value);
    if (key == "status")
      return first(kStatus, "/status") ? read_status(type, value) : skip_value(value);
    if (key == "record_metadata")
      return first(kMetadata, "/record_metadata") ? read_metadata(type, value) : skip_value(value);
    return skip_value(value);
  }

  bool first(unsigned field, const char* pointer) {
    if ((seen_ & field) != 0) blame_field(pointer, "is given twice");
    return (std::exchange(seen_, seen_ | field) & field) == 0;
  }

  bool read_id(od::json_type type, od::value& value) {
    if (type == od::json_type::number && !value.get_uint64().get(record_.first)) return true;
    std::string_view text;
    if (type == od::json_type::string) {
      if (value.get_string().get(text)) return false;
    } else {
      // An integer of another size is the text of its digits.
      std::string_view json;
      if (!raw_json(value, json)) return false;
      const auto digits = integer_of(json);
      if (!digits) {
        blame_field("/record_id", "must be an integer or a text");
        return true;
      }
      text = *digits;
    }
    if (text.empty() || text.size() > kIdBytesMax) {
      blame_field("/record_id", "must have 1 to " + std::to_string(kIdBytesMax) + " bytes");
    } else if (const auto number = canonical_integer(text)) {
      record_.first = *number;
    } else {
      record_.kind = NamedRecord::Kind::text;
      record_.first = body_.change.texts.size();
      record_.second = text.size();
      body_.change.texts += text;
    }
    return true;
  }

  bool read_status(od::json_type type, od::value& value) {
    if (type != od::json_type::string) {
      blame_field("/status", "must be a text: expected or processed");
      return skip_value(value);
    }
    std::string_view text;
    if (value.get_string().get(text)) return false;
    auto& sides = body_.change.sides;
    auto found = std::find(sides.begin(), sides.end(), text);
    if (found == sides.end() &&
        (sides.size() == kSidesMax + 2 || text.empty() || text.size() > kSideNameBytesMax)) {
      blame_field("/status", "must be a side of the batch: expected or processed");
      return true;
    }
    if (found == sides.end()) found = sides.emplace(found, text);
    record_.side = static_cast<std::uint8_t>(found - sides.begin());
    return true;
  }

  bool read_metadata(od::json_type type, od::value& value) {
    std::string_view text;
    if (!raw_json(value, text)) return false;
    if (type != od::json_type::string && type != od::json_type::object) {
      blame_field("/record_metadata", "must be a text, an object or null");
    } else if (text.size() > kAttributesBytesMax) {
      blame_field("/record_metadata",
                  "must have at most " + std::to_string(kAttributesBytesMax) + " bytes");
    } else {
      body_.change.details.push_back(
          {body_.change.records.size(), body_.change.detail_bytes.size(), text.size()});
      body_.change.detail_bytes += text;
      if (single_) body_.metadata = text;
    }
    return true;
  }

  void blame_field(std::string_view field, std::string message) {
    std::string pointer;
    if (!single_) pointer = "/records/" + std::to_string(index_);
    blame(pointer.append(field), std::move(message));
  }
  void blame(std::string pointer, std::string message) {
    body_.errors.add(std::move(pointer), std::move(message));
  }

  RecordsBody& body_;
  od::parser parser_;
  NamedRecord record_;
  unsigned seen_ = 0;
  std::uint32_t index_ = 0;
  bool single_ = false;
  bool batch_seen_ = false;
  bool records_seen_ = false;
};

// The slow path: the fast one only knows that something is wrong.
RecordsBody::Syntax syntax_of_refused(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n\r");
  const bool valid =
      simdjson::validate_utf8(text.data(), text.size()) && check_syntax(text) == Syntax::valid;
  if (!valid || text[first] == '{') return RecordsBody::Syntax::malformed;
  return RecordsBody::Syntax::not_an_object;
}

RecordsBody read_body(std::string& text, bool single) {
  RecordsBody body;
  body.metadata = "null";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  Reader reader{body};
  if (!reader.read(text, single)) {
    body.syntax = syntax_of_refused(text);
    return body;
  }
  body.syntax = RecordsBody::Syntax::object;
  body.change.lines = body.change.records.size();
  body.change.runs = {{body.batch.value_or(0), 0, body.change.records.size()}};
  return body;
}

}  // namespace

RecordsBody read_records(std::string& body) { return read_body(body, false); }
RecordsBody read_record(std::string& body) { return read_body(body, true); }

}  // namespace rollcall::json
