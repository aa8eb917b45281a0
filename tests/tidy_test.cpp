// House rules that no compiler checks, each as a test over the whole tree. System headers are visible to every
// target, so only this file keeps client libraries out of the folders that must not know them.
#include <algorithm>
#include <doctest/doctest.h>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/source_tree.hpp"

using namespace rollcall;

namespace {

constexpr std::size_t kFileLinesMax = 400;
constexpr std::size_t kFunctionLinesMax = 70;

using Complaints = std::vector<std::string>;

void expect_none(const Complaints& complaints) {
  for (const auto& complaint : complaints) FAIL_CHECK(complaint);
}

template <class Rule>
void check_cpp_files(Rule rule) {
  for (const auto& file : project_files()) {
    if (is_cpp(file)) expect_none(rule(file));
  }
}

TEST_CASE("comments, strings and character constants are not code") {
  CHECK(code_of("a // b\nc") == "a     \nc");
  CHECK(code_of("a /* b\n */ c") == "a     \n    c");
  CHECK(code_of("f(\"{\\\"\", '{')") == "f(     ,    )");
  CHECK(code_of("x = R\"y({\n)y\"; z") == "x =      \n   ; z");
  CHECK(code_of("n = 1'000'000;") == "n = 1'000'000;");
  CHECK(code_of("#define A {\nint b;") == "           \nint b;");
  CHECK(code_of("#include \"a.hpp\" \nb", true) == "#include \"a.hpp\" \nb");
}

// ---- Direction of includes --------------------------------------------------------------------------------------

struct LibraryRule {
  std::string_view header;  // how its headers begin
  std::vector<std::string_view>
      users;  // the folders that may include it; tests may include everything
};

const std::vector<LibraryRule>& library_rules() {
  static const std::vector<LibraryRule> rules = {
      {"boost/asio", {"pipeline/", "connectors/", "config/", "daemon/"}},
      {"boost/system/", {"pipeline/", "connectors/", "config/", "daemon/"}},
      {"boost/throw_exception.hpp", {"pipeline/", "connectors/", "config/", "daemon/"}},
      {"boost/unordered/", {"pipeline/", "connectors/"}},
      {"roaring/", {"pipeline/", "connectors/"}},
      {"xxhash.h", {"pipeline/", "connectors/"}},
      {"librdkafka/", {"connectors/kafka/"}},
      {"pqxx/", {"connectors/postgres/"}},
      {"libpq", {"connectors/postgres/"}},
      {"postgresql/", {"connectors/postgres/"}},
      {"simdjson", {"connectors/json/"}},
      {"boost/beast", {"connectors/http/", "connectors/notify/"}},
      {"openssl/", {"connectors/http/", "connectors/notify/"}},
      {"boost/json", {"connectors/http/", "connectors/notify/", "connectors/client/", "daemon/"}},
      {"curl/", {"connectors/client/"}},
      {"csv.h", {"connectors/files/"}},
      {"boost/url", {"connectors/http/", "connectors/notify/"}},
      {"prometheus/", {"connectors/http/", "daemon/"}},
      {"toml++/", {"config/"}},
      {"CLI/", {"config/", "daemon/"}},
      {"spdlog/", {"connectors/", "config/", "daemon/"}},
      {"doctest/", {}},
  };
  return rules;
}

// What a folder of ours may include of ours: itself and everything it points at.
const std::vector<std::pair<std::string_view, std::vector<std::string_view>>>& layer_rules() {
  static const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> rules = {
      {"pipeline/", {"pipeline/"}},
      {"connectors/", {"pipeline/", "connectors/"}},
      {"config/", {"pipeline/", "connectors/", "config/"}},
      {"daemon/", {"pipeline/", "connectors/", "config/", "daemon/"}},
      {"tests/", {"pipeline/", "connectors/", "config/", "daemon/", "tests/"}},
  };
  return rules;
}

bool starts_with_any(std::string_view text, const std::vector<std::string_view>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](auto prefix) { return text.starts_with(prefix); });
}

std::string own_include_complaint(const std::string& path, const std::string& header) {
  for (const auto& [folder, allowed] : layer_rules()) {
    if (path.starts_with(folder))
      return starts_with_any(header, allowed) ? "" : folder.data() + (" may not include " + header);
  }
  return path + " lies in no folder of layer_rules()";
}

std::string library_include_complaint(const std::string& path, const std::string& header) {
  if (path.starts_with("tests/")) return "";
  for (const auto& rule : library_rules()) {
    if (header.starts_with(rule.header))
      return starts_with_any(path, rule.users) ? "" : "<" + header + "> is not for this folder";
  }
  // Without a suffix it is the standard library; with one it is the system's (unistd.h), which does I/O or asks clocks.
  if (header.find('.') == std::string::npos && header.find('/') == std::string::npos) return "";
  if (header.ends_with(".h") && !path.starts_with("pipeline/")) return "";
  return "<" + header + "> is in no row of library_rules()";
}

Complaints include_complaints(const SourceFile& file) {
  static const std::regex include_line(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  Complaints complaints;
  const auto lines = lines_of(code_of(file.text, true));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(lines[i], match, include_line)) continue;
    const auto complaint = match[1] == "<" ? library_include_complaint(file.path, match[2])
                                           : own_include_complaint(file.path, match[2]);
    if (!complaint.empty()) complaints.push_back(at(file, i + 1) + complaint);
  }
  return complaints;
}

TEST_CASE("includes point one way: daemon, config, connectors, pipeline") {
  const auto refused = [](const std::string& path, const std::string& line) {
    return include_complaints({path, line}).size() == 1;
  };
  CHECK_FALSE(refused("pipeline/a.hpp", "#include <vector>"));
  CHECK_FALSE(refused("pipeline/a.hpp", "#include <boost/asio/awaitable.hpp>"));
  CHECK_FALSE(refused("pipeline/a.hpp", "// #include <pqxx/pqxx>"));
  CHECK_FALSE(refused("daemon/a.cpp", "#include \"connectors/kafka/b.hpp\""));
  CHECK_FALSE(refused("connectors/kafka/a.cpp", "#include <librdkafka/rdkafka.h>"));
  CHECK_FALSE(refused("connectors/kafka/a.cpp", "#include <sys/eventfd.h>"));
  CHECK_FALSE(refused("tests/kafka/a.cpp", "#include <librdkafka/rdkafka_mock.h>"));
  CHECK(refused("pipeline/a.hpp", "#include \"connectors/kafka/b.hpp\""));
  CHECK(refused("pipeline/a.hpp", "#include <pqxx/pqxx>"));
  CHECK(refused("pipeline/a.hpp", "#include <unistd.h>"));
  CHECK(refused("pipeline/a.hpp", "# include <some/library.hpp>"));
  CHECK(refused("config/a.hpp", "#include \"daemon/b.hpp\""));
  CHECK(refused("config/a.hpp", "#include <librdkafka/rdkafka.h>"));
  CHECK(refused("connectors/kafka/a.cpp", "#include <simdjson.h>"));
  CHECK(refused("connectors/json/a.cpp", "#include \"config/b.hpp\""));
  CHECK(refused("daemon/a.cpp", "#include <libpq-fe.h>"));
  CHECK(refused("daemon/a.cpp", "#include \"tests/fakes/b.hpp\""));
  check_cpp_files(include_complaints);
}

// ---- Length -----------------------------------------------------------------------------------------------------

Complaints file_length_complaints(const SourceFile& file) {
  const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
  if (lines <= kFileLinesMax) return {};
  return {file.path + " has " + std::to_string(lines) + " lines: one concept to a file?"};
}

TEST_CASE("files stay under 400 lines") {
  CHECK(file_length_complaints({"a.cpp", std::string(400, '\n')}).empty());
  CHECK_FALSE(file_length_complaints({"a.cpp", std::string(401, '\n')}).empty());
  check_cpp_files(file_length_complaints);
}

enum class Block { scope, data, function };

// What the brace after `head` opens, told from the text since the last ';', '{' or '}'.
Block block_after(const std::string& head) {
  static const std::regex scope(R"(\b(namespace|class|struct|union|enum|extern)\b[^()]*$)");
  static const std::regex data(R"((=|\breturn)\s*$)");
  if (std::regex_search(head, scope)) return Block::scope;
  return std::regex_search(head, data) ? Block::data : Block::function;
}

// Only the outermost functions are measured: a lambda's lines are lines of the function around it.
Complaints function_length_complaints(const SourceFile& file) {
  struct Open {
    Block block;
    std::size_t line;
  };
  Complaints complaints;
  std::vector<Open> open;
  std::string head;
  std::size_t line = 1;
  for (const char c : code_of(file.text)) {
    if (c == '\n') ++line;
    if (c == '{') {
      const bool inside = !open.empty() && open.back().block != Block::scope;
      open.push_back({inside ? Block::data : block_after(head), line});
    } else if (c == '}' && !open.empty()) {
      const auto [block, begin] = open.back();
      open.pop_back();
      if (block == Block::function && line - begin >= kFunctionLinesMax) {
        complaints.push_back(at(file, begin) + "a function of " + std::to_string(line - begin + 1) +
                             " lines");
      }
    }
    if (c == '{' || c == '}' || c == ';') {
      head.clear();
    } else {
      head += c;
    }
  }
  return complaints;
}

TEST_CASE("functions never pass 70 lines") {
  const auto complaints = [](const std::string& begin, std::size_t lines, const std::string& end) {
    return function_length_complaints({"a.cpp", begin + std::string(lines - 1, '\n') + end}).size();
  };
  CHECK(complaints("void f() {", 70, "}") == 0);
  CHECK(complaints("void f() {", 71, "}") == 1);
  CHECK(complaints("namespace a { class B { int f() const { if (x) {", 71, "} } }; }") == 1);
  CHECK(complaints("A::A(int b) : b_{b}, c_{b} {", 71, "}") == 1);
  CHECK(complaints("TEST_CASE(\"}\") {", 71, "}") == 1);
  CHECK(complaints("void f() { auto g = [] {", 71, "}; }") == 1);
  CHECK(complaints("namespace a {", 500, "}") == 0);
  CHECK(complaints("template <class T> struct A : B<T> {", 500, "};") == 0);
  CHECK(complaints("const T table[] = {", 500, "};") == 0);
  check_cpp_files(function_length_complaints);
}

// ---- What may not be written ------------------------------------------------------------------------------------

Complaints pattern_complaints(const SourceFile& file, const std::string& text,
                              const std::regex& pattern, const char* why) {
  Complaints complaints;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(lines[i], match, pattern))
      complaints.push_back(at(file, i + 1) + match.str() + ": " + why);
  }
  return complaints;
}

Complaints tab_complaints(const SourceFile& file) {
  static const std::regex tab("\t");
  if (!is_text(file) || file.path == "Makefile") return {};
  return pattern_complaints(file, file.text, tab, "a tab");
}

TEST_CASE("no tabs outside the Makefile") {
  CHECK(tab_complaints({"a.cpp", "  a"}).empty());
  CHECK(tab_complaints({"Makefile", "\ta"}).empty());
  CHECK_FALSE(tab_complaints({"a.cpp", "\ta"}).empty());
  for (const auto& file : project_files()) expect_none(tab_complaints(file));
}

Complaints sleep_complaints(const SourceFile& file) {
  static const std::regex nap(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()");
  if (!file.path.starts_with("tests/")) return {};
  return pattern_complaints(file, code_of(file.text), nap,
                            "poll with a deadline, or drive the fake clock");
}

TEST_CASE("no test sleeps") {
  CHECK(sleep_complaints({"tests/a.cpp", "// sleep_for(1s)\nasleep(); s.sleep_seconds;"}).empty());
  CHECK_FALSE(sleep_complaints({"tests/a.cpp", "std::this_thread::sleep_for(1s);"}).empty());
  CHECK_FALSE(sleep_complaints({"tests/a.cpp", "::usleep (1);"}).empty());
  check_cpp_files(sleep_complaints);
}

// The words are put together here, or this file would be the first to break the rule.
Complaints unfinished_complaints(const SourceFile& file) {
  static const std::regex word(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X)\\b");
  if (!is_text(file)) return {};
  return pattern_complaints(file, file.text, word, "finish it, or open an issue");
}

TEST_CASE("nothing is left for later") {
  CHECK(unfinished_complaints({"a.cpp",
                               "mktemp a.XX"
                               "XX; todos"})
            .empty());
  CHECK_FALSE(unfinished_complaints({"a.cpp",
                                     "// TO"
                                     "DO: more"})
                  .empty());
  CHECK_FALSE(unfinished_complaints({"a.md",
                                     "FIX"
                                     "ME"})
                  .empty());
  for (const auto& file : project_files()) expect_none(unfinished_complaints(file));
}

constexpr std::string_view kSharedCounter = "pipeline/ledger/snapshot_gate.hpp";

Complaints lock_complaints(const SourceFile& file) {
  static const std::regex lock(
      R"(\bstd::(\w*mutex|atomic\w*|j?thread|condition_variable\w*|this_thread)\b)");
  static const std::regex clock(R"(\b\w+_clock::now\b)");
  // Views are released on other threads; why one counter for that is enough is said there.
  if (!file.path.starts_with("pipeline/") || file.path == kSharedCounter) return {};
  const auto code = code_of(file.text);
  auto complaints = pattern_complaints(file, code, lock, "one loop owns the state");
  const auto clocks = pattern_complaints(file, code, clock, "time comes through the Clock port");
  complaints.insert(complaints.end(), clocks.begin(), clocks.end());
  return complaints;
}

TEST_CASE("pipeline has no lock, no thread and no clock, but for the counter of open views") {
  CHECK(lock_complaints(
            {"pipeline/a.cpp", "// std::mutex\nclock.now(); std::chrono::milliseconds x;"})
            .empty());
  CHECK(lock_complaints({"connectors/a.cpp", "std::mutex m;"}).empty());
  CHECK_FALSE(lock_complaints({"pipeline/a.cpp", "std::mutex m;"}).empty());
  CHECK_FALSE(lock_complaints({"pipeline/a.cpp", "std::atomic_bool b;"}).empty());
  CHECK_FALSE(
      lock_complaints({"pipeline/a.cpp", "auto t = std::chrono::steady_clock::now();"}).empty());
  check_cpp_files(lock_complaints);
}

// g++ 12 destroys a temporary twice that is built with braces, or as a capturing lambda, inside a
// co_await operand.
Complaints co_await_complaints(const SourceFile& file) {
  static const std::regex keyword(R"(\bco_await\b)");
  const auto code = code_of(file.text);
  Complaints complaints;
  for (std::sregex_iterator found(code.begin(), code.end(), keyword), end; found != end; ++found) {
    int depth = 0;
    for (auto c = code.begin() + found->position(); c != code.end() && depth >= 0; ++c) {
      if (*c == ';' || *c == '}' || *c == '{') {
        if (*c == '{') {
          const auto line = static_cast<std::size_t>(std::count(code.begin(), c, '\n') + 1);
          complaints.push_back(at(file, line) + "built in a co_await operand: name it first");
        }
        break;
      }
      depth += *c == '(' ? 1 : *c == ')' ? -1 : 0;
    }
  }
  return complaints;
}

TEST_CASE("nothing is built inside a co_await operand") {
  const auto complaints = [](std::string text) {
    return co_await_complaints({"a.cpp", std::move(text)}).size();
  };
  CHECK(complaints("Options o{1}; co_await f(std::move(o)); g({});") == 0);
  CHECK(complaints("while (co_await f(x[0])) { g(); }") == 0);
  CHECK(complaints("T x{co_await f()}; if (co_await g(); x) { h(); }") == 0);
  CHECK(complaints("co_await f(Options{1});") == 1);
  CHECK(complaints("co_await f(g, [s] { return s; });") == 1);
  CHECK(complaints("auto x = (co_await\n f({1}));") == 1);
  check_cpp_files(co_await_complaints);
}

// ---- What must be there -----------------------------------------------------------------------------------------

Complaints guard_complaints(const SourceFile& file) {
  if (!file.path.ends_with(".hpp") || file.text.starts_with("#pragma once\n")) return {};
  return {file.path + " does not begin with #pragma once"};
}

TEST_CASE("every header begins with its guard") {
  CHECK(guard_complaints({"a.hpp", "#pragma once\n"}).empty());
  CHECK(guard_complaints({"a.cpp", ""}).empty());
  CHECK_FALSE(guard_complaints({"a.hpp", "#include <vector>\n#pragma once\n"}).empty());
  check_cpp_files(guard_complaints);
}

Complaints readme_complaints(const std::set<std::string>& paths) {
  Complaints complaints;
  for (const char* folder :
       {"", "pipeline/", "connectors/", "config/", "daemon/", "tests/", "compose/"}) {
    if (!paths.contains(folder + std::string("README.md")))
      complaints.push_back(folder + std::string("README.md is missing"));
  }
  return complaints;
}

TEST_CASE("each main folder explains itself") {
  std::set<std::string> paths{"README.md",        "pipeline/README.md", "connectors/README.md",
                              "config/README.md", "daemon/README.md",   "tests/README.md",
                              "compose/README.md"};
  CHECK(readme_complaints(paths).empty());
  paths.erase("config/README.md");
  CHECK(readme_complaints(paths).size() == 1);

  std::set<std::string> tree_paths;
  for (const auto& file : project_files()) tree_paths.insert(file.path);
  expect_none(readme_complaints(tree_paths));
}

}  // namespace
