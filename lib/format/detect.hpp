// SPDX-License-Identifier: Apache-2.0
/// Detection on the beginning of an input that is still being read.
#pragma once

#include <string_view>

#include "format/format.hpp"

namespace lhcr::format {

/// What the beginning of an input looks like.
struct Guess {
  Format format = Format::unknown;
  bool certain = false;     ///< more bytes cannot change it
  bool whole_line = false;  ///< what is there is one JSON object and a line end
};
[[nodiscard]] Guess guess_format(std::string_view bytes);

}  // namespace lhcr::format
