#include "config/apply.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "config/nearest.hpp"
#include "config/toml_text.hpp"

namespace rollcall::config {
namespace {

std::string example_of(const Option& option) {
  return "write for example " + show(option, Config{});
}

// What was written, for a message; a secret is not repeated.
std::string shown(const Option& option, const Node& value) {
  if (value.kind == Node::Kind::integer) return std::to_string(value.integer);
  if (value.kind != Node::Kind::text) return std::string(to_string(value.kind));
  return option.secret ? "the text" : quote_briefly(value.text);
}

bool expect(Node::Kind kind, const Option& option, const Node& value, const Reading& reading) {
  if (value.kind == kind) return true;
  reading.complain(value, option.key,
                   "is " + std::string(to_string(value.kind)) + ", but " +
                       std::string(to_string(kind)) + " is expected",
                   example_of(option));
  return false;
}

template <class Show>
bool in_range(std::uint64_t number, const Option& option, const Node& value, const Reading& reading,
              const Show& show_number) {
  if (number >= option.min && number <= option.max) return true;
  reading.complain(value, option.key,
                   show_number(number) + (number < option.min ? " is too little" : " is too much"),
                   "give " + show_number(option.min) + " to " + show_number(option.max));
  return false;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text == "warn" ? "warning" : text;
}

bool is_choice(const std::string& text, const Option& option, const Node& value,
               const Reading& reading) {
  const auto choices = choices_of(option);
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return true;
  const auto meant = nearest(text, choices);
  std::string all;
  for (const auto& choice : choices) all += (all.empty() ? "" : ", ") + choice;
  reading.complain(value, option.key, shown(option, value) + " is none of " + all,
                   meant.empty() ? "choose one" : "did you mean " + quote(meant) + "?");
  return false;
}

void set(std::string& field, const Option& option, const Node& value, const Reading& reading) {
  if (!expect(Node::Kind::text, option, value, reading)) return;
  const auto text = option.choices.empty() ? value.text : lower(value.text);
  if (!option.choices.empty() && !is_choice(text, option, value, reading)) return;
  const auto wrong = option.check == nullptr ? std::string() : option.check(text);
  if (wrong.empty()) {
    field = text;
  } else {
    reading.complain(value, option.key, shown(option, value) + " " + wrong,
                     option.form.empty() ? example_of(option) : "give " + std::string(option.form));
  }
}

void set(bool& field, const Option& option, const Node& value, const Reading& reading) {
  if (value.loose && (value.text == "true" || value.text == "false")) {
    field = value.text == "true";
  } else if (value.loose) {
    reading.complain(value, option.key, shown(option, value) + " is neither true nor false",
                     "give one of them");
  } else if (expect(Node::Kind::boolean, option, value, reading)) {
    field = value.boolean;
  }
}

std::optional<std::int64_t> integer_of(const std::string& text) {
  std::int64_t integer = 0;
  const auto* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, integer);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return integer;
}

void set(std::uint64_t& field, const Option& option, const Node& value, const Reading& reading) {
  std::optional<std::int64_t> integer = value.integer;
  if (value.loose) {
    integer = integer_of(value.text);
  } else if (!expect(Node::Kind::integer, option, value, reading)) {
    return;
  }
  if (!integer) {
    reading.complain(value, option.key, shown(option, value) + " is no whole number",
                     example_of(option));
    return;
  }
  if (*integer < 0) {
    reading.complain(value, option.key, std::to_string(*integer) + " is too little",
                     "give " + std::to_string(option.min) + " to " + std::to_string(option.max));
    return;
  }
  const auto number = static_cast<std::uint64_t>(*integer);
  const auto show_number = [](std::uint64_t n) { return std::to_string(n); };
  if (in_range(number, option, value, reading, show_number)) field = number;
}

// A number without its unit is the usual slip: the advice shows the unit.
template <class Quantity>
void set_quantity(Quantity& field, std::optional<Quantity> (*parse)(std::string_view),
                  std::uint64_t (*number_of)(const Quantity&),
                  Quantity (*quantity_of)(std::uint64_t), std::string_view what,
                  const Option& option, const Node& value, const Reading& reading) {
  const bool is_text = value.kind == Node::Kind::text;
  const auto quantity = is_text ? parse(value.text) : std::nullopt;
  if (!quantity) {
    reading.complain(value, option.key, shown(option, value) + " is no " + std::string(what),
                     example_of(option));
    return;
  }
  const auto show_number = [&](std::uint64_t n) { return to_text(quantity_of(n)); };
  if (in_range(number_of(*quantity), option, value, reading, show_number)) field = *quantity;
}

void set(Duration& field, const Option& option, const Node& value, const Reading& reading) {
  set_quantity<Duration>(
      field, parse_duration,
      [](const Duration& d) { return static_cast<std::uint64_t>(d.count()); },
      [](std::uint64_t n) { return Duration(static_cast<std::int64_t>(n)); },
      "duration: a number and ms, s, m, h or d", option, value, reading);
}

void set(Bytes& field, const Option& option, const Node& value, const Reading& reading) {
  set_quantity<Bytes>(
      field, parse_bytes, [](const Bytes& b) { return b.count; },
      [](std::uint64_t n) { return Bytes{n}; }, "size: a number and B, KiB, MiB or GiB", option,
      value, reading);
}

bool is_item(const Node& item, const Option& option, const Reading& reading,
             std::set<std::string>& seen) {
  if (item.kind != Node::Kind::text) {
    reading.complain(item, option.key, "has " + std::string(to_string(item.kind)) + " in it",
                     "give texts only");
    return false;
  }
  const auto wrong = option.check == nullptr ? std::string() : option.check(item.text);
  if (!wrong.empty()) {
    reading.complain(item, option.key, wrong, "change " + quote_briefly(item.text));
    return false;
  }
  if (!seen.insert(item.text).second) {
    reading.complain(item, option.key, "has " + quote_briefly(item.text) + " twice",
                     "name it once");
    return false;
  }
  return true;
}

void set(Texts& field, const Option& option, const Node& value, const Reading& reading) {
  if (!expect(Node::Kind::list, option, value, reading)) return;
  Texts texts;
  std::set<std::string> seen;
  bool good = true;
  for (const auto& item : value.children) {
    good = is_item(item, option, reading, seen) && good;
    texts.push_back(item.text);
  }
  const auto show_number = [](std::uint64_t n) { return std::to_string(n); };
  if (good && in_range(texts.size(), option, value, reading, show_number)) field = std::move(texts);
}

void set(Topics& field, const Option& option, const Node& value, const Reading& reading) {
  if (expect(Node::Kind::list, option, value, reading)) apply_topics(option, value, reading, field);
}

void set(Properties& field, const Option& option, const Node& value, const Reading& reading) {
  if (expect(Node::Kind::table, option, value, reading)) apply_properties(value, reading, field);
}

void make_loose(Node& node) {
  node.at = {};
  for (auto& child : node.children) make_loose(child);
}

// A list or a table out of the text of a variable or a flag.
Node structure_of(const Option& option, const Node& value, const Reading& reading) {
  const bool texts = std::holds_alternative<Access<Texts>>(option.field);
  if (texts && !value.text.starts_with('[')) {
    Node list;
    list.kind = Node::Kind::list;
    std::string_view rest = value.text;
    for (bool more = !rest.empty(); more;) {
      const auto comma = rest.find(',');
      Node item;
      item.text = std::string(rest.substr(0, comma));
      list.children.push_back(std::move(item));
      more = comma != std::string_view::npos;
      if (more) rest.remove_prefix(comma + 1);
    }
    return list;
  }
  auto parsed = parse_toml("value = " + value.text);
  auto* const document = std::get_if<Node>(&parsed);
  if (document == nullptr || document->children.size() != 1) {
    reading.complain(value, option.key, "is no TOML value", example_of(option));
    return {};
  }
  Node structure = std::move(document->children.front());
  make_loose(structure);
  return structure;
}

}  // namespace

void apply(const Option& option, const Node& value, const Reading& reading, Config& config) {
  const bool structured = std::holds_alternative<Access<Texts>>(option.field) ||
                          std::holds_alternative<Access<Topics>>(option.field) ||
                          std::holds_alternative<Access<Properties>>(option.field);
  if (structured && value.loose) {
    const auto problems_before = reading.problems.size();
    const auto structure = structure_of(option, value, reading);
    if (reading.problems.size() == problems_before) apply(option, structure, reading, config);
    return;
  }
  std::visit([&](const auto& access) { set(access.write(config), option, value, reading); },
             option.field);
}

bool read_secret(const Node& path, std::string_view key, const Reading& reading,
                 std::string& secret) {
  if (path.kind != Node::Kind::text || path.text.empty()) {
    reading.complain(path, key, "is no path", "give the path of a file that holds the secret");
    return false;
  }
  auto file = reading.read_file(path.text);
  if (!file.error.empty()) {
    reading.complain(path, key, quote_briefly(path.text) + " cannot be read: " + file.error,
                     "give a file that this process may read");
    return false;
  }
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = file.text.find_first_not_of(kSpace);
  if (begin == std::string::npos) {
    reading.complain(path, key, quote_briefly(path.text) + " is empty", "write the secret into it");
    return false;
  }
  secret = file.text.substr(begin, file.text.find_last_not_of(kSpace) - begin + 1);
  return true;
}

}  // namespace rollcall::config
