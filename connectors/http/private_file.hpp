#pragma once

#include <string>

#include "pipeline/failure.hpp"

namespace rollcall::http {

// A file that holds secrets.
struct PrivateFile {
  std::string text;
  bool open_to_others = false;  // its group or everybody may read it
};

// Fails with `misconfigured`, and names the path. `what` says whose file it is: "the tokens' file".
[[nodiscard]] Result<PrivateFile> read_private_file(const std::string& path,
                                                    const std::string& what);

}  // namespace rollcall::http
