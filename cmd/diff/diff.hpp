// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr diff`.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.hpp"

namespace lhcr::cmd {

enum class DiffFormat { text, side, json, json_patch, fhirpath_patch, html };

struct DiffOptions {
  std::vector<std::string> files;  ///< A B; one with --apply; what git gives a diff driver
  std::string left;
  std::string right;
  std::string git_path;  ///< the file's name in the repository, when git called
  std::string apply;     ///< a patch; `left` is what it is applied to
  DiffFormat format = DiffFormat::text;
  bool stat = false;
  bool paths = false;
  bool strict = false;
  bool by_patient = false;
  std::vector<std::string> ignore;
  std::vector<std::string> only;
  std::vector<std::string> key;
  std::vector<std::string> maps;
  OutputOptions output;
  VersionOptions version;
  ConfigOptions config;
  VerbosityOptions verbosity;
};

void declare(OptionList& list, DiffOptions& options);

/// `lhcr diff --apply`.
[[nodiscard]] ExitCode apply_patch(const DiffOptions& options, const Io& io);

}  // namespace lhcr::cmd
