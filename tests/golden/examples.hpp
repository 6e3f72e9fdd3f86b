// SPDX-License-Identifier: Apache-2.0
/// Examples as documents show them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace golden {

/// A command line and what the document says comes out.
struct Shown {
  std::string line;
  std::optional<std::string> output;  ///< none: nothing is said
};

/// The lines after "$ " in ```console blocks of Markdown and in .Bd -literal displays of manual
/// pages, with what is shown below each.
[[nodiscard]] std::vector<Shown> shown_examples(const std::string& document);

/// Whether `actual` is what is shown; a shown line "..." stands for any lines.
[[nodiscard]] bool matches(const std::string& shown, const std::string& actual);

/// The command names of `lhcr --help`.
[[nodiscard]] std::vector<std::string> listed_commands(const std::string& help);
/// The calls under "Examples:" of a command's help.
[[nodiscard]] std::vector<std::string> help_examples(const std::string& help);

}  // namespace golden
