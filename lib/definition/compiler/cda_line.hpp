// SPDX-License-Identifier: Apache-2.0
/// Lines of the table of CDA, whose notation cda_model.hpp tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition::compiler {

/// An element, an attribute, text or a group: MARK NAME[=WRITTEN] MIN..MAX TYPE|TYPE OPTION...
/// Points into the line.
struct CdaLine {
  char mark = '.';
  std::string_view name;
  std::string_view written;  ///< empty: as the name
  std::uint32_t min = 0;
  std::uint32_t max = unbounded;
  std::string_view type_text;
  std::vector<std::string_view> types;
  std::vector<std::pair<std::string_view, std::string_view>> options;  ///< key and value

  /// The value of an option; nullopt when it is not there.
  [[nodiscard]] std::optional<std::string_view> option(std::string_view key) const;
};

/// A number; unbounded where there is none ("*").
[[nodiscard]] std::uint32_t count_of(std::string_view text);
/// The line without the white space around it; nullopt when it has not the three parts.
[[nodiscard]] std::optional<CdaLine> read_cda_line(std::string_view text);

}  // namespace lhcr::definition::compiler
