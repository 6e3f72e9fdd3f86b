// SPDX-License-Identifier: Apache-2.0
/// Validates the text of an editor as `lhcr validate` would the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lhcr::cmd {

/// A finding as `lhcr validate --format json` tells it.
struct Diagnostic {
  std::string id;
  std::string severity;
  std::string text;
  std::string hint;
  std::string path;
  std::uint64_t offset = 0;  ///< bytes from the start of the text
  bool placed = false;       ///< it has a place
};

struct Checked {
  std::vector<Diagnostic> findings;
  std::string problem;  ///< why there is no verdict: an lhcr.toml that cannot be used, for one
};

/// Runs this program on the text, so that the project's lhcr.toml holds and a fault of the checks
/// does not end the server. `path`: of the file, for globs and for finding lhcr.toml.
[[nodiscard]] Checked check_text(const std::string& text, const std::string& path);

}  // namespace lhcr::cmd
