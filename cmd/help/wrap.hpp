// SPDX-License-Identifier: Apache-2.0
/// Text broken into lines for help and explanations.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lhcr::cmd {

/// Columns that such text has at most.
constexpr std::size_t text_width = 80;

/// Appends `text` from the present `column` on, broken at spaces, following lines indented by
/// `indent`, and a line end.
void append_wrapped(std::string_view text, std::size_t column, std::size_t indent,
                    std::string& out);

}  // namespace lhcr::cmd
