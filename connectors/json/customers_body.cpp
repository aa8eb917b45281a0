#include "connectors/json/customers_body.hpp"

#include <algorithm>
#include <simdjson.h>
#include <utility>

#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/email_address.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/on_demand_skip.hpp"
#include "connectors/json/utf8.hpp"

namespace rollcall::json {

namespace od = simdjson::ondemand;

namespace {

constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kSourceBytesMax = 64;
constexpr std::size_t kEmailBytesMax = 254;

// A source becomes part of a field's name in the comparison.
bool is_source(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

// The text is UTF-8: simdjson has seen it.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").append(1, c);
    } else if (byte < 0x20) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out.append("\\u00").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

// Functions that read a value return false where the document is not JSON; a field that is JSON but
// wrong becomes an error, and reading goes on to the end.
class Reader {
 public:
  explicit Reader(CustomersBody& body) : body_(body) {}

  bool read(std::string_view text, bool single) {
    const simdjson::padded_string padded(text);
    od::document document;
    od::object object;
    if (parser_.iterate(padded).get(document) || document.get_object().get(object)) return false;
    if (!(single ? read_customer(object) : read_all(object))) return false;
    const char* behind = nullptr;
    return document.current_location().get(behind) == simdjson::OUT_OF_BOUNDS;
  }

 private:
  enum Seen : unsigned { kId = 1, kSource = 2, kName = 4, kEmail = 8 };

  bool read_all(od::object& object) {
    bool seen = false;
    const bool read = read_fields(object, [&](std::string_view key, od::value value) {
      od::json_type type{};
      if (value.type().get(type)) return false;
      if (key != "customers" || type == od::json_type::null) return skip_value(value);
      if (std::exchange(seen, true)) blame("/customers", "is given twice");
      return read_list(type, value);
    });
    if (read && !seen) blame("/customers", "is required");
    return read;
  }

  bool read_list(od::json_type type, od::value& value) {
    if (type != od::json_type::array) {
      blame("/customers", "must be a list of customers");
      return skip_value(value);
    }
    od::array array;
    if (value.get_array().get(array)) return false;
    std::size_t index = 0;
    for (auto next : array) {
      od::value element;
      prefix_ = "/customers/" + std::to_string(index++);
      if (std::move(next).get(element) || !read_element(element)) return false;
    }
    prefix_.clear();
    return true;
  }

  bool read_element(od::value& value) {
    od::json_type type{};
    if (value.type().get(type)) return false;
    if (type != od::json_type::object) {
      blame("", "must be an object");
      return skip_value(value);
    }
    od::object object;
    return !value.get_object().get(object) && read_customer(object);
  }

  bool read_customer(od::object& object) {
    seen_ = 0;
    customer_ = {};
    name_.clear();
    email_.clear();
    const bool read = read_fields(
        object, [this](std::string_view key, od::value value) { return read_field(key, value); });
    if (!read) return false;
    for (const auto& [bit, pointer] :
         {std::pair{kId, "/customer_id"}, std::pair{kSource, "/source"}, std::pair{kName, "/name"},
          std::pair{kEmail, "/email"}}) {
      if ((seen_ & bit) == 0) blame(pointer, "is required");
    }
    customer_.detail = R"({"name":)" + json_text(name_) + R"(,"email":)" + json_text(email_) + '}';
    body_.customers.push_back(std::move(customer_));
    return true;
  }

  bool read_field(std::string_view key, od::value& value) {
    od::json_type type{};
    if (value.type().get(type)) return false;
    if (type == od::json_type::null) return skip_value(value);
    if (key == "customer_id")
      return first(kId, "/customer_id") ? read_id(type, value) : skip_value(value);
    if (key == "source") {
      if (!first(kSource, "/source")) return skip_value(value);
      if (!read_text("/source", type, value, kSourceBytesMax, customer_.source)) return false;
      if (!is_source(customer_.source))
        blame("/source", "must have letters, digits, '_', '-' and '.' only");
      return true;
    }
    if (key == "name") {
      if (!first(kName, "/name")) return skip_value(value);
      return read_text("/name", type, value, kNameBytesMax, name_);
    }
    if (key != "email" || !first(kEmail, "/email")) return skip_value(value);
    if (!read_text("/email", type, value, kEmailBytesMax, email_)) return false;
    if (!email_.empty() && !is_email_address(email_))
      blame("/email", "must be an e-mail address such as ada@example.org");
    return true;
  }

  bool first(unsigned field, const char* pointer) {
    if ((seen_ & field) != 0) blame(pointer, "is given twice");
    return (std::exchange(seen_, seen_ | field) & field) == 0;
  }

  bool read_id(od::json_type type, od::value& value) {
    std::string_view text;
    if (type == od::json_type::string) {
      if (value.get_string().get(text)) return false;
    } else {
      std::string_view json;
      if (!raw_json(value, json)) return false;
      text = integer_of(json).value_or(std::string_view{});
    }
    if (text.empty() || text.size() > kIdBytesMax) {
      blame("/customer_id", "must be an integer or a text of 1 to 512 bytes");
    } else {
      customer_.id = owned_id(RecordId::from_text(text));
    }
    return true;
  }

  // What is wrong leaves `into` empty.
  bool read_text(const char* pointer, od::json_type type, od::value& value, std::size_t bytes_max,
                 std::string& into) {
    if (type != od::json_type::string) {
      blame(pointer, "must be a text");
      return skip_value(value);
    }
    std::string_view text;
    if (value.get_string().get(text)) return false;
    if (text.empty()) {
      blame(pointer, "must not be empty");
    } else if (text.size() > bytes_max) {
      blame(pointer, "must have at most " + std::to_string(bytes_max) + " bytes");
    } else {
      into = text;
    }
    return true;
  }

  void blame(std::string_view field, std::string message) {
    body_.errors.add(prefix_ + std::string{field}, std::move(message));
  }

  CustomersBody& body_;
  od::parser parser_;
  Customer customer_;
  std::string name_;
  std::string email_;
  std::string prefix_;
  unsigned seen_ = 0;
};

// The slow path: the fast one only knows that something is wrong.
CustomersBody::Syntax syntax_of_refused(std::string_view text) {
  const bool valid = is_utf8(text) && check_syntax(text) == Syntax::valid;
  if (!valid || text[text.find_first_not_of(" \t\n\r")] == '{')
    return CustomersBody::Syntax::malformed;
  return CustomersBody::Syntax::not_an_object;
}

CustomersBody read_body(std::string_view text, bool single) {
  CustomersBody body;
  text = without_mark(text);
  Reader reader{body};
  const bool read = reader.read(text, single);
  body.syntax = read ? CustomersBody::Syntax::object : syntax_of_refused(text);
  return body;
}

}  // namespace

CustomersBody read_customers(std::string_view body) { return read_body(body, false); }
CustomersBody read_customer(std::string_view body) { return read_body(body, true); }

}  // namespace rollcall::json
