#include "connectors/files/json_event.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "connectors/files/side_name.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "connectors/json/utf8.hpp"

namespace rollcall::files {
namespace {

using Members = std::vector<json::MemberSlice>;

// Fields of an event that are passed on as they are.
constexpr std::array<std::string_view, 8> kPassed = {
    "ids", "range", "op", "ts", "due", "source", "expected_count", "digest"};

std::string_view find(const Members& members, std::string_view key) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.key == key; });
  return found == members.end() ? std::string_view{} : found->value;
}

// Null is as good as absent: members that say nothing are left out before anything is looked for.
Members members_that_speak(std::string_view object) {
  Members members = json::members_of(object);
  std::erase_if(members, [](const auto& member) { return member.value == "null"; });
  return members;
}

// Name and value of what a column stands for; an empty value: it is not there.
json::MemberSlice choose(const Members& members, const std::string& named,
                         std::string_view first_usual, std::string_view second_usual) {
  if (!named.empty()) return {named, find(members, named)};
  if (const auto value = find(members, first_usual); !value.empty()) return {first_usual, value};
  if (const auto value = find(members, second_usual); !value.empty()) return {second_usual, value};
  return {first_usual, {}};
}

bool is_text(std::string_view value) { return value.starts_with('"'); }

std::string problem_of_id(std::string_view value) {
  if (is_text(value)) return value.size() == 2 ? "empty" : "";
  if (value.find_first_of("tfn{[") == 0) return "neither an integer nor a text";
  if (value.find_first_of(".eE") != value.npos) return "a number that is no integer";
  return "";
}

class Maker {
 public:
  Maker(std::uint64_t line, const Mapping& mapping, std::string& event)
      : line_(line), mapping_(mapping), json_(event) {}

  Refusal from_id(std::string_view id) {
    if (auto problem = problem_of_id(id); !problem.empty()) return refuse("", std::move(problem));
    if (mapping_.batch.empty()) return refuse("batch", "missing; give --batch");
    if (mapping_.side.empty()) return refuse("side", "missing; give --side");
    open();
    json_.key("id").raw(id).close('}');
    return {};
  }

  Refusal from_object(std::string_view text) {
    const Members members = members_that_speak(text);
    const auto id = choose(members, mapping_.id_column, "record_id", "id");
    const bool names_others = !find(members, "ids").empty() || !find(members, "range").empty() ||
                              !find(members, "op").empty();
    if (id.value.empty() && !names_others) return refuse(id.key, "missing");
    if (auto problem = problem_of_id(id.value); !problem.empty())
      return refuse(id.key, std::move(problem));
    if (const auto twin = twin_of(members, id.key); !twin.empty())
      return refuse(twin, "given twice");
    const auto batch = find(members, "batch");
    if (mapping_.batch.empty() && batch.empty()) return refuse("batch", "missing; give --batch");
    const auto side = choose(members, mapping_.side_column, "side", "status");
    if (mapping_.side.empty() && side.value.empty() && find(members, "op").empty())
      return refuse(side.key, "missing; give --side");

    open();
    if (mapping_.batch.empty()) json_.key("batch").raw(batch);
    if (mapping_.side.empty() && !side.value.empty()) append_side(side.value);
    if (!id.value.empty()) json_.key("id").raw(id.value);
    for (const auto name : kPassed) {
      if (const auto value = find(members, name); !value.empty()) json_.key(name).raw(value);
    }
    append_attrs(members);
    json_.close('}');
    return {};
  }

 private:
  // A member that an event is made of and that stands there twice: which of them counts nobody knows.
  [[nodiscard]] std::string_view twin_of(const Members& members, std::string_view id) const {
    const auto is_twin = [&](std::string_view name) {
      return std::count_if(members.begin(), members.end(),
                           [&](const auto& member) { return member.key == name; }) > 1;
    };
    for (const std::string_view name :
         {id, std::string_view{"ids"}, std::string_view{"range"}, std::string_view{"op"}}) {
      if (is_twin(name)) return name;
    }
    if (mapping_.batch.empty() && is_twin("batch")) return "batch";
    const auto side = choose(members, mapping_.side_column, "side", "status").key;
    return mapping_.side.empty() && is_twin(side) ? side : std::string_view{};
  }

  Refusal refuse(std::string_view field, std::string message) const {
    return {line_, std::string{field}, std::move(message)};
  }

  void open() {
    json_.open('{');
    if (!mapping_.batch.empty()) json_.member("batch", mapping_.batch);
    if (!mapping_.side.empty()) json_.member("side", mapping_.side);
  }

  // A text with escapes is none of those that are known by another spelling.
  void append_side(std::string_view value) {
    const bool is_plain = is_text(value) && value.find('\\') == value.npos;
    json_.key("side");
    if (is_plain) {
      json_.text(side_name(std::string{value.substr(1, value.size() - 2)}));
    } else {
      json_.raw(value);
    }
  }

  void append_attrs(const Members& members) {
    static const std::vector<std::string> kUsual = {"record_metadata"};
    const bool named = !mapping_.metadata_columns.empty();
    const auto own = find(members, "attrs");
    if (!named && !own.empty()) return static_cast<void>(json_.key("attrs").raw(own));
    std::string attrs;
    http::JsonWriter writer(attrs);
    writer.open('{');
    for (const auto& name : named ? mapping_.metadata_columns : kUsual) {
      const auto value = find(members, name);
      if (!value.empty()) writer.foreign_key(name).raw(value);
    }
    writer.close('}');
    if (attrs != "{}") json_.key("attrs").raw(attrs);
  }

  std::uint64_t line_;
  const Mapping& mapping_;
  http::JsonWriter json_;
};

// An event is one line, and a file may lay an object out over several; between tokens a line feed
// is a space, within a string it cannot stand.
std::string on_one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

}  // namespace

Refusal json_event(std::uint64_t line, std::string_view text, const Mapping& mapping,
                   std::string& event) {
  if (!json::is_utf8(text)) return {line, "", "not UTF-8"};
  if (json::check_syntax(text) != json::Syntax::valid) return {line, "", "not one JSON text"};
  if (text.find_first_of("\r\n") != text.npos)
    return json_event(line, on_one_line(text), mapping, event);
  event.clear();
  Maker maker(line, mapping, event);
  return text.starts_with('{') ? maker.from_object(text) : maker.from_id(text);
}

}  // namespace rollcall::files
