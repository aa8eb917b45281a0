#include "pipeline/ledger/segment_sets.hpp"

#include <limits>
#include <vector>

#include "pipeline/ledger/segment_format.hpp"

namespace rollcall::segment {
namespace {

enum class SetForm : std::uint8_t { list = 0, roaring = 1 };

std::string list_of(const Roaring& set, std::uint64_t ids) {
  std::vector<std::uint32_t> lows(static_cast<std::size_t>(ids));
  set.toUint32Array(lows.data());
  std::string list;
  list.reserve(lows.size() + lows.size() / 4);
  std::uint64_t next = 0;
  for (const std::uint32_t low : lows) {
    put_varint(list, low - next);
    next = std::uint64_t{low} + 1;
  }
  return list;
}

void put_form(std::string& out, SetForm form, std::size_t bytes) {
  put_fixed(out, form);
  put_varint(out, bytes);
}

Roaring read_list(ByteReader& reader, std::string_view body) {
  IdList list{body};
  std::vector<std::uint32_t> lows;
  lows.reserve(list.ids_max());
  std::uint64_t low = 0;
  while (list.next(low)) {
    if (low > std::numeric_limits<std::uint32_t>::max()) {
      reader.fail();
      return {};
    }
    lows.push_back(static_cast<std::uint32_t>(low));
  }
  if (!list.ok()) reader.fail();
  return {lows.size(), lows.data()};
}

}  // namespace

void put_set(std::string& out, const Roaring& set) {
  const std::size_t roaring_bytes = set.getSizeInBytes();
  const std::uint64_t ids = set.cardinality();
  if (roaring_bytes > ids) {  // else no list can be smaller: it takes a byte for each id
    const std::string list = list_of(set, ids);
    if (list.size() < roaring_bytes) {
      put_form(out, SetForm::list, list.size());
      out.append(list);
      return;
    }
  }
  put_form(out, SetForm::roaring, roaring_bytes);
  const std::size_t begin = out.size();
  out.resize(begin + roaring_bytes);
  set.write(out.data() + begin);
}

Roaring read_set(ByteReader& reader) {
  const auto form = reader.fixed<SetForm>();
  const std::string_view body = reader.bytes(reader.varint());
  if (!body.empty() && form == SetForm::list) return read_list(reader, body);
  if (form == SetForm::roaring && is_portable_roaring(body))
    return Roaring::readSafe(body.data(), body.size());
  reader.fail();
  return {};
}

}  // namespace rollcall::segment
