#include "pipeline/flow/batch_list.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/ensure.hpp"

namespace rollcall {

Batch& BatchList::add(std::unique_ptr<Batch> batch) {
  const BatchNumber number = batch->row.number;
  ENSURE(places_.empty() || places_.back().number < number);
  return *places_.emplace_back(Place{number, std::move(batch)}).batch;
}

// Where a batch of that number is or would be.
std::size_t BatchList::seek(BatchNumber number) const {
  const auto found =
      std::lower_bound(places_.begin(), places_.end(), number,
                       [](const Place& place, BatchNumber n) { return place.number < n; });
  return static_cast<std::size_t>(found - places_.begin());
}

std::unique_ptr<Batch> BatchList::take(BatchNumber number) {
  const std::size_t at = seek(number);
  if (at == places_.size() || places_[at].number != number || !places_[at].batch) return nullptr;
  std::unique_ptr<Batch> taken = std::move(places_[at].batch);
  if (++gaps_ > size() + kGapsFree) {
    std::erase_if(places_, [](const Place& place) { return !place.batch; });
    gaps_ = 0;
  }
  return taken;
}

Batch* BatchList::find(BatchNumber number) const {
  const std::size_t at = seek(number);
  return at < places_.size() && places_[at].number == number ? places_[at].batch.get() : nullptr;
}

void BatchList::append_numbers_to(std::vector<BatchNumber>& numbers) const {
  numbers.reserve(numbers.size() + size());
  for (const Place& place : places_) {
    if (place.batch) numbers.push_back(place.number);
  }
}

}  // namespace rollcall
