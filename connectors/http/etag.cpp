#include "connectors/http/etag.hpp"

#include <xxhash.h>

#include "connectors/http/json_writer.hpp"

namespace rollcall::http {
namespace {

std::string_view opaque_part(std::string_view tag) {
  while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
  while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

std::string make_etag(const Version& version) {
  std::string tag = "W/\"";
  append_integer(tag, version.epoch);
  tag += '.';
  append_integer(tag, version.batch);
  tag += '.';
  append_integer(tag, version.revision);
  tag += '.';
  tag += to_string(version.verdict->confidence).front();
  std::uint64_t rest = version.lag_records.value_or(0);  // unknown: the reasons say so
  for (const std::string_view reason : version.verdict->reasons)
    rest = XXH3_64bits_withSeed(reason.data(), reason.size(), rest);
  const InDoubt& in_doubt = version.verdict->in_doubt;
  if (in_doubt.any()) rest = XXH3_64bits_withSeed(&in_doubt, sizeof in_doubt, rest);
  if (!version.form.empty())
    rest = XXH3_64bits_withSeed(version.form.data(), version.form.size(), rest);
  if (rest != 0) {
    tag += '.';
    append_integer(tag, rest);
  }
  tag += '"';
  return tag;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  // Our tags hold no comma, so a list can be cut at commas: a foreign tag that holds one only fails
  // to match.
  const std::string_view wanted = opaque_part(etag);
  while (!if_none_match.empty()) {
    const auto end = if_none_match.find(',');
    const std::string_view tag = opaque_part(if_none_match.substr(0, end));
    if (tag == wanted || tag == "*") return true;
    if (end == std::string_view::npos) break;
    if_none_match.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace rollcall::http
