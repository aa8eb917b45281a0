#include "connectors/kafka/kafka_client.hpp"

#include <array>
#include <stdexcept>
#include <string_view>

#include "connectors/kafka/kafka_failure.hpp"

namespace rollcall::kafka {

namespace {

constexpr std::size_t kEventsMax = 1'000;  // the source takes them at every drain
constexpr std::size_t kErrorTextBytes = 512;

struct Property {
  std::string name;
  std::string value;
};

// What exactly-once rests on. Nobody may set these another way.
std::vector<Property> owned_properties(const Options& options) {
  return {
      {"bootstrap.servers", options.brokers},
      // Assigning needs a group in librdkafka, though none is ever joined.
      {"group.id", options.group_id.empty() ? "rollcall" : options.group_id},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},         // a lost position must be seen, never skipped
      {"isolation.level", "read_committed"},  // aborted records never happened
      {"enable.partition.eof", "true"},       // passes transaction markers, which are no records
      {"allow.auto.create.topics", "false"},
      {"log.queue", "true"},
      {"topic.metadata.refresh.interval.ms", std::to_string(options.metadata_interval.count())},
  };
}

// Names that would bring a second owner for what the properties above decide.
constexpr std::array<std::string_view, 10> kRefused{
    "metadata.broker.list", "group.instance.id",       "partition.assignment.strategy",
    "auto.commit.enable",   "auto.commit.interval.ms", "offset.store.method",
    "enabled_events",       "default_topic_conf",      "transactional.id",
    "enable.idempotence"};

// Measured defaults that a person may change.
std::vector<Property> tuned_properties(const Options& options) {
  return {
      {"client.id", "rollcall"},
      {"queued.min.messages", std::to_string(options.queued_records_min)},
      {"queued.max.messages.kbytes", std::to_string(options.queued_kbytes_max)},
      {"fetch.message.max.bytes", "4194304"},
      {"fetch.max.bytes", "67108864"},
      {"fetch.wait.max.ms", "100"},
      {"fetch.error.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "2000"},
      {"check.crcs", "true"},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
  };
}

bool is_owned(const Options& options, std::string_view name) {
  for (const auto& property : owned_properties(options)) {
    if (property.name == name) return true;
  }
  for (const auto refused : kRefused) {
    if (refused == name) return true;
  }
  return name.ends_with("_cb") || name == "opaque" || name == "interceptors";
}

bool set(rd_kafka_conf_t* conf, const Property& property, std::vector<std::string>& complaints) {
  std::array<char, kErrorTextBytes> text{};
  if (rd_kafka_conf_set(conf, property.name.c_str(), property.value.c_str(), text.data(),
                        text.size()) == RD_KAFKA_CONF_OK) {
    return true;
  }
  complaints.push_back("kafka property " + property.name + ": " + text.data());
  return false;
}

constexpr int kQueueBackoffKnown = 0x02020000;  // fetch.queue.backoff.ms

void set_if_known(rd_kafka_conf_t* conf, const char* name, const char* value) {
  (void)rd_kafka_conf_set(conf, name, value, nullptr, 0);
}

ConfHandle make_conf(const Options& options, std::vector<std::string>& complaints) {
  ConfHandle conf{rd_kafka_conf_new()};
  for (const auto& property : tuned_properties(options)) set(conf.get(), property, complaints);
  set_if_known(conf.get(), "fetch.queue.backoff.ms", "2");
  for (const auto& [name, value] : options.properties) {
    if (is_owned(options, name)) {
      complaints.push_back("kafka property " + name + ": is set by rollcall itself, remove it");
    } else {
      set(conf.get(), {name, value}, complaints);
    }
  }
  for (const auto& property : owned_properties(options)) set(conf.get(), property, complaints);
  return conf;
}

// The three callbacks run on the loop, within the call that serves the queue.
void remember(Client& client, LogLevel level, rd_kafka_resp_err_t code, std::string text) {
  if (client.events.size() >= kEventsMax) client.events.pop_front();
  client.events.push_back({level, code, std::move(text)});
}

void on_error(rd_kafka_t* handle, int code, const char* reason, void* opaque) {
  auto error = static_cast<rd_kafka_resp_err_t>(code);
  std::array<char, kErrorTextBytes> text{};
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    error = rd_kafka_fatal_error(handle, text.data(), text.size());
    reason = text.data();
  }
  remember(*static_cast<Client*>(opaque), LogLevel::warning, error, reason);
}

void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* line) {
  constexpr int kSyslogWarning = 4;
  constexpr int kSyslogError = 3;
  if (level > kSyslogWarning) return;
  auto& client = *static_cast<Client*>(rd_kafka_opaque(handle));
  remember(client, level <= kSyslogError ? LogLevel::error : LogLevel::warning,
           RD_KAFKA_RESP_ERR_NO_ERROR, std::string(facility) + ": " + line);
}

void on_commit(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t*,
               void* opaque) {
  auto& client = *static_cast<Client*>(opaque);
  client.commit_answered = true;
  client.commit_error = error;
}

// Its errors are answers to what it is asked, and its log would only repeat the other's.
rd_kafka_t* make_uncommitted(const Options& options) {
  std::vector<std::string> complaints;
  auto conf = make_conf(options, complaints);
  set(conf.get(), {"isolation.level", "read_uncommitted"}, complaints);
  set(conf.get(), {"log.queue", "false"}, complaints);
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  std::array<char, kErrorTextBytes> text{};
  auto* handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), text.data(), text.size());
  if (handle == nullptr) throw std::runtime_error(text.data());
  (void)conf.release();  // taken by the client
  return handle;
}

}  // namespace

Client::~Client() {
  topics.clear();
  queue.reset();
  // There is no group to leave, so nothing to wait for.
  for (auto* client : {handle, uncommitted}) {
    if (client != nullptr) rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
}

std::vector<std::string> problems(const Options& options) {
  std::vector<std::string> complaints;
  if (options.brokers.empty())
    complaints.emplace_back("kafka brokers: name at least one HOST:PORT");
  if (options.topics.empty()) complaints.emplace_back("kafka topics: name at least one");
  for (std::size_t i = 0; i < options.topics.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (options.topics[i].name == options.topics[j].name) {
        complaints.push_back("kafka topics: " + options.topics[i].name + " is named twice");
      }
    }
  }
  (void)make_conf(options, complaints);
  return complaints;
}

std::shared_ptr<Client> make_client(const Options& options) {
  std::vector<std::string> complaints;
  auto conf = make_conf(options, complaints);
  if (!complaints.empty()) throw std::runtime_error(complaints.front());
  auto client = std::make_shared<Client>();
  rd_kafka_conf_set_opaque(conf.get(), client.get());
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
  std::array<char, kErrorTextBytes> text{};
  client->handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), text.data(), text.size());
  if (client->handle == nullptr) throw std::runtime_error(text.data());
  client->pauses_when_full = rd_kafka_version() < kQueueBackoffKnown;
  (void)conf.release();  // taken by the client
  (void)rd_kafka_poll_set_consumer(client->handle);
  client->queue.reset(rd_kafka_queue_get_consumer(client->handle));
  (void)rd_kafka_set_log_queue(client->handle, client->queue.get());
  client->uncommitted = make_uncommitted(options);
  for (const auto& topic : options.topics) {
    client->topics.emplace_back(rd_kafka_topic_new(client->handle, topic.name.c_str(), nullptr));
    if (!client->topics.back())
      throw std::runtime_error("topic " + topic.name + " is no name for a topic");
  }
  return client;
}

Result<ClientHandle> make_rereading_client(const Options& options) {
  std::vector<std::string> complaints;
  auto conf = make_conf(options, complaints);
  set(conf.get(), {"queued.min.messages", "1"}, complaints);
  set(conf.get(), {"queued.max.messages.kbytes", "16384"}, complaints);
  set(conf.get(), {"log.queue", "false"}, complaints);
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  std::array<char, kErrorTextBytes> text{};
  ClientHandle client{rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), text.data(), text.size())};
  if (!client) return client_failed(text.data());
  (void)conf.release();  // taken by the client
  (void)rd_kafka_poll_set_consumer(client.get());
  return client;
}

}  // namespace rollcall::kafka
