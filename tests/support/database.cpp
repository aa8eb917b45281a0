#include "tests/support/database.hpp"

#include <exception>
#include <pqxx/pqxx>
#include <stdexcept>
#include <unistd.h>

#include "tests/support/servers.hpp"
#include "tests/support/wait.hpp"

namespace rollcall::test {
namespace {

std::string unique_name() {
  static int count = 0;
  return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

// CREATE DATABASE and its like refuse to run inside a transaction.
void run_outside_transaction(const std::string& url, const std::string& sql) {
  pqxx::connection connection{url};
  pqxx::nontransaction work{connection};
  work.exec(sql);
}

}  // namespace

TestDatabase::TestDatabase() : name_(unique_name()) {
  const std::string& server = servers().database;
  run_outside_transaction(server, "create database " + name_);
  url_ = server.substr(0, server.rfind('/') + 1) + name_;
}

TestDatabase::~TestDatabase() {
  try {
    run_outside_transaction(servers().database,
                            "drop database if exists " + name_ + " with (force)");
  } catch (const std::exception&) {
    // The whole server goes at the end of the run, and the test that is ending has said what matters.
  }
}

std::string TestDatabase::pooled_url() const {
  return "postgresql://postgres@" + pooler() + "/" + name_;
}

std::string TestDatabase::url_as(const std::string& user, const std::string& password) const {
  const auto scheme_end = url_.find("//") + 2;
  return url_.substr(0, scheme_end) + user + ":" + password + url_.substr(url_.find('@'));
}

void create_role_with_password(const std::string& role, const std::string& password) {
  const std::string& server = servers().database;
  query(server, "drop role if exists " + role);
  query(server, "create role " + role + " login password '" + password + "'");
  // The first rule that fits decides, so ours goes to the top of the file.
  const std::string rules = query_value(server, "show hba_file");
  // Read before it is written: COPY empties the file before it runs its query.
  const std::string others = query_value(
      server,
      "select string_agg(line, E'\n' order by n) from regexp_split_to_table(pg_read_file('" +
          rules + "'), E'\n') with ordinality as all_lines(line, n) where line ~ '^(host|local)'");
  query(server, "copy (select line from regexp_split_to_table($rules$host all " + role +
                    " 127.0.0.1/32 scram-sha-256\n" + others + "$rules$, E'\n') as line) to '" +
                    rules + "'");
  query(server, "select pg_reload_conf()");
  const auto scheme_end = server.find("//") + 2;
  const std::string wrong =
      server.substr(0, scheme_end) + role + ":wrong" + server.substr(server.find('@'));
  const bool asks = wait_until(seconds{10}, [&] {
    try {
      query(wrong, "select 1");
      return false;
    } catch (const pqxx::broken_connection&) {
      return true;
    }
  });
  if (!asks) throw std::runtime_error("the server lets everybody in");
}

Rows query(const std::string& url, const std::string& sql) {
  pqxx::connection connection{url};
  pqxx::work work{connection};
  Rows rows;
  for (const auto& row : work.exec(sql)) {
    auto& texts = rows.emplace_back();
    for (const auto& field : row) texts.emplace_back(field.is_null() ? "" : field.c_str());
  }
  work.commit();
  return rows;
}

std::string query_value(const std::string& url, const std::string& sql) {
  const Rows rows = query(url, sql);
  if (rows.size() != 1 || rows[0].size() != 1) throw std::runtime_error("not one value: " + sql);
  return rows[0][0];
}

}  // namespace rollcall::test
