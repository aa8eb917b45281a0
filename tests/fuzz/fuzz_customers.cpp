// Any bytes as a body of customers, as one customer and as a small body, beside an independent
// parser and the expression that browsers check addresses with.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <regex>
#include <string>
#include <string_view>

#include "connectors/json/body_object.hpp"
#include "connectors/json/byte_order_mark.hpp"
#include "connectors/json/customers_body.hpp"
#include "connectors/json/email_address.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ensure.hpp"
#include "tests/fuzz/json_oracle.hpp"

using namespace rollcall;
using namespace rollcall::fuzz;
using json::BodyObject;
using json::CustomersBody;
using Value = boost::json::value;

namespace {

bool is_address(std::string_view text) {
  static const std::regex kAddress{
      "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
      "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"};
  return text.size() <= 254 && std::regex_match(text.begin(), text.end(), kAddress);
}

// What browsers take is taken; of what is taken besides, the two parts are there, and only ASCII in quotes or beyond ASCII
// may be what browsers do not take.
void check_address(std::string_view text) {
  const bool taken = json::is_email_address(text);
  if (is_address(text)) ENSURE(taken);
  if (!taken) return;
  const auto at = text.rfind('@');
  ENSURE(at != text.npos && at > 0 && at <= 64 && text.size() <= 254);
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '[';
  });
  if (is_plain) ENSURE(is_address(text));
  ENSURE(json::is_utf8(text));
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  ENSURE(!has_control);
}

bool is_source(const Value* value) {
  if (value == nullptr || !value->is_string()) return false;
  const std::string_view text = view(value->get_string());
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(kLetters) == text.npos;
}

bool is_text(const Value* value, std::size_t bytes_max) {
  return value != nullptr && value->is_string() && !value->get_string().empty() &&
         value->get_string().size() <= bytes_max;
}

bool is_customer(const Value& value) {
  const Value* email = member(value, "email");
  return is_id(member(value, "customer_id")) && is_source(member(value, "source")) &&
         is_text(member(value, "name"), 256) && is_text(email, 254) &&
         json::is_email_address(view(email->get_string()));
}

// What the oracle does not tell from an integer, or cuts short.
bool has_odd_id(const Value& value) {
  const Value* id = member(value, "customer_id");
  return is_beyond(id);
}

void compare(const json::Customer& customer, const Value& value) {
  const auto* number = std::get_if<std::uint64_t>(&customer.id);
  if (has_odd_id(value)) return;
  ENSURE(id_text(*member(value, "customer_id")) ==
         (number != nullptr ? std::to_string(*number) : std::get<std::string>(customer.id)));
  ENSURE(customer.source == view(member(value, "source")->get_string()));
  const Value detail = boost::json::parse(customer.detail);
  ENSURE(detail.get_object().size() == 2);
  for (const char* key : {"name", "email"}) {
    const Value* said = member(value, key);
    ENSURE(*member(detail, key) == (said == nullptr ? Value{} : *said));
  }
}

// Of twins we take the first and the oracle the last.
bool has_twins_anywhere(std::string_view text, const Value& value) {
  if (has_twins(text, value)) return true;
  const Value* customers = member(value, "customers");
  if (customers == nullptr || !customers->is_array()) return false;
  const std::string_view list = json::member_of(text, "customers");
  if (list.empty()) return true;  // its key is escaped
  const auto slices = json::elements_of(list);
  for (std::size_t at = 0; at < slices.size(); ++at)
    if (has_twins(slices[at], customers->get_array()[at])) return true;
  return false;
}

template <class Syntax>
void check_syntax(Syntax syntax, Verdict verdict, const Value& value) {
  ENSURE((verdict == Verdict::json) == (syntax != Syntax::malformed));
  if (verdict == Verdict::json) ENSURE(value.is_object() == (syntax == Syntax::object));
}

void check_customers(std::string_view text, bool single, Verdict verdict, const Value& value) {
  const CustomersBody body = single ? json::read_customer(text) : json::read_customers(text);
  if (verdict == Verdict::unknown) return;
  check_syntax(body.syntax, verdict, value);
  if (body.syntax != CustomersBody::Syntax::object) return;
  if (has_twins_anywhere(json::trimmed(json::without_mark(text)), value)) return;
  if (single) {
    if (!has_odd_id(value)) ENSURE(body.errors.empty() == is_customer(value));
    if (body.errors.empty()) compare(body.customers.at(0), value);
    return;
  }
  const Value* customers = member(value, "customers");
  bool good = customers != nullptr && customers->is_array();
  if (good) {
    for (const Value& customer : customers->get_array()) {
      if (has_odd_id(customer)) return;
      good = good && is_customer(customer);
    }
  }
  ENSURE(body.errors.empty() == good);
  if (!good) return;
  ENSURE(body.customers.size() == customers->get_array().size());
  for (std::size_t at = 0; at < body.customers.size(); ++at)
    compare(body.customers[at], customers->get_array()[at]);
}

void check_object(std::string_view text, Verdict verdict, const Value& value) {
  BodyObject body{text};
  const auto found = body.text("name", 16);
  const auto number = body.required_integer("number", 3, 300);
  const auto texts = body.texts("texts", 3, 8);
  const auto range = body.range("range");
  static_cast<void>(body.required_text("source", 16));
  static_cast<void>(body.time_ms("time"));
  if (range) ENSURE(range->lo <= range->hi && range->hi - range->lo < kRangeIdsMax);
  if (number) ENSURE(*number >= 3 && *number <= 300);
  if (texts) ENSURE(texts->size() <= 3);
  for (const json::BodyError& error : body.errors().first())
    ENSURE(error.pointer.starts_with('/') && !error.message.empty());
  if (verdict == Verdict::unknown) return;
  if (body.syntax() == BodyObject::Syntax::unsupported) {
    ENSURE(verdict == Verdict::json);
    return;
  }
  check_syntax(body.syntax(), verdict, value);
  if (body.syntax() != BodyObject::Syntax::object) return;
  if (has_twins(json::trimmed(json::without_mark(text)), value)) return;
  if (found) ENSURE(*found == view(member(value, "name")->get_string()));
  const Value* said = member(value, "number");
  if (number) ENSURE(said->to_number<std::uint64_t>() == *number);
  if (!number && said != nullptr && said->is_int64())
    ENSURE(said->get_int64() < 3 || said->get_int64() > 300);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.size() <= 1000) check_address(text);
  const std::string_view unmarked = json::without_mark(text);  // the oracle takes none
  Value value;
  const Verdict verdict = is_deep(text) ? Verdict::unknown : judge(unmarked, value);
  check_customers(text, false, verdict, value);
  check_customers(text, true, verdict, value);
  check_object(text, verdict, value);
  return 0;
}
