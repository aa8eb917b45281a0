#include <doctest/doctest.h>

#include "tests/api/asking.hpp"
#include "tests/api/walks.hpp"

namespace rollcall::test {

namespace json = boost::json;

namespace {

std::string quoted(std::size_t bytes) { return '"' + std::string(bytes, 'x') + '"'; }

}  // namespace

std::string walk_batch_creation(Contract& contract, const std::string& batch) {
  const std::string target = "/api/v1/batches";
  const std::string body = R"({"batch_name":")" + batch +
                           R"(","record_type":"order","description":"Orders of one day"})";
  const auto created = contract.ask(post("createBatch", target, body), 201);
  std::string number = std::to_string(json::parse(created.body).at("id").as_int64());
  CHECK(created.header("location") == target + '/' + number);
  CHECK(code_of(contract.ask(post("createBatch", target, body), 409)) == "batch_exists");
  refuse_bodies(contract, "createBatch", target);
  for (const char* field :
       {R"("batch_name":17)", R"("batch_name":"")", R"("batch_name":"x","sides":["one"])",
        R"("batch_name":"x","sides":["a","a"])", R"("batch_name":"x","deadline":"soon")",
        R"("batch_name":"x","range":[2,1])", R"("batch_name":"x","record_type":1)"}) {
    const auto refused =
        contract.ask(post("createBatch", target, std::string{"{"} + field + "}"), 422);
    CHECK(first_pointer_of(refused).starts_with('/'));
  }
  // Not of our interest, and nothing to be misread either.
  const std::string beyond = R"({"batch_name":"x","x":-148958197057225385788759670259712})";
  CHECK(code_of(contract.ask(post("createBatch", target, beyond), 422)) == "unsupported_value");
  contract.ask(with_key(post("createBatch", target, body), ""), 400);
  const std::string compared =
      R"({"batch_name":"systems","sides":["crm","shop","mail"],"record_type":null})";
  const auto first = contract.ask(with_key(post("createBatch", target, compared), "systems"), 201);
  const auto again = contract.ask(with_key(post("createBatch", target, compared), "systems"), 201);
  CHECK(first.body == again.body);
  const std::string marked = "\xef\xbb\xbf{\"batch_name\":\"marked\",\"sides\":null}";
  contract.ask(post("createBatch", target, marked), 201);
  contract.ask({"deleteBatch", target + "/marked"}, 204);
  const std::string declared =
      R"({"batch_name":"declared","range":[1,10],"deadline":"2026-12-24T18:00:00Z"})";
  contract.ask(post("createBatch", target, declared), 201);
  contract.ask({"getBatch", target + "/systems"}, 200);
  contract.ask({"listMissing", target + "/systems/missing"}, 409);
  contract.ask({"listUnexpected", target + "/systems/unexpected?format=csv"}, 409);
  contract.ask({"analyseMissing", "/api/v1/analysis/missing/systems"}, 409);
  contract.ask({"listDuplicates", target + "/systems/duplicates"}, 200);
  return number;
}

void walk_records(Contract& contract, const std::string& number) {
  const std::string target = "/api/v1/records";
  const std::string named = "{\"batch_id\":" + number;
  for (const char* record :
       {R"("record_id":10001,"status":"expected","record_metadata":"Order 10001")",
        R"("record_id":"A-7","status":"processed","record_metadata":{"lines":[1,2]})",
        R"("record_id":"18446744073709551615","status":"expected","record_metadata":null)",
        R"("record_id":-5,"status":"expected")",
        R"("record_id":18446744073709551616,"record_id":null,"status":"expected")",
        R"("record_id":10002,"status":"expected")"})
    contract.ask(post("addRecord", target, named + ',' + record + '}'), 201);
  const auto attributes = [&](const std::string& record) {
    const std::string path = "/api/v1/batches/" + number + "/records/" + record;
    return json::parse(contract.ask({"getRecord", path}, 200).body).at("attributes");
  };
  CHECK(attributes("10001") == "Order 10001");
  CHECK(attributes("A-7") == json::parse(R"({"lines":[1,2]})"));
  CHECK(attributes("18446744073709551615").is_null());
  CHECK(attributes("-5").is_null());
  CHECK(attributes("18446744073709551616").is_null());
  contract.ask(post("addRecord", target,
                    "\xef\xbb\xbf" + named + R"(,"record_id":10002,"status":"expected"})"),
               201);
  refuse_bodies(contract, "addRecord", target);
  contract.ask(
      post("addRecord", target, R"({"batch_id":999999,"record_id":1,"status":"expected"})"), 404);
  contract.ask(post("addRecord", target, named + R"(,"record_id":-1.0,"status":"expected"})"), 422);
  contract.ask(post("addRecord", target, named + R"(,"record_id":1,"status":"late"})"), 422);
  const auto with_metadata = [&named](const std::string& metadata) {
    return named + R"(,"record_id":1,"status":"expected","record_metadata":)" + metadata + '}';
  };
  for (const std::string& wrong :
       {std::string{"17"}, std::string{"[]"}, std::string{"true"}, quoted(4095)}) {
    const auto refused = contract.ask(post("addRecord", target, with_metadata(wrong)), 422);
    CHECK(first_pointer_of(refused) == "/record_metadata");
  }
  contract.ask(post("addRecord", target, with_metadata(quoted(4094))), 201);
}

void walk_bulk(Contract& contract, const std::string& number) {
  const std::string target = "/api/v1/records/bulk";
  const auto body = [&number](const std::string& records) {
    return "{\"batch_id\":" + number + ",\"records\":[" + records + "]}";
  };
  const std::string two = R"({"record_id":10003,"status":"expected","record_metadata":"x"},)"
                          R"({"record_id":10001,"status":"processed"})";
  CHECK(json::parse(contract.ask(post("addRecords", target, body(two)), 201).body).at("accepted") ==
        2);
  CHECK(
      json::parse(contract.ask(post("addRecords", target, body(two)), 201).body).at("duplicates") ==
      2);
  CHECK(json::parse(contract.ask(post("addRecords", target, "\xef\xbb\xbf" + body(two)), 201).body)
            .at("duplicates") == 2);
  const Call keyed = with_key(post("addRecords", target, body(two)), "bulk-1");
  CHECK(contract.ask(keyed, 201).body == contract.ask(keyed, 201).body);
  const Call other = with_key(post("addRecords", target, body("")), "bulk-1");
  CHECK(code_of(contract.ask(other, 422)) == "idempotency_key_reused");
  contract.ask(post("addRecords", target, body("")), 201);
  refuse_bodies(contract, "addRecords", target);
  const auto refused = contract.ask(
      post("addRecords", target, body(two + R"(,{"record_id":"","status":"expected"})")), 422);
  CHECK(first_pointer_of(refused) == "/records/2/record_id");
  std::string many = R"({"status":17})";
  for (int record = 0; record < 150; ++record) many += R"(,{"status":17})";
  contract.ask(post("addRecords", target, body(many)), 422);
  contract.ask(post("addRecords", target, R"({"batch_id":999999,"records":[]})"), 404);
}

void walk_events(Contract& contract, const std::string& batch) {
  const std::string target = "/api/v1/events";
  const std::string type = "application/x-ndjson";
  const std::string named = "{\"batch\":\"" + batch + "\",\"side\":";
  const std::string good = named + "\"expected\",\"range\":[20001,20010]}\n" + named +
                           "\"processed\",\"ids\":[20001,\"B-1\",20001]}\n";
  contract.ask(post("addEvents", target, good, type), 201);
  contract.ask(post("addEvents", target, good, type + "; charset=utf-8"), 201);
  const std::string attributes = named + R"("expected","ids":[20012,20013],"attrs":{"lines":2}})";
  contract.ask(post("addEvents", target, attributes, type), 201);
  const std::string record = "/api/v1/batches/by-name/" + batch + "/records/20013";
  CHECK(json::parse(contract.ask({"getRecordByName", record}, 200).body).at("attributes") ==
        json::parse(R"({"lines":2})"));
  // As clients write them who mean well.
  const std::string deviating =
      "\xef\xbb\xbf" + named +
      R"("expected","id":-5,"ids":null,"range":null,"ts":null,"due":null,"source":null})"
      "\n" +
      named + R"("expected","id":20001,"ts":"soon","due":[],"source":7,"attrs":"none"})" + "\n" +
      named + R"("expected","id":20001,"ts":"2026-11-25 07:00:00+00"})";
  contract.ask(post("addEvents", target, deviating, type), 201);
  const std::string metrics = contract.ask({"getMetrics", "/metrics"}, 200).body;
  CHECK(metrics.find("rollcall_unread_fields_total{source=\"http\"} 4\n") != metrics.npos);
  contract.ask(with_key(post("addEvents", target, good, type), "events-1"), 201);
  contract.ask(with_key(post("addEvents", target, good, type), "events-1"), 201);
  contract.ask(with_key(post("addEvents", target, good + good, type), "events-1"), 422);
  const auto partly = contract.ask(
      post("addEvents", target, good + "no event\n" + named + "\"processed\",\"id\":\"\"}", type),
      422);
  const json::value told = json::parse(partly.body);
  CHECK(told.at("lines") == 4);
  CHECK(told.at("rejected") == 2);
  CHECK(told.at("errors").at(1).at("pointer") == "/4/id");
  contract.ask(post("addEvents", target, std::string(2'000'000, 'x'), type), 413);
  contract.ask({"addEvents", target}, 201);  // no lines are all lines
  contract.ask(post("addEvents", target, good, "application/json"), 415);
  Call coded = post("addEvents", target, good, "application/x-ndjson");
  coded.headers["Content-Encoding"] = "gzip";
  CHECK(code_of(contract.ask(coded, 400)) == "bad_content_encoding");
}

void walk_missing_number(Contract& contract) {
  const auto count = [](const http::WireAnswer& answer, const char* name) {
    return json::parse(answer.body).at(name).as_int64();
  };
  CHECK(count(contract.ask({"getMissingNumber", "/missing"}, 409), "extracted_count") == 0);
  contract.probe({"extractNumber", "/extract/42"}, 200);
  CHECK(code_of(contract.ask({"extractNumber", "/extract/42"}, 409)) == "already_extracted");
  contract.probe({"getMissingNumber", "/missing"}, 200);
  CHECK(count(contract.ask({"getMissingNumber", "/missing"}, 200), "missing_number") == 42);
  const Call seven = with_key({"extractNumber", "/extract/7"}, "seven");
  CHECK(count(contract.ask(seven, 200), "remaining_count") == 98);
  CHECK(count(contract.ask(seven, 200), "remaining_count") == 98);
  const json::value several = json::parse(contract.ask({"getMissingNumber", "/missing"}, 409).body);
  CHECK(several.at("missing_numbers") == json::value({7, 42}));
  for (const char* number : {"0", "101", "-1", "1.5", "x", "007", "99999999999999999999"})
    contract.ask({"extractNumber", std::string{"/extract/"} + number}, 422);
  contract.probe({"resetNumbers", "/reset"}, 200);
  CHECK(count(contract.ask({"getMissingNumber", "/missing"}, 409), "extracted_count") == 0);
}

void walk_removal(Contract& contract) {
  const std::string target = "/api/v1/batches";
  contract.probe({"deleteBatch", target + "/declared"}, 204);
  contract.ask({"deleteBatch", target + "/declared"}, 404);
  contract.probe({"deleteBatchByName", target + "/by-name/systems"}, 204);
  contract.ask({"deleteBatchByName", target + "/by-name/systems"}, 404);
  contract.probe({"deleteBatches", target}, 204);
  contract.ask({"listBatches", target}, 200);
}

}  // namespace rollcall::test
