#pragma once

#include <string>

// What is wrong with the text of an option, or empty. None quotes the text: it may be a secret.
namespace rollcall::config {

[[nodiscard]] std::string check_listen(const std::string& text);
[[nodiscard]] std::string check_database_url(const std::string& text);
[[nodiscard]] std::string check_schema(const std::string& text);
[[nodiscard]] std::string check_brokers(const std::string& text);
[[nodiscard]] std::string check_not_empty(const std::string& text);
[[nodiscard]] std::string check_api_key(const std::string& text);
[[nodiscard]] std::string check_origin(const std::string& text);
[[nodiscard]] std::string check_host(const std::string& text);
[[nodiscard]] std::string check_batch_pattern(const std::string& text);
[[nodiscard]] std::string check_side(const std::string& text);

}  // namespace rollcall::config
