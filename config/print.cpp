#include "config/print.hpp"

#include <string_view>

#include "config/mask.hpp"
#include "config/option.hpp"
#include "config/toml_text.hpp"

namespace rollcall::config {
namespace {

constexpr std::size_t kCommentWidth = 98;

struct Shower {
  const Option& option;

  std::string operator()(const std::string& text) const {
    return quote(option.secret ? option.mask(text) : text);
  }
  std::string operator()(std::uint64_t number) const { return std::to_string(number); }
  std::string operator()(Duration duration) const { return quote(to_text(duration)); }
  std::string operator()(Bytes bytes) const { return quote(to_text(bytes)); }
  std::string operator()(const Texts& texts) const { return inline_list(texts); }
  std::string operator()(const Topics& topics) const {
    std::string list = "[\n";
    for (const auto& topic : topics) {
      list += "  {name = " + quote(topic.name) + ", side = " + quote(topic.side);
      if (topic.feed != TopicConfig{}.feed) list += ", feed = " + quote(topic.feed);
      if (topic.on_bad != TopicConfig{}.on_bad) list += ", on_bad = " + quote(topic.on_bad);
      if (topic.on_empty != TopicConfig{}.on_empty) list += ", on_empty = " + quote(topic.on_empty);
      if (!topic.fields.empty()) list += ", fields = " + inline_table(topic.fields);
      list += "},\n";
    }
    return list + "]";
  }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(const Properties& properties) const {
    Properties masked = properties;
    for (auto& [name, value] : masked) {
      if (is_secret_property(name)) value = kMask;
    }
    return inline_table(masked);
  }
};

std::string limits(const Option& option, std::string_view what, const auto& show_number) {
  return std::string(what) + ", " + show_number(option.min) + " to " + show_number(option.max);
}

// What may be written, in a few words.
std::string form_of(const Option& option) {
  if (!option.form.empty()) return std::string(option.form);
  if (!option.choices.empty()) {
    std::string form;
    for (const auto& choice : choices_of(option)) form += (form.empty() ? "" : ", ") + choice;
    return form;
  }
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  if (std::holds_alternative<Access<bool>>(option.field)) return "true or false";
  if (std::holds_alternative<Access<std::uint64_t>>(option.field))
    return limits(option, "whole number", number);
  if (std::holds_alternative<Access<Duration>>(option.field)) {
    return limits(option, "duration",
                  [](std::uint64_t n) { return to_text(Duration(static_cast<std::int64_t>(n))); });
  }
  if (std::holds_alternative<Access<Bytes>>(option.field)) {
    return limits(option, "size", [](std::uint64_t n) { return to_text(Bytes{n}); });
  }
  if (std::holds_alternative<Access<Texts>>(option.field))
    return limits(option, "list of texts", number);
  if (std::holds_alternative<Access<Topics>>(option.field))
    return limits(option, "list of tables", number);
  if (std::holds_alternative<Access<Properties>>(option.field)) return "table";
  return "text";
}

// Comment lines of at most kCommentWidth characters, broken at spaces.
std::string comment(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    auto end = text.size();
    if (end > kCommentWidth) end = text.rfind(' ', kCommentWidth);
    if (end == std::string_view::npos) end = text.size();
    lines.append("# ").append(text.substr(0, end)).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string commented_out(std::string_view sample) {
  std::string lines;
  while (!sample.empty()) {
    const auto end = std::min(sample.find('\n'), sample.size());
    lines.append("# ").append(sample.substr(0, end)).append("\n");
    sample.remove_prefix(std::min(end + 1, sample.size()));
  }
  return lines;
}

bool is_table(const Option& option) {
  return std::holds_alternative<Access<Properties>>(option.field);
}

void begin_section(std::string& text, std::string_view section, std::string& current) {
  if (current == section) return;
  current = section;
  if (!text.empty()) text += "\n";
  text.append("[").append(section).append("]\n");
}

}  // namespace

std::string show(const Option& option, const Config& config) {
  return std::visit([&](const auto& access) { return Shower{option}(access.read(config)); },
                    option.field);
}

std::string print_effective(const Loaded& loaded) {
  std::string text;
  std::string section;
  for (const auto& option : options()) {
    begin_section(text, section_of(option.key), section);
    const auto origin = loaded.origins.find(std::string(option.key));
    text.append(name_of(option.key)).append(" = ").append(show(option, loaded.config));
    text += "  # " + (origin == loaded.origins.end() ? "default" : origin->second) + "\n";
  }
  return text;
}

std::string print_example() {
  std::string text =
      "# Every option of rollcall, each at its default: what is left out of a file keeps that "
      "value.\n"
      "# Flags win over the environment (ROLLCALL_HTTP__LISTEN for http.listen), that over this "
      "file.\n"
      "# Made by `rollcall config print --example`; do not edit by hand.\n";
  std::string section;
  for (const auto& option : options()) {
    begin_section(text, section_of(option.key), section);
    const auto variable =
        option.environment.empty() ? "" : "; variable " + std::string(option.environment);
    text += "\n" + comment(option.help) + comment("(" + form_of(option) + variable + ")");
    if (is_table(option)) {
      text.append("[").append(option.key).append("]\n").append(commented_out(option.sample));
      continue;
    }
    text.append(name_of(option.key)).append(" = ").append(show(option, Config{})).append("\n");
    text += commented_out(option.sample);
  }
  return text;
}

}  // namespace rollcall::config
