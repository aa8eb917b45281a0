#pragma once

#include <string>
#include <vector>

#include "tests/crash/oracle.hpp"
#include "tests/support/daemon_process.hpp"

namespace rollcall::test {

// Waits until the daemon has read everything up to these ends; false where it does not within the time.
[[nodiscard]] bool wait_until_read(const DaemonProcess& daemon, const EndOffsets& ends,
                                   milliseconds at_most = seconds{60});

// What the daemon says over HTTP, against the truth: positions, every list, every count, every dead letter. A sentence
// for each difference, the first few dozen of them.
std::vector<std::string> differences(const DaemonProcess& daemon, const Truth& truth);

// What is stored of the dead letters, byte by byte, against the truth.
std::vector<std::string> stored_letter_differences(const std::string& database_url,
                                                   const Truth& truth);

}  // namespace rollcall::test
