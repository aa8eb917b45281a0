#include "daemon/memory_limit.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace rollcall {
namespace {

// A machine with a gigabyte of memory, as its files tell.
struct Machine {
  Machine() { write("proc/meminfo", "MemFree: 5 kB\nMemTotal:  1048576 kB\n"); }
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root.path() / file).parent_path());
    std::ofstream(root.path() / file) << text;
  }
  [[nodiscard]] std::uint64_t limit() const { return read_memory_limit(root.path()).value_or(0); }
  test::TemporaryDirectory root;
};

constexpr std::uint64_t kMachine = std::uint64_t{1} << 30U;

TEST_CASE("without control groups the machine is the limit, and without anything none is known") {
  CHECK(Machine{}.limit() == kMachine);
  const test::TemporaryDirectory empty;
  CHECK_FALSE(read_memory_limit(empty.path()));
}

TEST_CASE("the smallest limit of a group and those above it binds, and never more than there is") {
  const Machine machine;
  machine.write("proc/self/cgroup", "0::/outer/inner\n");
  machine.write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  CHECK(machine.limit() == kMachine);
  machine.write("sys/fs/cgroup/outer/memory.max", "1000000\n");
  CHECK(machine.limit() == 1'000'000);
  machine.write("sys/fs/cgroup/outer/inner/memory.max", "5000\n");
  CHECK(machine.limit() == 5'000);
  machine.write("sys/fs/cgroup/memory.max", "400\n");
  CHECK(machine.limit() == 400);
}

TEST_CASE("control groups of version 1 and a path of the host's are understood") {
  const Machine machine;
  machine.write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK(machine.limit() == kMachine);
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "70000\n");
  CHECK(machine.limit() == 70'000);
}

}  // namespace
}  // namespace rollcall
