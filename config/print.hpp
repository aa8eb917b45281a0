#pragma once

#include <string>

#include "config/load.hpp"

namespace rollcall::config {

// The configuration in effect as TOML: every option, each with where its value comes from. Secrets
// are masked.
[[nodiscard]] std::string print_effective(const Loaded& loaded);

// The documented file: every option with its default, unit, range and one sentence.
[[nodiscard]] std::string print_example();

}  // namespace rollcall::config
