#include "tests/api/schema_check.hpp"

#include <boost/json.hpp>
#include <pthread.h>
#include <stdexcept>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace rollcall::test {

namespace json = boost::json;

namespace {

// The validator's adapter knows no integer beyond the signed ones.
json::value without_unsigned(json::value value) {
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_object()) {
    for (auto& pair : value.get_object()) pair.value() = without_unsigned(std::move(pair.value()));
  } else if (value.is_array()) {
    for (json::value& item : value.get_array()) item = without_unsigned(std::move(item));
  }
  return value;
}

// std::regex goes down a frame or two for each character that it looks at, which a sanitizer's
// frames make more than an ordinary stack holds.
template <class Work>
void on_large_stack(Work& work) {
  constexpr std::size_t kStackBytes = std::size_t{256} << 20U;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const auto run = [](void* of) -> void* {
    (*static_cast<Work*>(of))();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, run, &work) != 0) throw std::runtime_error("no thread");
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::vector<std::string> violations_of(const json::value& root, const json::value& schema,
                                       const json::value& instance) {
  // The validator looks references up in the document it is given, so that has to be a schema that
  // holds our components.
  const json::value document =
      without_unsigned({{"allOf", json::array{schema}}, {"components", root.at("components")}});
  const json::value checked = without_unsigned(instance);
  valijson::Schema parsed;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::BoostJsonAdapter{document}, parsed);
  valijson::Validator validator{valijson::Validator::kStrongTypes};
  valijson::ValidationResults results;
  std::vector<std::string> violations;
  if (validator.validate(parsed, valijson::adapters::BoostJsonAdapter{checked}, &results))
    return violations;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::string place;
    for (const std::string& step : error.context) place += step;
    violations.push_back(place + ": " + error.description);
  }
  return violations;
}

}  // namespace

std::vector<std::string> schema_violations(const json::value& root, const json::value& schema,
                                           const json::value& instance) {
  std::vector<std::string> violations;
  auto check = [&] { violations = violations_of(root, schema, instance); };
  on_large_stack(check);
  return violations;
}

}  // namespace rollcall::test
