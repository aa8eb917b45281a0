#include "tests/support/kafka_handle.hpp"

#include <array>
#include <stdexcept>

#include "tests/support/servers.hpp"

namespace rollcall::test {

KafkaHandle make_client(rd_kafka_type_t type,
                        const std::vector<std::pair<std::string, std::string>>& properties,
                        const std::function<void(rd_kafka_conf_t*)>& more) {
  using Settings = Handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
  std::array<char, 512> error{};
  Settings settings(rd_kafka_conf_new());
  std::vector<std::pair<std::string, std::string>> all{{"bootstrap.servers", servers().kafka},
                                                       {"log_level", "0"}};
  all.insert(all.end(), properties.begin(), properties.end());
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(settings.get(), name.c_str(), value.c_str(), error.data(),
                          error.size()) != RD_KAFKA_CONF_OK) {
      throw std::runtime_error(error.data());
    }
  }
  if (more) more(settings.get());
  KafkaHandle client(rd_kafka_new(type, settings.get(), error.data(), error.size()));
  if (!client) throw std::runtime_error(error.data());
  (void)settings.release();  // the client has taken it
  return client;
}

}  // namespace rollcall::test
