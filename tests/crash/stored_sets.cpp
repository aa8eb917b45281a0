#include "tests/crash/stored_sets.hpp"

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <stdexcept>

#include "connectors/postgres/postgres_store.hpp"

namespace rollcall::test {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> restore(Store& store, SliceState& state) {
  Result<SliceState> acquired = co_await store.acquire(0, "oracle");
  if (!acquired) throw std::runtime_error(acquired.error().message);
  state = std::move(*acquired);
  co_await store.close();
}

SliceState restore(const std::string& database_url) {
  asio::io_context loop;
  postgres::PostgresOptions options;
  options.database = database_url;
  options.compaction = false;
  postgres::PostgresStore store(loop.get_executor(), options);
  SliceState state;
  asio::co_spawn(loop, restore(store, state), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  loop.run();
  return state;
}

RecordId as_record_id(const Id& id) {
  if (const auto* number = std::get_if<std::uint64_t>(&id)) return RecordId{*number};
  return RecordId::from_text(std::get<std::string>(id));
}

// A ledger says of an id that it names whether it had it already. With equal totals that makes equal sets.
void compare(std::vector<std::string>& found, const RestoredBatch& batch, const BatchTruth& truth) {
  constexpr std::array kSides{kExpected, kProcessed};
  for (const Side side : kSides) {
    const Occurrences& wanted = truth.sides.at(side);
    const std::string where = batch.row.name + " side " + std::to_string(side);
    if (batch.ledger->total(side) != wanted.size()) {
      found.push_back(where + " has " + std::to_string(batch.ledger->total(side)) +
                      " stored ids, must have " + std::to_string(wanted.size()));
    }
    for (const auto& [id, count] : wanted) {
      if (batch.ledger->add(side, as_record_id(id))) found.push_back(where + " lacks a stored id");
    }
  }
}

}  // namespace

std::vector<std::string> stored_set_differences(const std::string& database_url,
                                                const Truth& truth) {
  std::vector<std::string> found;
  const SliceState state = restore(database_url);
  if (state.batches.size() != truth.batches.size())
    found.emplace_back("batches are stored wrongly");
  for (const RestoredBatch& batch : state.batches) {
    const auto wanted = truth.batches.find(batch.row.name);
    if (wanted == truth.batches.end()) {
      found.push_back("there is no batch " + batch.row.name);
    } else {
      compare(found, batch, wanted->second);
    }
  }
  return found;
}

}  // namespace rollcall::test
