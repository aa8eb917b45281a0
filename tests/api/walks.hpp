#pragma once

#include "tests/api/contract.hpp"

// Each walk asks for everything that one part of the API has, right and wrong.
namespace rollcall::test {

// What needs nothing in the daemon: health, metrics, the description and its pages.
void walk_operations(Contract& contract);
// Whether the daemon was built with /docs and /redoc: its root names them then.
[[nodiscard]] bool carries_pages(Contract& contract);

// The lists of a batch that has something missing, something unexpected and duplicates.
void walk_lists(Contract& contract, const std::string& batch);
// Batches, one by one and in pages; there are two or more.
void walk_batches(Contract& contract, const std::string& batch);
// Members and single records of a batch of expected and processed, and batches in every order.
void walk_members(Contract& contract, const std::string& batch, const std::string& record);
void walk_analyses(Contract& contract, const std::string& batch);
// Sources and dead letters of a daemon that reads from Kafka and has found two or more unreadable.
void walk_sources(Contract& contract);

// Writing over HTTP. Creates a batch of that name and two others, "systems" and "declared"; returns
// its number.
std::string walk_batch_creation(Contract& contract, const std::string& batch);
void walk_records(Contract& contract, const std::string& number);
void walk_bulk(Contract& contract, const std::string& number);
void walk_events(Contract& contract, const std::string& batch);
// Imports that begin and end, what they refused, and its acknowledgement; the batch is beyond doubt before and after.
void walk_doubt(Contract& contract, const std::string& batch);
// Customers: none, some of several sources, none again.
void walk_customers(Contract& contract);
// The missing number, from the beginning and back to it.
void walk_missing_number(Contract& contract);
// Removes "declared" and "systems", then everything.
void walk_removal(Contract& contract);

}  // namespace rollcall::test
