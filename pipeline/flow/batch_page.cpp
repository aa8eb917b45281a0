#include "pipeline/flow/batch_page.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

namespace rollcall {

namespace {

using Order = BatchPage::Order;

bool matches(const Batch& batch, const BatchPage& page) {
  if (batch.row.name.find(page.part_of_name) == std::string::npos) return false;
  const BatchNumber number = batch.row.number;
  const std::string& name = batch.row.name;
  switch (page.order) {
    case Order::by_number:
      return !page.after_number || number > *page.after_number;
    case Order::by_number_down:
      return !page.after_number || number < *page.after_number;
    case Order::by_name:
      return !page.after_name || name > *page.after_name;
    case Order::by_name_down:
      return !page.after_name || name < *page.after_name;
  }
  return false;
}

}  // namespace

std::vector<const Batch*> select(const BatchList& batches, const BatchPage& page) {
  const bool by_number = page.order == Order::by_number || page.order == Order::by_number_down;
  std::vector<const Batch*> found;
  const auto take = [&](const std::unique_ptr<Batch>& batch) {
    if (matches(*batch, page)) found.push_back(batch.get());
    return by_number && found.size() == page.limit;  // they come in order
  };
  if (page.order == Order::by_number_down) {
    static_cast<void>(std::find_if(std::make_reverse_iterator(batches.end()),
                                   std::make_reverse_iterator(batches.begin()), take));
  } else {
    static_cast<void>(std::find_if(batches.begin(), batches.end(), take));
  }
  if (by_number) return found;
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(page.limit, found.size()));
  const bool down = page.order == Order::by_name_down;
  std::partial_sort(found.begin(), end, found.end(), [down](const Batch* a, const Batch* b) {
    return down ? a->row.name > b->row.name : a->row.name < b->row.name;
  });
  found.erase(end, found.end());
  return found;
}

}  // namespace rollcall
