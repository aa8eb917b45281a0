#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "config/apply.hpp"
#include "config/field_mapping.hpp"
#include "config/nearest.hpp"
#include "config/toml_text.hpp"

namespace rollcall::config {
namespace {

constexpr std::size_t kTopicNameBytesMax = 249;  // Kafka's own limit
constexpr std::size_t kFeedBytesMax = 256;
constexpr std::size_t kFeedsMax = 64;

std::vector<std::string> mappable_fields() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < json::kFields; ++i)
    names.emplace_back(json::to_string(static_cast<json::Field>(i)));
  return names;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto meant = nearest(word, candidates);
  if (!meant.empty()) return "did you mean " + quote(meant) + "?";
  std::string all;
  for (const auto& candidate : candidates)
    all += (all.empty() ? "choose one of " : ", ") + candidate;
  return all;
}

bool is_topic_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
  return plain && !name.empty() && name.size() <= kTopicNameBytesMax && name != "." && name != "..";
}

// Reads one table of the list; everything wrong with it is complained about.
class TopicReader {
 public:
  TopicReader(const Option& option, const Reading& reading) : option_(option), reading_(reading) {}

  TopicConfig read(const Node& table) {
    TopicConfig topic;
    if (table.kind != Node::Kind::table) {
      reading_.complain(table, option_.key, "has " + std::string(to_string(table.kind)) + " in it",
                        "write for example {name = \"shop.orders\", side = \"expected\"}");
      return topic;
    }
    for (const auto& entry : table.children) read_entry(entry, topic);
    require(table, "name", "name");
    require(table, "side", "side");
    check_mapping(table, topic);
    return topic;
  }

 private:
  void read_entry(const Node& entry, TopicConfig& topic) {
    if (entry.name == "name") {
      topic.name = text_of(entry);
      check_name(entry, topic.name);
    } else if (entry.name == "side") {
      topic.side = text_of(entry);
    } else if (entry.name == "feed") {
      topic.feed = text_of(entry);
      check_feed(entry, topic.feed);
    } else if (entry.name == "on_bad") {
      topic.on_bad = word_of(entry, {"dead_letter", "skip"}, topic.on_bad);
    } else if (entry.name == "on_empty") {
      topic.on_empty = word_of(entry, {"skip", "dead_letter"}, topic.on_empty);
    } else if (entry.name == "fields" && entry.kind == Node::Kind::table) {
      for (const auto& field : entry.children) read_field(field, topic);
    } else if (entry.name == "fields") {
      reading_.complain(entry, option_.key, "fields is " + std::string(to_string(entry.kind)),
                        "write for example {batch = \"/order/batch_no\"}");
    } else {
      reading_.complain(
          entry, option_.key, "a topic has no " + quote_briefly(entry.name),
          did_you_mean(entry.name, {"name", "side", "feed", "fields", "on_bad", "on_empty"}));
    }
  }

  void read_field(const Node& field, TopicConfig& topic) {
    const auto known = mappable_fields();
    if (std::find(known.begin(), known.end(), field.name) == known.end()) {
      reading_.complain(field, option_.key, "an event has no field " + quote_briefly(field.name),
                        did_you_mean(field.name, known));
    } else {
      topic.fields[field.name] = text_of(field);
    }
  }

  std::string text_of(const Node& entry) {
    if (entry.kind == Node::Kind::text) return entry.text;
    reading_.complain(entry, option_.key, entry.name + " is " + std::string(to_string(entry.kind)),
                      "give a text");
    return {};
  }

  std::string word_of(const Node& entry, const std::vector<std::string>& words,
                      const std::string& otherwise) {
    const std::string text = text_of(entry);
    if (std::find(words.begin(), words.end(), text) != words.end()) return text;
    if (entry.kind == Node::Kind::text)
      reading_.complain(entry, option_.key, entry.name + " is " + quote_briefly(text),
                        did_you_mean(text, words));
    return otherwise;
  }

  // As long as a batch's name, of which there are many too; and so few that each has a bit.
  void check_feed(const Node& entry, const std::string& feed) {
    if (entry.kind != Node::Kind::text) return;
    if (feed.empty() || feed.size() > kFeedBytesMax || feed == "http") {
      reading_.complain(
          entry, option_.key, quote_briefly(feed) + " is no name of a feed",
          "give 1 to " + std::to_string(kFeedBytesMax) + " bytes; `http` is what comes over HTTP");
    }
    feeds_.insert(feed);
    if (feeds_.size() == kFeedsMax + 1) {
      reading_.complain(entry, option_.key,
                        "there are more than " + std::to_string(kFeedsMax) + " feeds",
                        "let topics that are reconciled with each other share one");
    }
  }

  void check_name(const Node& entry, const std::string& name) {
    if (entry.kind != Node::Kind::text) return;
    if (!is_topic_name(name)) {
      reading_.complain(entry, option_.key, quote_briefly(name) + " is no topic name",
                        "use letters, digits, '.', '_' and '-', at most 249");
    } else if (!names_.insert(name).second) {
      reading_.complain(entry, option_.key, quote(name) + " is there twice",
                        "declare each topic once");
    }
  }

  void require(const Node& table, std::string_view name, std::string_view meaning) {
    const bool there = std::any_of(table.children.begin(), table.children.end(),
                                   [&](const Node& entry) { return entry.name == name; });
    if (!there) {
      reading_.complain(table, option_.key, "a topic without " + std::string(name),
                        "add its " + std::string(meaning));
    }
  }

  void check_mapping(const Node& table, const TopicConfig& topic) {
    for (const auto& problem : json::problems(field_names(topic))) {
      reading_.complain(table, option_.key, problem, "mend the topic's fields");
    }
  }

  const Option& option_;
  const Reading& reading_;
  std::set<std::string> names_;
  std::set<std::string> feeds_{"default"};
};

}  // namespace

void apply_topics(const Option& option, const Node& list, const Reading& reading, Topics& topics) {
  const auto problems_before = reading.problems.size();
  if (list.children.size() < option.min || list.children.size() > option.max) {
    reading.complain(list, option.key, std::to_string(list.children.size()) + " topics",
                     "give " + std::to_string(option.min) + " to " + std::to_string(option.max));
  }
  Topics read;
  TopicReader reader(option, reading);
  for (const auto& table : list.children) read.push_back(reader.read(table));
  if (reading.problems.size() == problems_before) topics = std::move(read);
}

}  // namespace rollcall::config

namespace rollcall {

json::FieldNames field_names(const TopicConfig& topic) {
  json::FieldNames names;
  const auto set = [&](const char* field, std::string& pointer) {
    const auto found = topic.fields.find(field);
    if (found != topic.fields.end()) pointer = found->second;
  };
  set("batch", names.batch);
  set("id", names.id);
  set("ids", names.ids);
  set("range", names.range);
  set("side", names.side);
  set("op", names.op);
  set("ts", names.ts);
  set("due", names.due);
  set("source", names.source);
  set("attrs", names.attrs);
  return names;
}

}  // namespace rollcall
