#include <algorithm>
#include <array>
#include <cctype>

#include "config/checks.hpp"
#include "config/option.hpp"

namespace rollcall::config {
namespace {

template <auto section, auto name>
constexpr auto field() {
  using Value = std::remove_reference_t<decltype((std::declval<Config&>().*section).*name)>;
  return Access<Value>{[](const Config& config) -> const Value& { return (config.*section).*name; },
                       [](Config& config) -> Value& { return (config.*section).*name; }};
}

constexpr std::uint64_t kMillisecond = 1;
constexpr std::uint64_t kSecond = 1000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;

using C = Config;

const std::array kOptions = {
    Option{.key = "http.listen",
           .field = field<&C::http, &HttpConfig::listen>(),
           .help = "Where the API listens; port 0 takes any free one and logs it.",
           .form = "address:port",
           .check = check_listen},
    Option{.key = "http.connections_max",
           .field = field<&C::http, &HttpConfig::connections_max>(),
           .help = "Connections that are open at the same time; one more is answered 503.",
           .min = 1,
           .max = 100'000},
    Option{.key = "http.header_bytes_max",
           .field = field<&C::http, &HttpConfig::header_bytes_max>(),
           .help = "A request with a longer header is refused with 431.",
           .min = kibibytes(1).count,
           .max = mebibytes(1).count},
    Option{.key = "http.body_bytes_max",
           .field = field<&C::http, &HttpConfig::body_bytes_max>(),
           .help = "A request with a longer body is refused with 413.",
           .min = kibibytes(1).count,
           .max = gibibytes(1).count},
    Option{.key = "http.idle_timeout",
           .field = field<&C::http, &HttpConfig::idle_timeout>(),
           .help = "A connection that asks nothing for so long is closed.",
           .min = kSecond,
           .max = kHour},
    Option{.key = "http.request_timeout",
           .field = field<&C::http, &HttpConfig::request_timeout>(),
           .help = "How long one request may take to arrive, and one answer to be taken.",
           .min = 100 * kMillisecond,
           .max = kHour},
    Option{.key = "http.rate_limit",
           .field = field<&C::http, &HttpConfig::rate_limit>(),
           .help = "Requests per second of one client address, beyond them 429; 0: no limit.",
           .max = 1'000'000},
    Option{.key = "http.rate_burst",
           .field = field<&C::http, &HttpConfig::rate_burst>(),
           .help = "Requests that an address may send at once after a pause, under rate_limit.",
           .min = 1,
           .max = 1'000'000},
    Option{.key = "http.body_streams_max",
           .field = field<&C::http, &HttpConfig::body_streams_max>(),
           .help = "Bodies of events being read at the same time; one more is answered 503.",
           .min = 1,
           .max = 10'000},
    Option{.key = "http.lists_max",
           .field = field<&C::http, &HttpConfig::lists_max>(),
           .help = "Whole lists being sent at the same time; one more is answered 503.",
           .min = 1,
           .max = 10'000},
    Option{.key = "http.pages_max",
           .field = field<&C::http, &HttpConfig::pages_max>(),
           .help = "Pages of lists being made or sent at the same time; one more is answered 503.",
           .min = 1,
           .max = 100'000},
    Option{.key = "http.client_share",
           .field = field<&C::http, &HttpConfig::client_share>(),
           .help =
               "Percent that one client address may have of connections_max, body_streams_max, "
               "lists_max, pages_max and writes.bodies_bytes_max; 100 behind a proxy, where all "
               "clients are one address.",
           .min = 1,
           .max = 100},
    Option{.key = "http.tokens_file",
           .field = field<&C::http, &HttpConfig::tokens_file>(),
           .help = "Who may read and write: lines of `read TOKEN`, `write TOKEN` or `read "
                   "sha256:DIGITS`; empty: everybody.",
           .form = "path, read again on SIGHUP"},
    Option{.key = "http.api_key",
           .field = field<&C::http, &HttpConfig::api_key>(),
           .help = "One more token that may write; sent as `Authorization: Bearer`.",
           .form = "letters and digits",
           .check = check_api_key,
           .secret = true,
           .mask = mask_whole,
           .environment = "API_KEY"},
    Option{.key = "http.metrics_public",
           .field = field<&C::http, &HttpConfig::metrics_public>(),
           .help = "Whether /metrics is shown without a token."},
    Option{.key = "http.cors_origins",
           .field = field<&C::http, &HttpConfig::cors_origins>(),
           .help = "Origins whose pages may use the API from a browser; * for every page there is.",
           .form = "list of scheme://host:port",
           .max = 1000,
           .check = check_origin},
    Option{.key = "http.hosts",
           .field = field<&C::http, &HttpConfig::hosts>(),
           .help = "Names by which the server may be asked where there are no tokens, beside "
                   "loopback names and addresses.",
           .form = "list of host or host:port",
           .max = 1000,
           .check = check_host},
    Option{.key = "http.tls_certificate_file",
           .field = field<&C::http, &HttpConfig::tls_certificate_file>(),
           .help = "The server's certificate and those that signed it, in PEM; empty: no TLS.",
           .form = "path, read again on SIGHUP"},
    Option{.key = "http.tls_key_file",
           .field = field<&C::http, &HttpConfig::tls_key_file>(),
           .help = "The certificate's private key, in PEM and without a password.",
           .form = "path, read again on SIGHUP"},
    Option{.key = "http.hsts_max_age",
           .field = field<&C::http, &HttpConfig::hsts_max_age>(),
           .help = "With TLS, how long browsers shall ask this host over TLS only; 0s: not said.",
           .max = kHour * 24 * 366 * 2},

    Option{.key = "database.url",
           .field = field<&C::database, &DatabaseConfig::url>(),
           .help =
               "PostgreSQL that keeps the checkpoints; memory keeps everything in this process and "
               "loses it at exit.",
           .form = "memory or postgresql://user@host:port/database",
           .check = check_database_url,
           .secret = true,
           .environment = "DATABASE_URL",
           .sample = "url_file = \"/run/secrets/database_url\"  # instead of url: read from there"},
    Option{.key = "database.schema",
           .field = field<&C::database, &DatabaseConfig::schema>(),
           .help = "Schema that holds the tables; created where it is missing.",
           .form = "name",
           .check = check_schema},
    Option{.key = "database.connect_timeout",
           .field = field<&C::database, &DatabaseConfig::connect_timeout>(),
           .help = "How long one attempt to connect may take; attempts go on until one succeeds.",
           .min = kSecond,
           .max = 10 * kMinute},
    Option{.key = "database.statement_timeout",
           .field = field<&C::database, &DatabaseConfig::statement_timeout>(),
           .help = "A statement that runs longer is cancelled and tried again.",
           .min = kSecond,
           .max = kHour},

    Option{.key = "kafka.brokers",
           .field = field<&C::kafka, &KafkaConfig::brokers>(),
           .help = "Kafka to read from; empty: none, records come over HTTP only.",
           .form = "host:port, several with commas between them",
           .check = check_brokers},
    Option{.key = "kafka.topics",
           .field = field<&C::kafka, &KafkaConfig::topics>(),
           .help =
               "What to read: a topic, the side its records speak for (\"event\": each event "
               "names its "
               "own), and where a producer's fields differ, a JSON pointer for each. "
               "Topics that are reconciled with each other share a feed. A record that cannot "
               "be read (on_bad) or has no value (on_empty) is a dead_letter, or is counted and "
               "skipped (skip).",
           .min = 1,
           .max = 1000,
           .sample = "topics = [\n"
                     "  {name = \"shop.orders\", side = \"expected\", "
                     "fields = {batch = \"/order/batch_no\", id = \"/order/number\"}},\n"
                     "  {name = \"shop.shipped\", side = \"processed\", feed = \"default\", "
                     "on_bad = \"dead_letter\", on_empty = \"skip\"},\n"
                     "]"},
    Option{.key = "kafka.group",
           .field = field<&C::kafka, &KafkaConfig::group>(),
           .help = "Consumer group under which positions are shown to lag tools; never read back.",
           .form = "name",
           .check = check_not_empty},
    Option{.key = "kafka.metadata_interval",
           .field = field<&C::kafka, &KafkaConfig::metadata_interval>(),
           .help = "How often the client looks after brokers and leaders by itself.",
           .min = kSecond,
           .max = kHour},
    Option{
        .key = "kafka.end_offset_interval",
        .field = field<&C::kafka, &KafkaConfig::end_offset_interval>(),
        .help = "How often to ask where each partition ends, which lag and confidence follow from.",
        .min = 100 * kMillisecond,
        .max = 10 * kMinute},
    Option{.key = "kafka.drain_records_max",
           .field = field<&C::kafka, &KafkaConfig::drain_records_max>(),
           .help =
               "Records taken in one turn of the loop; an HTTP request waits for one turn at most.",
           .min = 1,
           .max = 100'000},
    Option{
        .key = "kafka.properties",
        .field = field<&C::kafka, &KafkaConfig::properties>(),
        .help =
            "Any property of librdkafka but those that rollcall owns; a secret's name with _file "
            "behind it reads a file.",
        .sample = "\"security.protocol\" = \"SASL_SSL\"\n"
                  "\"sasl.mechanism\" = \"SCRAM-SHA-512\"\n"
                  "\"sasl.username\" = \"rollcall\"\n"
                  "\"sasl.password_file\" = \"/run/secrets/kafka_password\""},

    Option{.key = "checkpoint.interval",
           .field = field<&C::checkpoint, &CheckpointConfig::interval>(),
           .help = "Longest time between two checkpoints while there is something to save.",
           .min = 10 * kMillisecond,
           .max = 10 * kMinute},
    Option{.key = "checkpoint.bytes",
           .field = field<&C::checkpoint, &CheckpointConfig::bytes>(),
           .help = "A checkpoint is made as soon as so much is not yet saved.",
           .min = kibibytes(64).count,
           .max = gibibytes(4).count},
    Option{
        .key = "checkpoint.uncommitted_bytes_max",
        .field = field<&C::checkpoint, &CheckpointConfig::uncommitted_bytes_max>(),
        .help =
            "Reading pauses while so much is not yet saved, because the database is away or slow.",
        .min = mebibytes(1).count,
        .max = gibibytes(64).count},

    Option{
        .key = "batches.sides",
        .field = field<&C::batches, &BatchesConfig::sides>(),
        .help =
            "Sides of a batch that its first event creates; the first says what is expected, the "
            "second what was processed.",
        .min = 2,
        .max = 16,
        .check = check_side},

    Option{.key = "batches.attributes_bytes_max",
           .field = field<&C::batches, &BatchesConfig::attributes_bytes_max>(),
           .help = "Memory for what producers say about outstanding records (attrs, "
                   "record_metadata); beyond it no more is kept, and that is counted.",
           .min = 0,
           .max = gibibytes(64).count},
    Option{.key = "batches.store_metadata",
           .field = field<&C::batches, &BatchesConfig::store_metadata>(),
           .help = "Whether attributes of every record are stored in the database as well, matched "
                   "or not."},

    Option{.key = "writes.commit_timeout",
           .field = field<&C::writes, &WritesConfig::commit_timeout>(),
           .help = "How long a write over HTTP waits to become durable; then it is answered 503.",
           .min = 100 * kMillisecond,
           .max = kHour},
    Option{.key = "writes.bodies_bytes_max",
           .field = field<&C::writes, &WritesConfig::bodies_bytes_max>(),
           .help =
               "Bodies that are held at the same time, as far as they have come; who finds no room "
               "is not read meanwhile.",
           .min = mebibytes(1).count,
           .max = gibibytes(64).count},
    Option{.key = "writes.keys_kept",
           .field = field<&C::writes, &WritesConfig::keys_kept>(),
           .help = "How long a repeated Idempotency-Key gets the first answer and changes nothing.",
           .min = kMinute,
           .max = 366 * 24 * kHour},
    Option{.key = "writes.keys_max",
           .field = field<&C::writes, &WritesConfig::keys_max>(),
           .help = "Idempotency-Keys that are remembered; beyond it the oldest tenth is forgotten.",
           .min = 10,
           .max = 10'000'000},

    Option{.key = "dead_letters.kept",
           .field = field<&C::dead_letters, &DeadLettersConfig::kept>(),
           .help = "How long a dead letter is kept after it was acknowledged or replayed.",
           .min = kMinute,
           .max = 3660 * 24 * kHour},

    Option{.key = "numbers.count",
           .field = field<&C::numbers, &NumbersConfig::count>(),
           .help = "The missing number is one of 1 to this.",
           .min = 1,
           .max = 1'000'000'000},

    Option{.key = "log.level",
           .field = field<&C::log, &LogConfig::level>(),
           .help = "The least important line that is still written.",
           .choices = "trace|debug|info|warning|error",
           .environment = "LOG_LEVEL"},
    Option{.key = "log.format",
           .field = field<&C::log, &LogConfig::format>(),
           .help = "How lines on stderr look: an object each, or text for people.",
           .choices = "json|text"},

    Option{.key = "metrics.batches",
           .field = field<&C::metrics, &MetricsConfig::batches>(),
           .help = "Names of batches that get series of their own, also when nothing is missing in "
                   "them; * stands for any text.",
           .form = "list of names",
           .max = 100,
           .check = check_batch_pattern,
           .sample = "batches = [\"orders-*\", \"*-nightly\"]"},
    Option{.key = "metrics.batches_max",
           .field = field<&C::metrics, &MetricsConfig::batches_max>(),
           .help = "How many of those get some, the newest first; a metric says how many others "
                   "there are.",
           .min = 0,
           .max = 1000},
    Option{.key = "metrics.worst_batches",
           .field = field<&C::metrics, &MetricsConfig::worst_batches>(),
           .help = "Open batches with the most missing and unexpected records that get a series of "
                   "their own.",
           .min = 0,
           .max = 1000},

    Option{.key = "shutdown.deadline",
           .field = field<&C::shutdown, &ShutdownConfig::deadline>(),
           .help = "How long the last checkpoint and the answers under way may take after SIGTERM.",
           .min = kSecond,
           .max = 10 * kMinute},
};

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* find_option(std::string_view key) {
  const auto* const found = std::find_if(kOptions.begin(), kOptions.end(),
                                         [&](const Option& option) { return option.key == key; });
  return found == kOptions.end() ? nullptr : &*found;
}

std::string_view section_of(std::string_view key) { return key.substr(0, key.find('.')); }

std::string_view name_of(std::string_view key) {
  const auto dot = key.find('.');
  return dot == std::string_view::npos ? std::string_view() : key.substr(dot + 1);
}

std::string environment_name(std::string_view key) {
  std::string name = "ROLLCALL_";
  for (const char c : key) {
    if (c == '.') {
      name += "__";
    } else {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return name;
}

std::vector<std::string> sections() {
  std::vector<std::string> names;
  for (const auto& option : kOptions) {
    const auto section = section_of(option.key);
    if (names.empty() || names.back() != section) names.emplace_back(section);
  }
  return names;
}

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const auto& option : kOptions) {
    keys.emplace_back(option.key);
    if (option.secret) keys.push_back(std::string(option.key).append(kFileSuffix));
  }
  return keys;
}

std::vector<std::string> choices_of(const Option& option) {
  std::vector<std::string> choices;
  std::string_view rest = option.choices;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('|'), rest.size());
    choices.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return choices;
}

}  // namespace rollcall::config
