#include "pipeline/ledger/text_arena.hpp"

#include <deque>
#include <doctest/doctest.h>
#include <random>
#include <string>
#include <vector>

namespace rollcall {
namespace {

std::vector<std::string> texts(const TextArena& arena) {
  std::vector<std::string> all;
  arena.for_each([&](std::string_view text) { all.emplace_back(text); });
  return all;
}

TEST_CASE("an arena gives its texts back in the order in which they came") {
  std::mt19937_64 random(1);
  TextArena arena;
  std::deque<std::string> model;
  for (int i = 0; i < 30'000; ++i) {
    model.emplace_back(random() % 512 + 1, static_cast<char>('a' + random() % 26));
    arena.append(model.back());
    if (random() % 3 == 0) {
      CHECK(arena.take_oldest() == model.front());
      model.pop_front();
    }
  }
  CHECK(arena.texts() == model.size());
  CHECK(texts(arena) == std::vector<std::string>(model.begin(), model.end()));
}

TEST_CASE("a text that was taken may be appended again") {
  TextArena arena;
  for (int i = 0; i < 5000; ++i) arena.append("text number " + std::to_string(i));
  for (int i = 0; i < 12'345; ++i) arena.append(arena.take_oldest());
  CHECK(arena.texts() == 5000);
  CHECK(texts(arena).front() == "text number 2345");
  CHECK(arena.bytes() < 5000 * 20 + 3 * 65536);
}

TEST_CASE("a snapshot keeps its texts while the arena goes on") {
  TextArena arena;
  for (int i = 0; i < 100; ++i) arena.append("before " + std::to_string(i));
  arena.take_oldest();
  const TextArena snapshot = arena.snapshot();
  const auto before = texts(arena);
  for (int i = 0; i < 10'000; ++i) arena.append("after " + std::to_string(i));
  while (arena.texts() > 0) arena.take_oldest();
  CHECK(texts(snapshot) == before);
}

}  // namespace
}  // namespace rollcall
