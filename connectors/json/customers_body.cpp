#include "connectors/json/customers_body.hpp"

#include <algorithm>
#include <optional>
#include <simdjson.h>

#include "connectors/json/json_syntax.hpp"
#include "connectors/json/utf8.hpp"

namespace rollcall::json {

namespace dom = simdjson::dom;

namespace {

constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kSourceBytesMax = 64;
constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kLocalPartBytesMax = 64;
constexpr std::size_t kLabelBytesMax = 63;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > kLabelBytesMax) return false;
  if (!is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// A source becomes part of a field's name in the comparison.
bool is_source(std::string_view text) {
  if (text.empty() || text.size() > kSourceBytesMax) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '.'; });
}

class Reader {
 public:
  explicit Reader(CustomersBody& body) : body_(body) {}

  void read_all(const dom::element& root) {
    dom::element list;
    if (root.at_key("customers").get(list)) return blame("/customers", "is required");
    dom::array array;
    if (list.get_array().get(array)) return blame("/customers", "must be a list of customers");
    std::size_t index = 0;
    for (const dom::element element : array) {
      prefix_ = "/customers/" + std::to_string(index++);
      read_one(element);
    }
  }

  void read_one(const dom::element& element) {
    if (!element.is_object()) return blame("", "must be an object");
    Customer customer;
    read_id(element, customer.id);
    customer.source = text(element, "/source", kSourceBytesMax, true).value_or("");
    if (!customer.source.empty() && !is_source(customer.source))
      blame("/source", "must have letters, digits, '_', '-' and '.' only");
    const auto name = text(element, "/name", kNameBytesMax, false);
    const auto email = text(element, "/email", kEmailBytesMax, false);
    if (email && !is_email_address(*email)) blame("/email", "must be an e-mail address");
    customer.detail = R"({"name":)" + json_of(name) + R"(,"email":)" + json_of(email) + '}';
    body_.customers.push_back(std::move(customer));
  }

 private:
  void read_id(const dom::element& element, OwnedRecordId& id) {
    dom::element value;
    std::uint64_t number = 0;
    std::string_view text;
    if (element.at_key("customer_id").get(value)) return blame("/customer_id", "is required");
    if (!value.get_uint64().get(number)) {
      id = number;
    } else if (!value.get_string().get(text) && !text.empty() && text.size() <= kIdBytesMax) {
      id = owned_id(RecordId::from_text(text));
    } else {
      blame("/customer_id", "must be an integer from 0 to 2^64-1 or a text of 1 to 512 bytes");
    }
  }

  std::optional<std::string> text(const dom::element& element, std::string_view pointer,
                                  std::size_t bytes_max, bool required) {
    dom::element value;
    if (element.at_key(pointer.substr(1)).get(value) || value.is_null()) {
      if (required) blame(pointer, "is required");
      return std::nullopt;
    }
    std::string_view text;
    if (value.get_string().get(text)) {
      blame(pointer, "must be a text");
    } else if ((required && text.empty()) || text.size() > bytes_max) {
      blame(pointer, "must have 1 to " + std::to_string(bytes_max) + " bytes");
    } else {
      return std::string{text};
    }
    return std::nullopt;
  }

  static std::string json_of(const std::optional<std::string>& text) {
    return text ? quoted(*text) : "null";
  }
  // The text is UTF-8: simdjson has seen it.
  static std::string quoted(std::string_view text) {
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

  void blame(std::string_view field, std::string message) {
    body_.errors.add(prefix_ + std::string{field}, std::move(message));
  }

  CustomersBody& body_;
  std::string prefix_;
};

CustomersBody read_body(std::string_view text, bool single) {
  CustomersBody body;
  dom::parser parser;
  dom::element root;
  if (parser.parse(text.data(), text.size(), true).get(root)) {
    if (is_utf8(text) && check_syntax(text) == Syntax::valid)
      body.syntax = CustomersBody::Syntax::unsupported;
    return body;
  }
  body.syntax =
      root.is_object() ? CustomersBody::Syntax::object : CustomersBody::Syntax::not_an_object;
  if (body.syntax != CustomersBody::Syntax::object) return body;
  Reader reader{body};
  single ? reader.read_one(root) : reader.read_all(root);
  return body;
}

}  // namespace

CustomersBody read_customers(std::string_view body) { return read_body(body, false); }
CustomersBody read_customer(std::string_view body) { return read_body(body, true); }

bool is_email_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > kLocalPartBytesMax ||
      text.size() > kEmailBytesMax)
    return false;
  constexpr std::string_view kAtoms = ".!#$%&'*+/=?^_`{|}~-";
  const std::string_view local = text.substr(0, at);
  if (!std::all_of(local.begin(), local.end(), [kAtoms](char c) {
        return is_alphanumeric(c) || kAtoms.find(c) != std::string_view::npos;
      }))
    return false;
  std::string_view domain = text.substr(at + 1);
  std::size_t labels = 0;
  for (;; ++labels) {
    const auto dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return labels > 0;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace rollcall::json
