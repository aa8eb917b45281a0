#pragma once

#include <cstdio>
#include <cstdlib>

// An invariant whose breach is a programmer's error: stays on in release builds and aborts, because a wrong answer is
// worse than none.
#define ENSURE(condition)                                                                    \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: invariant broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
