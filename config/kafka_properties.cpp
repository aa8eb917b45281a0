#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/apply.hpp"
#include "config/mask.hpp"
#include "config/toml_text.hpp"

namespace rollcall::config {
namespace {

struct OwnedProperty {
  std::string_view name;
  std::string_view advice;
};

constexpr std::string_view kExactlyOnce = "remove it: exactly once depends on it";
constexpr std::string_view kReadOnly = "remove it: rollcall writes nothing to Kafka";

// Set by rollcall itself: another value would lose records, count them twice or do nothing.
constexpr std::array kOwned = {
    OwnedProperty{"bootstrap.servers", "use kafka.brokers"},
    OwnedProperty{"metadata.broker.list", "use kafka.brokers"},
    OwnedProperty{"group.id", "use kafka.group"},
    OwnedProperty{"group.instance.id", "remove it: partitions are assigned by rollcall"},
    OwnedProperty{"partition.assignment.strategy",
                  "remove it: partitions are assigned by rollcall"},
    OwnedProperty{"topic.metadata.refresh.interval.ms", "use kafka.metadata_interval"},
    OwnedProperty{"enable.auto.commit", kExactlyOnce},
    OwnedProperty{"auto.commit.enable", kExactlyOnce},
    OwnedProperty{"auto.commit.interval.ms", kExactlyOnce},
    OwnedProperty{"enable.auto.offset.store", kExactlyOnce},
    OwnedProperty{"auto.offset.reset", kExactlyOnce},
    OwnedProperty{"offset.store.method", kExactlyOnce},
    OwnedProperty{"offset.store.path", kExactlyOnce},
    OwnedProperty{"offset.store.sync.interval.ms", kExactlyOnce},
    OwnedProperty{"isolation.level", "remove it: records of aborted transactions never count"},
    OwnedProperty{"enable.partition.eof", "remove it: rollcall asks for the end of each partition"},
    OwnedProperty{"allow.auto.create.topics", "remove it: a misspelt topic must be an error"},
    OwnedProperty{"enabled_events", "remove it"},
    OwnedProperty{"log.queue", "remove it"},
    OwnedProperty{"log_level", "use log.level"},
    OwnedProperty{"opaque", "remove it"},
    OwnedProperty{"default_topic_conf", "remove it"},
    OwnedProperty{"interceptors", "remove it"},
    OwnedProperty{"transactional.id", kReadOnly},
    OwnedProperty{"enable.idempotence", kReadOnly},
};

std::string key_of(std::string_view name) { return "kafka.properties." + std::string(name); }

bool is_refused(const std::string& name, const Node& value, const Reading& reading) {
  const auto* const owned =
      std::find_if(kOwned.begin(), kOwned.end(),
                   [&](const OwnedProperty& property) { return property.name == name; });
  const bool callback = name.ends_with("_cb");
  if (owned == kOwned.end() && !callback) return false;
  reading.complain(value, key_of(name), "is set by rollcall itself",
                   std::string(callback ? "remove it" : owned->advice));
  return true;
}

// librdkafka takes texts; TOML's numbers and truth values say the same.
bool property_text(const std::string& name, const Node& value, const Reading& reading,
                   std::string& text) {
  if (value.kind == Node::Kind::text) {
    text = value.text;
  } else if (value.kind == Node::Kind::integer) {
    text = std::to_string(value.integer);
  } else if (value.kind == Node::Kind::boolean) {
    text = value.boolean ? "true" : "false";
  } else {
    reading.complain(value, key_of(name), "is " + std::string(to_string(value.kind)),
                     "give a text, a whole number, true or false");
    return false;
  }
  return true;
}

void apply_nested(const std::string& prefix, const Node& table, const Reading& reading,
                  Properties& properties) {
  for (const auto& entry : table.children) {
    const auto name = prefix + entry.name;
    if (entry.kind == Node::Kind::table) {
      apply_nested(name + ".", entry, reading, properties);
    } else {
      apply_property(name, entry, reading, properties);
    }
  }
}

}  // namespace

void apply_property(std::string name, const Node& value, const Reading& reading,
                    Properties& properties) {
  const auto stem =
      std::string_view(name).substr(0, name.size() - std::min(name.size(), kFileSuffix.size()));
  if (name.ends_with(kFileSuffix) && is_secret_property(stem)) {
    std::string secret;
    if (read_secret(value, key_of(name), reading, secret))
      properties[std::string(stem)] = std::move(secret);
    return;
  }
  std::string text;
  if (is_refused(name, value, reading) || !property_text(name, value, reading, text)) return;
  properties[std::move(name)] = std::move(text);
}

void apply_properties(const Node& table, const Reading& reading, Properties& properties) {
  apply_nested("", table, reading, properties);
}

}  // namespace rollcall::config
