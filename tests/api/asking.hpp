#pragma once

#include <string>

#include "tests/api/contract.hpp"

// What walks have in common.
namespace rollcall::test {

[[nodiscard]] Call post(const std::string& id, const std::string& target, const std::string& body,
                        const std::string& type = "application/json");
[[nodiscard]] Call with_key(Call call, const std::string& key);

// Of a problem; the whole body where it is none.
[[nodiscard]] std::string code_of(const http::WireAnswer& answer);
[[nodiscard]] std::string first_pointer_of(const http::WireAnswer& answer);

// What every body that must be a JSON object is refused for.
void refuse_bodies(Contract& contract, const std::string& id, const std::string& target);
// What every list refuses, and its way from page to page.
void walk_pages(Contract& contract, const std::string& id, const std::string& target,
                const std::string& query = "");

}  // namespace rollcall::test
