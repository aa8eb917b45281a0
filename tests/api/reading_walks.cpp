#include <doctest/doctest.h>
#include <sstream>

#include "tests/api/asking.hpp"
#include "tests/api/walks.hpp"

namespace rollcall::test {
namespace {

namespace json = boost::json;

// Runs of integers, then texts, and at last how many ids they are.
void check_ranges(const std::string& body, const json::value& total) {
  std::istringstream lines{body};
  std::string line;
  std::int64_t count = 0;
  bool texts = false;
  bool ended = false;
  while (std::getline(lines, line)) {
    CAPTURE(line);
    CHECK_FALSE(ended);
    const json::value part = json::parse(line);
    ended = part.is_object() && part.as_object().contains("_end");
    if (ended) {
      CHECK(part == json::value({{"_end", true}, {"count", count}}));
    } else if (part.is_string()) {
      texts = true;
      ++count;
    } else {
      CHECK_FALSE(texts);
      CHECK(part.as_object().size() == 3);
      // Beyond 2^53 the two are texts.
      if (part.at("start").is_int64() && part.at("end").is_int64())
        CHECK(part.at("count") == part.at("end").as_int64() - part.at("start").as_int64() + 1);
      count += part.at("count").as_int64();
    }
  }
  CHECK(ended);
  CHECK(count == total);
}

void walk_forms(Contract& contract, const std::string& id, const std::string& target,
                bool with_ranges) {
  for (const char* format : {"json", "ndjson", "csv", "text"})
    contract.probe({id, target + "?format=" + format, {}, {}}, 200);
  for (const char* type : {"application/x-ndjson", "text/csv", "text/plain;q=0.5, image/*"})
    contract.ask({id, target, {{"Accept", type}}}, 200);
  const std::string ranges =
      contract.ask({id, target + "?format=ranges"}, with_ranges ? 200 : 422).body;
  if (with_ranges)
    check_ranges(ranges, json::parse(contract.ask({id, target}, 200).body).at("total"));
  contract.ask({id, target + "?format=xml"}, 422);
}

void walk_list(Contract& contract, const std::string& id, const std::string& target,
               bool with_ranges) {
  walk_pages(contract, id, target);
  walk_forms(contract, id, target, with_ranges);
}

void walk_pages_of_docs(Contract& contract) {
  contract.probe({"getRedoc", "/redoc"}, 200);
  const std::string page = contract.ask({"getDocs", "/docs"}, 200).body;
  contract.probe({"getDocs", "/docs?x=1"}, 200);
  std::size_t assets = 0;
  for (auto at = page.find("docs/assets/"); at != std::string::npos;
       at = page.find("docs/assets/", at + 1)) {
    const std::string target = '/' + page.substr(at, page.find('"', at) - at);
    contract.probe({"getDocsAsset", target}, 200);
    ++assets;
  }
  CHECK(assets >= 4);
}

}  // namespace

bool carries_pages(Contract& contract) {
  const json::value root = json::parse(contract.ask({"getRoot", "/"}, 200).body);
  return root.at("links").as_object().contains("docs");
}

void walk_operations(Contract& contract) {
  contract.probe({"getRoot", "/"}, 200);
  contract.probe({"getLivez", "/livez"}, 200);
  contract.probe({"getReadyz", "/readyz"}, 200);
  contract.probe({"getMetrics", "/metrics"}, 200);
  contract.probe({"getHealth", "/health"}, 200);
  contract.probe({"getOpenApi", "/openapi.json"}, 200);
  if (carries_pages(contract)) {
    walk_pages_of_docs(contract);
  } else {
    contract.ask({"getRedoc", "/redoc"}, 404);
    contract.ask({"getDocs", "/docs"}, 404);
  }
  contract.ask({"getDocs", "/docs#x"}, 400);
  contract.ask({"getDocsAsset", "/docs/assets/none"}, 404);
}

void walk_batches(Contract& contract, const std::string& batch) {
  walk_pages(contract, "listBatches", "/api/v1/batches");
  contract.ask({"listBatches", "/api/v1/batches?q=" + batch + "&state=open&sort=id"}, 200);
  contract.ask({"listBatches", "/api/v1/batches?state=closed"}, 200);
  contract.ask({"listBatches", "/api/v1/batches?state=ajar"}, 422);
  contract.ask({"listBatches", "/api/v1/batches?sort=size"}, 422);
  contract.probe({"getBatch", "/api/v1/batches/" + batch}, 200);
  contract.probe({"getBatch", "/api/v1/batches/1"}, 200);
  contract.probe({"getBatchByName", "/api/v1/batches/by-name/" + batch}, 200);
  contract.ask({"getBatch", "/api/v1/batches/1?verbose=1"}, 400);
  contract.ask({"getBatch", "/api/v1/batches/none"}, 404);
  contract.ask({"getBatchByName", "/api/v1/batches/by-name/99999999999999999999"}, 404);
}

void walk_lists(Contract& contract, const std::string& batch) {
  const auto walk = [&](const std::string& id, const std::string& list, bool with_ranges) {
    const auto target = [&list](const std::string& way) {
      return "/api/v1/batches/" + way + '/' + list;
    };
    walk_list(contract, id, target(batch), with_ranges);
    walk_list(contract, id + "ByName", target("by-name/" + batch), with_ranges);
    contract.ask({id, target("none")}, 404);
  };
  walk("listMissing", "missing", true);
  walk("listUnexpected", "unexpected", true);
  walk("listDuplicates", "duplicates", false);
  contract.probe({"analyseMissing", "/api/v1/analysis/missing/" + batch}, 200);
  contract.probe({"analyseMissingByName", "/api/v1/analysis/missing/by-name/" + batch}, 200);
  contract.ask({"analyseMissing", "/api/v1/analysis/missing/none"}, 404);
  contract.ask({"analyseMissing", "/api/v1/analysis/missing/1?x=1"}, 400);
}

void walk_members(Contract& contract, const std::string& batch, const std::string& record) {
  for (const std::string& way : {batch, "by-name/" + batch}) {
    const std::string by_name = way == batch ? "" : "ByName";
    const std::string id = "listMembers" + by_name;
    const std::string target = "/api/v1/batches/" + way + "/members";
    walk_list(contract, id, target, true);
    contract.ask({id, target + "?in=expected&not_in=processed&limit=1"}, 200);
    contract.ask({id, target + "?in=expected,processed&format=ndjson"}, 200);
    contract.ask({id, target + "?not_in=expected&count_only=true"}, 200);
    contract.ask({id, target + "?in=expected&count_only=maybe"}, 422);
    contract.ask({id, target + "?in=nobody"}, 422);
    contract.ask({id, target + "?in=expected&not_in=expected"}, 422);
    contract.ask({id, "/api/v1/batches/" + way + "-none/members"}, 404);
    const std::string records = "/api/v1/batches/" + way + "/records/";
    contract.probe({"getRecord" + by_name, records + record}, 200);
    contract.ask({"getRecord" + by_name, records + "never-named"}, 404);
    contract.ask({"getRecord" + by_name, records + record + "?x=1"}, 400);
  }
  for (const char* order : {"id", "-id", "name", "-name"})
    walk_pages(contract, "listBatches", "/api/v1/batches", std::string{"sort="} + order + '&');
}

void walk_analyses(Contract& contract, const std::string& batch) {
  const auto walk = [&](const std::string& id, const std::string& kind) {
    const auto target = [&kind](const std::string& way) {
      return "/api/v1/analysis/" + kind + '/' + way;
    };
    contract.probe({id, target(batch)}, 200);
    contract.probe({id + "ByName", target("by-name/" + batch)}, 200);
    contract.ask({id, target("none")}, 404);
    contract.ask({id, target(batch + "?x=1")}, 400);
  };
  walk("analyseStatus", "status");
  walk("analyseStatistics", "statistics");
}

void walk_sources(Contract& contract) {
  contract.probe({"getSources", "/api/v1/sources"}, 200);
  contract.ask({"getSources", "/api/v1/sources?x"}, 400);
  walk_pages(contract, "getDeadLetters", "/api/v1/dead-letters");
  const auto letters = contract.ask({"getDeadLetters", "/api/v1/dead-letters?limit=1"}, 200);
  const auto id = boost::json::parse(letters.body).at("items").at(0).at("id");
  const auto replayed = contract.ask(post("replayDeadLetters", "/api/v1/dead-letters/replay",
                                          R"({"ids":[)" + boost::json::serialize(id) + "]}"),
                                     200);
  CHECK(boost::json::parse(replayed.body).at("still_bad") == 1);
  const std::string topic =
      boost::json::parse(contract.ask({"getSources", "/api/v1/sources"}, 200).body)
          .at("items")
          .at(0)
          .at("topic")
          .as_string()
          .c_str();
  const auto reset = [&](const std::string& source, int status) {
    return contract.ask(post("resetSource", "/api/v1/sources/" + source + "/reset", ""), status);
  };
  CHECK(boost::json::parse(reset("kafka:" + topic, 409).body).at("code") == "nothing_to_reset");
  reset("kafka:none", 404);
  reset(topic, 404);
}

}  // namespace rollcall::test
