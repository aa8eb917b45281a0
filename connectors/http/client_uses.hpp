#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "connectors/http/body_room.hpp"
#include "connectors/http/client_rates.hpp"
#include "connectors/http/counted.hpp"

namespace rollcall::http {

// What one client, or all together, have under way.
struct Use {
  std::size_t connections = 0;
  std::size_t refused = 0;  // of these, those that are being told that they are too many
  std::size_t streams = 0;  // bodies being read piece by piece
  std::size_t lists = 0;    // whole lists being sent
  std::size_t pages = 0;    // pages of lists being read or sent
};

// What each client address has under way, as long as it has a connection; who is one client: ClientRates::key_of().
// Owner: the server. Runs on: the loop. Limits: as many addresses as there are connections.
class ClientUses {
 public:
  struct Client {
    Use use;
    BodyRoom::Share bodies;
  };

  // A connection of a client, counted for as long as it lives.
  class Visit {
   public:
    Visit(ClientUses& uses, Use& all, const boost::asio::ip::address& address)
        : uses_(uses),
          key_(ClientRates::key_of(address)),
          client_(uses.by_key_[key_]),
          counted_(std::in_place, all.connections, client_.use.connections) {}
    ~Visit() {
      counted_.reset();
      if (client_.use.connections == 0) uses_.by_key_.erase(key_);
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    [[nodiscard]] Client& client() const { return client_; }

   private:
    ClientUses& uses_;
    std::uint64_t key_;
    Client& client_;  // of a map of nodes: it stays where it is
    std::optional<Counted> counted_;
  };

  // Without those that are refused.
  [[nodiscard]] std::size_t connections_of(const boost::asio::ip::address& address) const {
    const auto found = by_key_.find(ClientRates::key_of(address));
    if (found == by_key_.end()) return 0;
    return found->second.use.connections - found->second.use.refused;
  }

 private:
  std::unordered_map<std::uint64_t, Client, ClientRates::Hash> by_key_{
      0, ClientRates::Hash{ClientRates::random_seed()}};
};

}  // namespace rollcall::http
