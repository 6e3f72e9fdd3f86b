// SPDX-License-Identifier: Apache-2.0
/// The inputs that a command line names.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.hpp"

namespace lhcr::cmd {

/// One input.
struct Input {
  std::string path;  ///< "-" for standard input
  std::string name;  ///< below the folder it was found in, else the file's name; for naming outputs
  std::string label = {};  ///< what messages call it; empty: the path
  [[nodiscard]] const std::string& shown() const noexcept { return label.empty() ? path : label; }
};

/// What a folder stands for.
enum class InputKind { records, any_file };

/// Files in order: a folder stands for the *.json, *.xml and *.ndjson in it and below (or all files
/// whose names do not begin with a dot), sorted by name; nothing stands for standard input. A path
/// that does not exist stays, so that its place in the report says so. Throws Error: usage when
/// standard input is a terminal and nothing is named, input for a folder without records.
[[nodiscard]] std::vector<Input> expand_inputs(const InputOptions& options, const Io& io,
                                               InputKind kind = InputKind::records);

/// Whether a folder, or one below it, has files that expand_inputs() takes as records.
[[nodiscard]] bool has_records(const std::string& folder);

}  // namespace lhcr::cmd
