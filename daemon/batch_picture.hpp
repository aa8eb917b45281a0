#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/metrics.hpp"
#include "pipeline/flow/reconciler.hpp"

namespace rollcall {

// Which batches /metrics shows one by one.
struct ShownBatches {
  std::size_t worst_max = 10;      // of those that owe most
  std::size_t matching_max = 100;  // of those that match Slice::Options::watched
};

struct BatchPicture {
  std::vector<BatchSeries> series;  // each batch once, by its number
  std::uint64_t worst_omitted = 0;
  std::uint64_t matching_omitted = 0;
};

// Brings the totals of all batches up to date and describes those that are shown, a few in each turn of the loop.
boost::asio::awaitable<BatchPicture> picture_batches(Reconciler& reconciler, ShownBatches shown);

}  // namespace rollcall
