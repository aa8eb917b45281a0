#include "tests/crash/comparison.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/database.hpp"

namespace rollcall::test {
namespace {

namespace json = boost::json;

constexpr std::size_t kDifferencesMax = 40;
constexpr seconds kAnswerMax{60};

using Ids = std::vector<Id>;
using Duplicates = std::map<Id, std::array<std::uint64_t, 2>>;  // occurrences beyond the first

std::string show(const Id& id) {
  if (const auto* number = std::get_if<std::uint64_t>(&id)) return std::to_string(*number);
  return "'" + std::get<std::string>(id) + "'";
}

Id id_from(const json::value& value) {
  if (const auto* text = value.if_string()) return id_of(std::string{*text});
  return value.to_number<std::uint64_t>();
}

std::string body_of(const DaemonProcess& daemon, const std::string& target) {
  const auto answer = daemon.get(target, kAnswerMax);
  if (!answer) throw std::runtime_error(target + ": no answer");
  if (answer->status != 200) {
    throw std::runtime_error(target + ": " + std::to_string(answer->status) + " " + answer->body);
  }
  return answer->body;
}

json::object object_of(const DaemonProcess& daemon, const std::string& target) {
  return json::parse(body_of(daemon, target)).as_object();
}

// All items of a list, page by page.
std::vector<json::value> items_of(const DaemonProcess& daemon, const std::string& target,
                                  int limit) {
  std::vector<json::value> items;
  std::string cursor;
  do {
    std::string page_target = target + "?limit=" + std::to_string(limit);
    if (!cursor.empty()) page_target += "&cursor=" + cursor;
    const json::object page = object_of(daemon, page_target);
    for (const json::value& item : page.at("items").as_array()) items.push_back(item);
    const json::value& next = page.at("next_cursor");
    cursor = next.is_null() ? std::string{} : std::string{next.as_string()};
  } while (!cursor.empty());
  return items;
}

// All lines of a stream but the last, which must tell how many there were.
std::vector<json::value> lines_of(const DaemonProcess& daemon, const std::string& target) {
  std::istringstream body(body_of(daemon, target + "?format=ndjson"));
  std::vector<json::value> lines;
  for (std::string line; std::getline(body, line);) lines.push_back(json::parse(line));
  const bool ended =
      !lines.empty() && lines.back().is_object() && lines.back().as_object().contains("_end");
  if (!ended) throw std::runtime_error(target + ": the stream has no end");
  const auto count = lines.back().at("count").to_number<std::uint64_t>();
  lines.pop_back();
  if (count != lines.size()) throw std::runtime_error(target + ": the stream counts wrongly");
  return lines;
}

Ids ids_from(const std::vector<json::value>& items) {
  Ids ids;
  for (const json::value& item : items) ids.push_back(id_from(item));
  return ids;
}

// Ids of one side that the other lacks, in order.
Ids only_in(const Occurrences& one, const Occurrences& other) {
  Ids ids;
  for (const auto& [id, count] : one) {
    if (!other.contains(id)) ids.push_back(id);
  }
  return ids;
}

Duplicates duplicates_of(const BatchTruth& batch) {
  Duplicates duplicates;
  for (std::size_t side = 0; side < 2; ++side) {
    for (const auto& [id, count] : batch.sides[side]) {
      if (count > 1) duplicates[id][side] = count - 1;
    }
  }
  return duplicates;
}

// Gathers what differs.
class Report {
 public:
  template <class T>
  void equal(const std::string& what, const T& is, const T& must_be) {
    if (is == must_be) return;
    std::ostringstream text;
    text << what << " is " << is << ", must be " << must_be;
    say(text.str());
  }

  void equal_lists(const std::string& what, const Ids& is, const Ids& must_be) {
    if (is == must_be) return;
    say(what + " has " + std::to_string(is.size()) + " ids, must have " +
        std::to_string(must_be.size()));
    if (!std::is_sorted(is.begin(), is.end())) say(what + " is not in order");
    const std::set<Id> listed(is.begin(), is.end());
    const std::set<Id> wanted(must_be.begin(), must_be.end());
    for (const Id& id : wanted) {
      if (!listed.contains(id)) say(what + " lacks " + show(id));
    }
    for (const Id& id : listed) {
      if (!wanted.contains(id)) say(what + " must not have " + show(id));
    }
  }

  void say(std::string difference) {
    if (differences_.size() < kDifferencesMax) differences_.push_back(std::move(difference));
  }
  std::vector<std::string> take() { return std::move(differences_); }

 private:
  std::vector<std::string> differences_;
};

void compare_counts(Report& report, const std::string& name, const json::object& status,
                    const BatchTruth& truth) {
  const json::object& counts = status.at("counts").as_object();
  const auto& [expected, processed] = truth.sides;
  const auto missing = only_in(expected, processed).size();
  std::array<std::uint64_t, 2> extra{};
  for (const auto& [id, beyond_first] : duplicates_of(truth)) {
    for (std::size_t side = 0; side < 2; ++side) extra[side] += beyond_first[side];
  }
  const std::vector<std::pair<const char*, std::uint64_t>> wanted{
      {"expected", expected.size()},
      {"processed", processed.size()},
      {"matched", expected.size() - missing},
      {"missing", missing},
      {"unexpected", only_in(processed, expected).size()},
      {"duplicate_expected", extra[0]},
      {"duplicate_processed", extra[1]}};
  for (const auto& [count, must_be] : wanted) {
    report.equal(name + " " + count, counts.at(count).to_number<std::uint64_t>(), must_be);
  }
  report.equal(name + " revision", status.at("revision").to_number<std::uint64_t>(), truth.events);
}

void compare_duplicates(Report& report, const std::string& what,
                        const std::vector<json::value>& lines, const BatchTruth& truth) {
  const Duplicates wanted = duplicates_of(truth);
  report.equal(what, lines.size(), wanted.size());
  for (const json::value& line : lines) {
    const Id id = id_from(line.at("id"));
    const auto found = wanted.find(id);
    if (found == wanted.end()) {
      report.say(what + " must not have " + show(id));
      continue;
    }
    const json::value& extra = line.at("duplicates");
    report.equal(what + " expected of " + show(id), extra.at("expected").to_number<std::uint64_t>(),
                 found->second[0]);
    report.equal(what + " processed of " + show(id),
                 extra.at("processed").to_number<std::uint64_t>(), found->second[1]);
  }
}

void compare_batch(Report& report, const DaemonProcess& daemon, const std::string& name,
                   const json::object& status, const BatchTruth& truth) {
  constexpr int kPage = 5'000;
  const std::string number = std::to_string(status.at("id").to_number<std::int64_t>());
  const std::string path = "/api/v1/batches/" + number;
  const auto& [expected, processed] = truth.sides;
  const Ids missing = only_in(expected, processed);
  const Ids unexpected = only_in(processed, expected);
  compare_counts(report, name, status, truth);
  report.equal_lists(name + " missing", ids_from(lines_of(daemon, path + "/missing")), missing);
  report.equal_lists(name + " missing by page",
                     ids_from(items_of(daemon, path + "/missing", kPage)), missing);
  report.equal_lists(name + " unexpected", ids_from(lines_of(daemon, path + "/unexpected")),
                     unexpected);
  compare_duplicates(report, name + " duplicates", lines_of(daemon, path + "/duplicates"), truth);
  const json::object analysis = object_of(daemon, "/api/v1/analysis/missing/" + number);
  report.equal(name + " total_expected", analysis.at("total_expected").to_number<std::uint64_t>(),
               std::uint64_t{expected.size()});
  report.equal(name + " unexpected_count",
               analysis.at("unexpected_count").to_number<std::uint64_t>(),
               std::uint64_t{unexpected.size()});
}

void compare_letters(Report& report, const DaemonProcess& daemon, const Truth& truth) {
  constexpr int kPage = 500;
  using Letter = std::tuple<std::string, std::int64_t, std::string>;
  std::multiset<Letter> listed;
  for (const json::value& item : items_of(daemon, "/api/v1/dead-letters", kPage)) {
    listed.emplace(std::string{item.at("source").as_string()}, item.at("position").as_int64(),
                   std::string{item.at("reason").as_string()});
  }
  std::multiset<Letter> wanted;
  for (const LetterTruth& letter : truth.dead_letters) {
    wanted.emplace(letter.source, letter.position, letter.reason);
  }
  report.equal("number of dead letters", listed.size(), wanted.size());
  const auto complain = [&](const std::string& what, const auto& some, const auto& others) {
    std::vector<Letter> rest;
    std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                        std::back_inserter(rest));
    for (const auto& [source, position, reason] : rest) {
      std::string complaint = what;
      complaint.append(source).append(" ").append(std::to_string(position));
      report.say(complaint.append(" ").append(reason));
    }
  };
  complain("no dead letter for ", wanted, listed);
  complain("a dead letter too many for ", listed, wanted);
}

EndOffsets positions_of(const DaemonProcess& daemon) {
  EndOffsets positions;
  const json::object sources = object_of(daemon, "/api/v1/sources");
  for (const json::value& source : sources.at("items").as_array()) {
    const TopicPartition key{std::string{source.at("topic").as_string()},
                             static_cast<int>(source.at("partition").as_int64())};
    positions[key] = source.at("position").as_int64();
  }
  return positions;
}

}  // namespace

bool wait_until_read(const DaemonProcess& daemon, const EndOffsets& ends, milliseconds at_most) {
  return wait_until(at_most, [&] {
    if (!daemon.ready()) return false;
    const EndOffsets positions = positions_of(daemon);
    return std::all_of(ends.begin(), ends.end(), [&](const auto& end) {
      const auto found = positions.find(end.first);
      return found != positions.end() && found->second >= end.second;
    });
  });
}

std::vector<std::string> differences(const DaemonProcess& daemon, const Truth& truth) {
  Report report;
  if (positions_of(daemon) != truth.ends) report.say("positions are not the topics' ends");
  std::map<std::string, json::object> listed;
  for (const json::value& status : items_of(daemon, "/api/v1/batches", 3)) {
    listed[std::string{status.at("batch_name").as_string()}] = status.as_object();
  }
  for (const auto& [name, status] : listed) {
    if (!truth.batches.contains(name)) report.say("there is no batch " + name);
  }
  for (const auto& [name, batch] : truth.batches) {
    const auto found = listed.find(name);
    if (found == listed.end()) {
      report.say("batch " + name + " is not listed");
    } else {
      compare_batch(report, daemon, name, found->second, batch);
    }
  }
  compare_letters(report, daemon, truth);
  const std::string metrics = body_of(daemon, "/metrics");
  if (metrics.find("\nrollcall_invariant_violations_total 0") == std::string::npos) {
    report.say("an invariant is violated, or its metric is not there");
  }
  return report.take();
}

std::vector<std::string> stored_letter_differences(const std::string& database_url,
                                                   const Truth& truth) {
  Report report;
  std::set<LetterTruth> stored;
  for (const auto& row :
       query(database_url,
             "select channel, position, reason, encode(sample, 'hex') from rollcall.dead_letter")) {
    std::string sample;
    for (std::size_t at = 0; at < row[3].size(); at += 2) {
      sample += static_cast<char>(std::stoi(row[3].substr(at, 2), nullptr, 16));
    }
    stored.insert({row[0], std::stoll(row[1]), row[2], sample});
  }
  std::vector<LetterTruth> rest;
  std::set_symmetric_difference(stored.begin(), stored.end(), truth.dead_letters.begin(),
                                truth.dead_letters.end(), std::back_inserter(rest));
  for (const LetterTruth& letter : rest) {
    report.say("dead letter " + letter.source + " " + std::to_string(letter.position) + " " +
               letter.reason + " '" + letter.sample + "' is stored or true, but not both");
  }
  return report.take();
}

}  // namespace rollcall::test
