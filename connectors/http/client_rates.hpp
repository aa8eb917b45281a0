#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "connectors/http/token_bucket.hpp"

namespace rollcall::http {

// A token bucket for each address that asks.
// Owner:   the server. Runs on: the loop.
// Limits:  addresses_max; for one more the address that has asked nothing for the longest time is
//          forgotten, and would begin with a full bucket.
class ClientRates {
 public:
  static constexpr std::size_t kAddressesMax = 16'384;

  // Seeded, so that nobody can choose addresses that fall into one place of a table.
  struct Hash {
    std::uint64_t seed;
    std::size_t operator()(std::uint64_t key) const;
  };
  [[nodiscard]] static std::uint64_t random_seed();

  explicit ClientRates(TokenBucket::Rate rate, std::size_t addresses_max = kAddressesMax);

  // Zero: go on. Otherwise how long until this client may ask again.
  [[nodiscard]] TokenBucket::Duration take(const boost::asio::ip::address& client,
                                           TokenBucket::Time now);
  [[nodiscard]] std::size_t addresses() const { return by_key_.size(); }

  // One client: an IPv4 address, or the /64 network that one IPv6 customer has for himself.
  [[nodiscard]] static std::uint64_t key_of(const boost::asio::ip::address& client);

 private:
  struct Client {
    std::uint64_t key;
    TokenBucket bucket;
  };

  TokenBucket::Rate rate_;
  std::size_t addresses_max_;
  std::list<Client> clients_;  // who asked last comes first
  std::unordered_map<std::uint64_t, std::list<Client>::iterator, Hash> by_key_;
};

}  // namespace rollcall::http
