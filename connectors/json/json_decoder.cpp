#include "connectors/json/json_decoder.hpp"

#include <cstring>
#include <simdjson.h>
#include <vector>

#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/field_tree.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/on_demand_skip.hpp"
#include "connectors/json/timestamp.hpp"

namespace rollcall::json {

namespace od = simdjson::ondemand;

namespace {

constexpr std::size_t kSideBytesMax = 256;
constexpr std::size_t kAnyLength = static_cast<std::size_t>(-1);

constexpr std::uint32_t bit(Field field) { return 1U << static_cast<unsigned>(field); }

bool has_nul(std::string_view text) { return std::memchr(text.data(), 0, text.size()) != nullptr; }

}  // namespace

// Functions that read a value return false where the document is not JSON; then nothing more is read and the slow
// check finds the exact reason. A field that is JSON but wrong is blamed, and reading goes on to the end.
class JsonDecoder::Impl {
 public:
  explicit Impl(const FieldNames& names) : tree_(names) {}

  const Event* decode(std::string_view payload, BadRecord& bad) {
    begin();
    if (payload.empty()) {
      bad = {BadRecordReason::empty_payload, {}, {}};
      return nullptr;
    }
    if (payload.front() == kByteOrderMark.front()) [[unlikely]]
      payload = without_mark(payload);
    if (!read_document(payload)) {
      bad = {reason_of_refusal(payload), {}, {}};
      if (bad.reason != BadRecordReason::trailing_content) bad.batch = batch_if_read();
      return nullptr;
    }
    if (!blamed_) finish();
    if (blamed_) {
      bad = blame_;
      bad.batch = batch_if_read();
      return nullptr;
    }
    return &event_;
  }

 private:
  // Whose loss it is, where that much of the record is as it must be.
  [[nodiscard]] std::string_view batch_if_read() const {
    const std::string_view batch = event_.batch;
    const bool good = !batch.empty() && batch.size() <= kBatchNameBytesMax && !has_nul(batch);
    return good ? batch : std::string_view{};
  }

  void begin() {
    event_ = Event{};
    ids_.clear();
    seen_ = 0;
    blamed_ = false;
  }

  bool read_document(std::string_view payload) {
    const auto needed = payload.size() + simdjson::SIMDJSON_PADDING;
    if (needed > buffer_.size()) buffer_.resize(needed * 2);
    std::memcpy(buffer_.data(), payload.data(), payload.size());
    od::document document;
    if (parser_.iterate(buffer_.data(), payload.size(), buffer_.size()).get(document)) return false;
    od::object object;
    if (document.get_object().get(object)) return false;
    if (!read_object(object, tree_.root())) return false;
    const char* behind = nullptr;
    return document.current_location().get(behind) == simdjson::OUT_OF_BOUNDS;
  }

  // Recursion is as deep as the mapping, never as deep as the document.
  bool read_object(od::object& object, const FieldTree::Node& parent) {
    return read_fields(object, [this, &parent](std::string_view key, od::value value) {
      const auto* node = tree_.child(parent, key);
      if (node == nullptr) {
        ++event_.unknown_fields;
        return skip_value(value);
      }
      return node->field ? read_field(*node->field, value) : descend(value, *node);
    });
  }

  bool descend(od::value value, const FieldTree::Node& node) {
    od::json_type type{};
    if (value.type().get(type)) return false;
    if (type == od::json_type::object) {
      od::object object;
      return !value.get_object().get(object) && read_object(object, node);
    }
    if (type != od::json_type::null && node.needed) {
      blame(BadRecordReason::wrong_type, node.spelling);
    } else if (type != od::json_type::null) {
      ++event_.unread_fields;
    }
    return skip_value(value);
  }

  // Null is no value: the field is not there.
  bool read_field(Field field, od::value& value) {
    od::json_type type{};
    if (value.type().get(type)) return false;
    if (type == od::json_type::null) return skip_value(value);
    if ((seen_ & bit(field)) != 0) return read_again(field, value);
    seen_ |= bit(field);
    switch (field) {
      case Field::batch:
        return read_batch(type, value);
      case Field::id:
        return read_id(field, type, value);
      case Field::ids:
        return read_ids(field, type, value);
      case Field::range:
        return read_range(field, type, value);
      case Field::side:
        return read_text(field, type, value, kSideBytesMax, event_.side);
      case Field::op:
        return read_op(field, type, value);
      case Field::ts:
      case Field::due:
        return read_time(field, type, value);
      case Field::source: {
        std::string_view source;
        return read_text(field, type, value, kAnyLength, source);
      }
      case Field::attrs:
        return read_attrs(field, type, value);
    }
    return false;
  }

  // Which of several values counts nobody knows.
  [[gnu::cold]] bool read_again(Field field, od::value& value) {
    if (field == Field::attrs) event_.attributes = {};
    return skip_faulty(BadRecordReason::conflicting_fields, field, value);
  }

  bool read_text(Field field, od::json_type type, od::value& value, std::size_t bytes_max,
                 std::string_view& text) {
    if (type != od::json_type::string)
      return skip_faulty(BadRecordReason::wrong_type, field, value);
    if (value.get_string().get(text)) return false;
    if (text.empty()) {
      fault(BadRecordReason::empty_field, field);
    } else if (text.size() > bytes_max) {
      fault(BadRecordReason::field_too_long, field);
    } else if (has_nul(text)) {
      fault(BadRecordReason::wrong_type, field);
    }
    return true;
  }

  bool read_batch(od::json_type type, od::value& value) {
    if (type == od::json_type::number)
      return read_digits(Field::batch, value, kBatchNameBytesMax, event_.batch);
    return read_text(Field::batch, type, value, kBatchNameBytesMax, event_.batch);
  }

  bool read_id(Field field, od::json_type type, od::value& value) {
    if (type == od::json_type::number) {
      std::uint64_t number = 0;
      if (value.get_uint64().get(number)) return read_odd_integer(field, value);
      ids_.emplace_back(number);
      return true;
    }
    if (type != od::json_type::string)
      return skip_faulty(BadRecordReason::wrong_type, field, value);
    std::string_view text;
    if (value.get_string().get(text)) return false;
    if (text.empty()) {
      fault(BadRecordReason::empty_field, field);
    } else if (text.size() > kIdBytesMax) {
      fault(BadRecordReason::field_too_long, field);
    } else {
      ids_.push_back(RecordId::from_text(text));
    }
    return true;
  }

  // An integer that is negative or larger than 64 bits is the text of its digits.
  [[gnu::cold]] bool read_odd_integer(Field field, od::value& value) {
    std::string_view digits;
    if (!read_digits(field, value, kIdBytesMax, digits)) return false;
    if (!digits.empty()) ids_.push_back(RecordId::from_text(digits));
    return true;
  }

  // Of an integer; empty where it is none.
  [[gnu::cold]] bool read_digits(Field field, od::value& value, std::size_t bytes_max,
                                 std::string_view& digits) {
    std::string_view number;
    if (!raw_json(value, number)) return false;
    digits = integer_of(number).value_or(std::string_view{});
    if (digits.empty()) {
      fault(BadRecordReason::not_an_integer, field);
    } else if (digits.size() > bytes_max) {
      fault(BadRecordReason::field_too_long, field);
    }
    return true;
  }

  bool read_ids(Field field, od::json_type type, od::value& value) {
    if (type != od::json_type::array) return skip_faulty(BadRecordReason::wrong_type, field, value);
    od::array array;
    if (value.get_array().get(array)) return false;
    bool empty = true;
    for (auto next : array) {
      od::value element;
      od::json_type element_type{};
      if (std::move(next).get(element) || element.type().get(element_type)) return false;
      if (!read_id(field, element_type, element)) return false;
      empty = false;
    }
    if (empty) fault(BadRecordReason::empty_field, field);
    return true;
  }

  // A bound may be text like an id, for producers whose numbers end at 2^53.
  bool read_bound(Field field, od::value& value, std::uint64_t& bound) {
    od::json_type type{};
    if (value.type().get(type)) return false;
    if (type == od::json_type::number) {
      if (!value.get_uint64().get(bound)) return true;
      return skip_faulty(BadRecordReason::not_an_integer, field, value);
    }
    if (type != od::json_type::string)
      return skip_faulty(BadRecordReason::wrong_type, field, value);
    std::string_view text;
    if (value.get_string().get(text)) return false;
    const auto number = canonical_integer(text);
    if (!number) fault(BadRecordReason::not_an_integer, field);
    bound = number.value_or(0);
    return true;
  }

  bool read_range(Field field, od::json_type type, od::value& value) {
    if (type != od::json_type::array) return skip_faulty(BadRecordReason::wrong_type, field, value);
    od::array array;
    if (value.get_array().get(array)) return false;
    IntegerRange range;
    std::size_t count = 0;
    for (auto next : array) {
      od::value element;
      if (std::move(next).get(element)) return false;
      if (!read_bound(field, element, count == 0 ? range.lo : range.hi)) return false;
      ++count;
    }
    if (count != 2 || range.lo > range.hi || range.hi - range.lo >= kRangeIdsMax) {
      fault(BadRecordReason::bad_range, field);
    }
    event_.range = range;
    return true;
  }

  bool read_op(Field field, od::json_type type, od::value& value) {
    std::string_view op;
    if (!read_text(field, type, value, kAnyLength, op)) return false;
    if (!op.empty() && op != "add") fault(BadRecordReason::unsupported_op, field);
    return true;
  }

  bool read_time(Field field, od::json_type type, od::value& value) {
    if (type == od::json_type::number) {
      double number = 0;
      if (value.get_double().get(number))  // one beyond all that we can hold, or none
        return skip_faulty(BadRecordReason::bad_timestamp, field, value);
      if (!timestamp_of(number)) fault(BadRecordReason::bad_timestamp, field);
      return true;
    }
    std::string_view text;
    if (!read_text(field, type, value, kAnyLength, text)) return false;
    if (text.empty() || parse_timestamp(text)) return true;
    if (field == Field::due && parse_duration(text)) return true;
    fault(BadRecordReason::bad_timestamp, field);
    return true;
  }

  bool read_attrs(Field field, od::json_type type, od::value& value) {
    if (type != od::json_type::object)
      return skip_faulty(BadRecordReason::wrong_type, field, value);
    std::string_view text;
    if (!raw_json(value, text)) return false;
    if (text.size() > kAttributesBytesMax) {
      fault(BadRecordReason::field_too_long, field);
    } else {
      event_.attributes = text;
    }
    return true;
  }

  [[gnu::cold]] bool skip_faulty(BadRecordReason reason, Field field, od::value& value) {
    fault(reason, field);
    return skip_value(value);
  }

  // What only the whole event shows.
  void finish() {
    const auto records = seen_ & (bit(Field::id) | bit(Field::ids) | bit(Field::range));
    if ((seen_ & bit(Field::batch)) == 0) {
      blame(BadRecordReason::missing_field, Field::batch);
    } else if (records == 0) {
      blame(BadRecordReason::missing_field, first_mapped_record_field());
    } else if ((records & (records - 1)) != 0) {
      blame(BadRecordReason::conflicting_fields,
            (records & bit(Field::range)) != 0 ? Field::range : Field::ids);
    }
    event_.ids = ids_;
  }

  [[nodiscard]] Field first_mapped_record_field() const {
    if (!tree_.spelling(Field::id).empty()) return Field::id;
    return tree_.spelling(Field::ids).empty() ? Field::range : Field::ids;
  }

  // What is only said beside a record costs the record nothing.
  [[gnu::cold]] void fault(BadRecordReason reason, Field field) {
    if (is_needed(field)) return blame(reason, field);
    ++event_.unread_fields;
  }

  void blame(BadRecordReason reason, Field field) { blame(reason, tree_.spelling(field)); }
  void blame(BadRecordReason reason, std::string_view spelling) {
    if (!blamed_) blame_ = {reason, spelling, {}};
    blamed_ = true;
  }

  // The slow path: the fast one only knows that something is wrong.
  static BadRecordReason reason_of_refusal(std::string_view payload) {
    if (!simdjson::validate_utf8(payload.data(), payload.size())) return BadRecordReason::not_json;
    switch (check_syntax(payload)) {
      case Syntax::malformed:
        return BadRecordReason::not_json;
      case Syntax::trailing:
        return BadRecordReason::trailing_content;
      case Syntax::valid:
        break;
    }
    const auto first = payload.find_first_not_of(" \t\n\r");
    return payload[first] == '{' ? BadRecordReason::not_json : BadRecordReason::not_an_object;
  }

  FieldTree tree_;
  od::parser parser_;
  std::vector<char> buffer_;
  std::vector<RecordId> ids_;
  Event event_;
  BadRecord blame_;
  std::uint32_t seen_ = 0;
  bool blamed_ = false;
};

JsonDecoder::JsonDecoder(const FieldNames& names) : impl_(std::make_unique<Impl>(names)) {}
JsonDecoder::~JsonDecoder() = default;

const Event* JsonDecoder::decode(std::string_view payload, BadRecord& bad) {
  return impl_->decode(payload, bad);
}

}  // namespace rollcall::json
