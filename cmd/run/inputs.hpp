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
  std::string label = {};    ///< what messages call it; empty: the path
  std::string problem = {};  ///< why there is nothing to read: "PATH: there is no ..."
  [[nodiscard]] const std::string& shown() const noexcept { return label.empty() ? path : label; }
};

/// What a folder stands for.
enum class InputKind { records, any_file };

/// Files in order: what the command line names, then what --files-from lists. A folder stands for
/// the *.json, *.xml, *.ndjson and *.jsonl in it and below (or all files), sorted by name, but for
/// what is hidden, in node_modules, or left out by --exclude. Files found so that hold no record
/// (record::sight_of()) are passed over, which is said unless `verbosity` is quiet. Nothing stands
/// for standard input. A path that does not exist stays, so that its place in the report says so; a
/// folder that cannot be read, or has no such file, is an input with a problem. Throws
/// Error{usage} when standard input is a terminal and nothing is named, or is wanted twice.
[[nodiscard]] std::vector<Input> expand_inputs(const InputOptions& options, const Io& io,
                                               const VerbosityOptions& verbosity,
                                               InputKind kind = InputKind::records);

/// Whether a folder, or one below it, or an archive has files that expand_inputs() takes as
/// records.
[[nodiscard]] bool has_records(const std::string& folder);

}  // namespace lhcr::cmd
