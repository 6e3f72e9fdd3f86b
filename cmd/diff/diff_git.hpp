// SPDX-License-Identifier: Apache-2.0
/// What `lhcr diff` does as git's diff driver with files that are no records.
#pragma once

#include <string>

#include "cmd/diff/diff.hpp"

namespace lhcr::cmd {

/// A file that git says is not there.
[[nodiscard]] inline bool is_nothing(const std::string& path) {
  return path == "/dev/null";
}

/// False for JSON that has no resourceType, or is no JSON; true for everything else.
[[nodiscard]] bool may_be_record(const std::string& path);

/// Says how two files differ: JSON by its values, anything else by its lines. ExitCode::yes.
ExitCode compare_any(const DiffOptions& options, const Io& io);

}  // namespace lhcr::cmd
