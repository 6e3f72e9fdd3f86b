// SPDX-License-Identifier: Apache-2.0
/// Runs a shell line and catches what comes out.
#pragma once

#include <filesystem>
#include <string>

namespace golden {

struct Result {
  std::string out;
  std::string err;
  int exit = 0;             ///< 128 + signal when a signal ended it, 124 when the time ran out
  long peak_kilobytes = 0;  ///< resident memory of the largest process
};

struct Run {
  std::string line;              ///< for `sh -c`
  std::filesystem::path folder;  ///< where it runs
  std::filesystem::path lhcr;    ///< the binary, first in PATH
  bool merge = false;            ///< standard error goes where standard output goes
};

/// Standard input is empty. Throws std::runtime_error when no process can be made.
[[nodiscard]] Result run(const Run& what);

}  // namespace golden
