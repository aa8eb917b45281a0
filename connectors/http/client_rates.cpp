#include "connectors/http/client_rates.hpp"

#include <algorithm>
#include <random>

namespace rollcall::http {

namespace ip = boost::asio::ip;

std::uint64_t ClientRates::random_seed() {
  std::random_device random;
  return (std::uint64_t{random()} << 32U) | random();
}

std::size_t ClientRates::Hash::operator()(std::uint64_t key) const {
  std::uint64_t mixed = key ^ seed;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

ClientRates::ClientRates(TokenBucket::Rate rate, std::size_t addresses_max)
    : rate_(rate), addresses_max_(addresses_max), by_key_(0, Hash{random_seed()}) {}

TokenBucket::Duration ClientRates::take(const ip::address& client, TokenBucket::Time now) {
  const std::uint64_t key = key_of(client);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    clients_.splice(clients_.begin(), clients_, found->second);
  } else if (clients_.size() < addresses_max_) {
    clients_.push_front({key, {}});
    by_key_.emplace(key, clients_.begin());
  } else {
    by_key_.erase(clients_.back().key);
    clients_.splice(clients_.begin(), clients_, std::prev(clients_.end()));
    clients_.front() = {key, {}};
    by_key_.emplace(key, clients_.begin());
  }
  return clients_.front().bucket.take(rate_, now);
}

std::uint64_t ClientRates::key_of(const ip::address& client) {
  // 0000::/8 is no network of anybody, so IPv4 finds its place there.
  constexpr std::uint64_t kVersion4 = std::uint64_t{1} << 32U;
  if (client.is_v4()) return kVersion4 | client.to_v4().to_uint();
  const auto bytes = client.to_v6().to_bytes();
  std::uint64_t key = 0;
  if (client.to_v6().is_v4_mapped()) {  // an IPv4 client of a listener for both
    for (std::size_t at = 12; at < bytes.size(); ++at) key = key << 8U | bytes.at(at);
    return kVersion4 | key;
  }
  for (std::size_t at = 0; at < 8; ++at) key = key << 8U | bytes.at(at);
  return key;
}

}  // namespace rollcall::http
