#pragma once

#include <string>

namespace rollcall::test {

// A batch's status as the daemon writes it.
inline std::string batch_status(const std::string& name, int missing, int unexpected,
                                const std::string& confidence = "final",
                                const std::string& reasons = "[]") {
  const std::string verdict = missing > 0      ? "incomplete"
                              : unexpected > 0 ? "unexpected_only"
                                               : "complete";
  return R"({"id":1,"batch_name":")" + name + R"(","record_type":null,"description":null,)" +
         R"("created_at":"2026-11-21T12:00:00.000Z","state":"open","counts":{"expected":10,)" +
         R"("processed":)" + std::to_string(10 - missing + unexpected) + R"(,"matched":)" +
         std::to_string(10 - missing) + R"(,"missing":)" + std::to_string(missing) +
         R"(,"unexpected":)" + std::to_string(unexpected) +
         R"(,"duplicate_expected":0,"duplicate_processed":2},"processing_rate":70.0,)" +
         R"("verdict":{"state":")" + verdict + R"(","final":true,"confidence":")" + confidence +
         R"(","reasons":)" + reasons + R"(},"revision":17,"as_of":{"time":)" +
         R"("2026-11-21T12:00:01.000Z","lag_records":0,"confidence":"final","reasons":[]}})";
}

}  // namespace rollcall::test
