#include <doctest/doctest.h>
#include <string>

#include "tests/api/asking.hpp"
#include "tests/api/walks.hpp"

namespace rollcall::test {

namespace json = boost::json;

namespace {

json::value verdict_of(Contract& contract, const std::string& batch) {
  const auto status = contract.ask({"getBatch", "/api/v1/batches/" + batch}, 200);
  return json::parse(status.body).at("verdict");
}

}  // namespace

void walk_doubt(Contract& contract, const std::string& batch) {
  const std::string begin = "/api/v1/imports";
  const std::string end = "/api/v1/imports/end";
  const std::string acknowledge = "/api/v1/dead-letters/acknowledge";
  const std::string import =
      R"("import":"orders.csv","batch_name":")" + batch + R"(","side":"expected")";
  contract.ask(post("beginImport", begin, "{" + import + "}"), 200);
  CHECK(verdict_of(contract, batch).at("reasons") == json::parse(R"(["import_unfinished"])"));
  CHECK(verdict_of(contract, batch).at("in_doubt").at("expected").is_null());
  const std::string refused =
      R"(,"refused":[{"line":7,"reason":"status: none","sample":"7,Expected"}],"refused_total":3)";
  const auto ended = contract.ask(post("endImport", end, "{" + import + refused + "}"), 200);
  CHECK(json::parse(ended.body).at("refused") == 3);
  CHECK(verdict_of(contract, batch).at("in_doubt").at("expected") == 3);
  CHECK(verdict_of(contract, batch).at("final") == false);

  contract.ask(post("acknowledgeDeadLetters", acknowledge, R"({"note":"which?"})"), 422);
  contract.ask(post("acknowledgeDeadLetters", acknowledge, R"({"ids":[1]})"), 422);
  contract.ask(
      post("acknowledgeDeadLetters", acknowledge, R"({"filter":{"reason":"nonsense"},"note":"x"})"),
      422);
  const std::string of_batch =
      R"({"filter":{"batch":")" + batch + R"(","reason":"refused_row"},"note":"a test file"})";
  const auto closed = contract.ask(post("acknowledgeDeadLetters", acknowledge, of_batch), 200);
  CHECK(json::parse(closed.body).at("acknowledged") == 2);
  const auto again = contract.ask(post("acknowledgeDeadLetters", acknowledge, of_batch), 200);
  CHECK(json::parse(again.body).at("acknowledged") == 0);
  CHECK(verdict_of(contract, batch).at("final") == true);
  const auto kept = contract.ask(
      {"getDeadLetters", "/api/v1/dead-letters?state=acknowledged&batch=" + batch}, 200);
  CHECK(json::parse(kept.body).at("items").at(1).at("note") == "a test file");

  contract.ask(post("beginImport", begin, R"({"import":"all.ndjson"})"), 200);
  CHECK(verdict_of(contract, batch).at("final") == false);
  contract.ask(post("endImport", end, R"({"import":"all.ndjson","batch_name":null})"), 200);
  CHECK(verdict_of(contract, batch).at("final") == true);
  contract.ask(post("beginImport", begin, R"({"batch_name":"x"})"), 422);
  contract.ask(post("endImport", end, R"({"import":"x","refused":[{"line":-1}]})"), 422);
  contract.ask(post("endImport", end, R"({"import":"x","refused":7})"), 422);
  contract.ask(post("resetSource", "/api/v1/sources/kafka:none/reset", ""), 404);
  const std::string replay = "/api/v1/dead-letters/replay";
  const auto rows = contract.ask(
      post("replayDeadLetters", replay, R"({"filter":{"batch":")" + batch + R"("}})"), 409);
  CHECK(json::parse(rows.body).at("code") == "import_again");
  const auto none =
      contract.ask(post("replayDeadLetters", replay, R"({"ids":[9000000000000000000]})"), 200);
  CHECK(json::parse(none.body).at("replayed") == 0);
  contract.ask(post("replayDeadLetters", replay, R"({"filter":{}})"), 422);
  refuse_bodies(contract, "replayDeadLetters", replay);
  refuse_bodies(contract, "acknowledgeDeadLetters", acknowledge);
  refuse_bodies(contract, "beginImport", begin);
  refuse_bodies(contract, "endImport", end);
}

}  // namespace rollcall::test
