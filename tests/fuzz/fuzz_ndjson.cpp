// Any bytes as a JSON and as an NDJSON file, cut in any way: the same records come out, each of
// them one line of JSON; an array is what an independent parser takes for one.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/json/json_syntax.hpp"
#include "connectors/json/slices.hpp"
#include "connectors/json/utf8.hpp"
#include "pipeline/ensure.hpp"
#include "tests/files/collected.hpp"

using namespace rollcall;
using namespace rollcall::files;

namespace {

test::Collected check_pieces(Format format, std::string_view text, std::size_t piece,
                             Content content = Content::events) {
  ReaderOptions options;
  options.content = content;
  options.format = format;
  options.mapping.batch = "b";
  options.mapping.side = "expected";
  auto whole = test::read_whole(options, text);
  ENSURE(test::is_same(whole, test::read_whole(options, text, piece)));
  for (const auto& record : whole.records) {
    const auto event = std::string_view{record}.substr(record.find(' ') + 1);
    ENSURE(json::check_syntax(event) == json::Syntax::valid && json::is_utf8(event));
    ENSURE(event.find_first_of("\r\n") == event.npos);
    if (content == Content::events) ENSURE(json::member_of(event, "batch") == "\"b\"");
  }
  return whole;
}

// What the slices cut must be what the independent parser sees.
void check_slices(std::string_view text) {
  if (json::check_syntax(text) != json::Syntax::valid) return;
  boost::json::error_code error;
  const auto value = boost::json::parse({text.data(), text.size()}, error);
  if (error) return;  // a limit of that parser: depth, exponents, UTF-8
  const auto trimmed = json::trimmed(text);
  // It keeps one of several members with the same key.
  if (value.is_object()) ENSURE(json::members_of(trimmed).size() >= value.get_object().size());
  if (!value.is_array()) return;
  const auto elements = json::elements_of(trimmed);
  ENSURE(elements.size() == value.get_array().size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto element = elements[i];
    const auto again = boost::json::parse({element.data(), element.size()}, error);
    ENSURE(!error && again == value.get_array()[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 16 + 1U;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  check_pieces(Format::ndjson, text, piece);
  check_pieces(Format::json, text, piece, Content::customers);
  const auto array = check_pieces(Format::json, text, piece);
  check_slices(text);
  const bool is_valid = json::check_syntax(text) == json::Syntax::valid;
  // A valid array is read to its end, whatever its elements.
  if (is_valid && json::trimmed(text).starts_with('[')) ENSURE(array.failure.empty());
  return 0;
}
