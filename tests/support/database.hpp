#pragma once

#include <string>
#include <vector>

namespace rollcall::test {

// A database of its own on the test server, dropped with this object.
class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // The same through a PgBouncer in transaction mode.
  [[nodiscard]] std::string pooled_url() const;
  [[nodiscard]] std::string url_as(const std::string& user, const std::string& password) const;

 private:
  std::string name_;
  std::string url_;
};

// A role of that name which the server lets in with its password only; the private server asks nobody else for one.
void create_role_with_password(const std::string& role, const std::string& password);

using Rows = std::vector<std::vector<std::string>>;  // null is an empty text

// Runs one statement in a transaction of its own and returns its rows as text.
Rows query(const std::string& url, const std::string& sql);

// The only cell of the only row.
std::string query_value(const std::string& url, const std::string& sql);

}  // namespace rollcall::test
