#include <chrono>
#include <string>
#include <utility>

#include "connectors/http/batch_answer.hpp"
#include "connectors/http/endpoints.hpp"
#include "connectors/http/json_writer.hpp"
#include "connectors/http/problem.hpp"
#include "connectors/http/query.hpp"
#include "connectors/http/write_answer.hpp"

// The missing number of 1..N: a batch whose expected side is that range, and whose processed side
// are the numbers that were taken out.
namespace rollcall::http {

namespace asio = boost::asio;

namespace {

// An answer lists at most so many numbers; the batch's own lists have all of them.
constexpr std::size_t kListedMax = 10'000;

std::string batch_name(const Options& options) {
  return "numbers 1.." + std::to_string(options.numbers);
}

Response success(std::string_view message, const std::optional<std::uint64_t>& number,
                 std::uint64_t remaining) {
  Response response;
  JsonWriter json{response.body};
  json.open('{').member("success", true).member("message", message);
  if (number) json.member("extracted_number", *number);
  json.member("remaining_count", remaining).close('}');
  return response;
}

// Which numbers were taken out, read off the loop: N may be 10^9.
class MissingNumbers final : public BodyProducer {
 public:
  MissingNumbers(std::shared_ptr<const LedgerView> view, std::uint64_t count, std::string head)
      : view_(std::move(view)), count_(count), head_(std::move(head)) {}

  bool produce(std::string& out) override {
    const auto began = std::chrono::steady_clock::now();
    const auto found = view_->ids(kMatched, std::nullopt, count_ == 1 ? 1 : kListedMax);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    if (count_ == 1) {
      JsonWriter json{out};
      json.open('{').key("missing_number").id(found.at(0));
      json.member("calculation_method", "set_difference");
      json.key("execution_time_ms").raw(std::to_string(took.count())).close('}');
      return false;
    }
    out += head_;
    JsonWriter json{out};
    json.open('[');
    for (const OwnedRecordId& id : found) json.id(id);
    json.close(']');
    out += '}';
    return false;
  }

 private:
  std::shared_ptr<const LedgerView> view_;  // shared with the ledger that may still hand it out
  std::uint64_t count_;
  std::string head_;  // of the problem that lists several
};

}  // namespace

asio::awaitable<Response> post_extract(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  const auto number = canonical_integer(request.argument.text);
  const std::uint64_t last = service.options.numbers;
  if (!number || *number < 1 || *number > last) {
    const Problem problem{
        422,
        "invalid_parameter",
        "The number is outside what is allowed.",
        {{"/path/number", "must be an integer from 1 to " + std::to_string(last)}},
        {}};
    co_return to_response(problem, request.id);
  }
  Change change{TakeNumber{batch_name(service.options), {1, last}, *number}};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  co_return success("Number " + std::to_string(*number) + " was extracted.", number,
                    written.answer.receipt.accepted);
}

asio::awaitable<Response> post_reset(Request& request, const Service& service) {
  if (auto refused = refuse_write(request, service)) co_return std::move(*refused);
  Change change{ResetNumbers{batch_name(service.options), {1, service.options.numbers}}};
  Written written = co_await write(request, service, std::move(change));
  if (written.refused) co_return std::move(*written.refused);
  co_return success("All numbers are there again.", std::nullopt, written.answer.receipt.accepted);
}

Response get_missing_number(const Request& request, const Service& service) {
  if (auto refused = refuse_not_json(request)) return std::move(*refused);
  if (auto refused = refuse_unready(request, service)) return std::move(*refused);
  if (const auto problem = QueryReader{request.query}.problem())
    return to_response(*problem, request.id);
  const auto batch = service.answers.batch(batch_name(service.options));
  const std::uint64_t count = batch ? batch->matched : 0;
  Problem problem{409, "not_one_missing", "No number was extracted.", {}, {}, {}};
  if (count > 1) problem.detail = std::to_string(count) + " numbers were extracted, not one.";
  problem.numbers.emplace_back("extracted_count", count);
  Response response;
  if (count != 1) response = to_response(problem, request.id);
  if (count == 0) return response;

  auto view = service.answers.view(batch->row->number);
  if (!view) return no_such_batch(request);
  std::string head = std::exchange(response.body, {});
  if (!head.empty()) head.back() = ',';  // the problem's last bracket: a list is to follow
  if (!head.empty()) head += "\"missing_numbers\":";
  response.producer = std::make_unique<MissingNumbers>(std::move(view), count, std::move(head));
  return response;
}

}  // namespace rollcall::http
