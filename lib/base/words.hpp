// SPDX-License-Identifier: Apache-2.0
/// Lists in a text: taken apart and put together.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr {

/// Every part between separators, empty ones too; the whole text when it holds none.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// The parts between any of the separators that are not empty.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text,
                                                        std::string_view separators = " ");

/// Whether a text is in a list of texts.
template <class Texts>
[[nodiscard]] constexpr bool is_one_of(std::string_view text, const Texts& all) {
  return std::find(std::begin(all), std::end(all), text) != std::end(all);
}

/// The parts, each a text, with the separator between them.
template <class Parts>
[[nodiscard]] std::string joined(const Parts& parts, std::string_view separator = ", ") {
  std::string out;
  bool first = true;
  for (const auto& part : parts) {
    if (!first) out.append(separator);
    out.append(part);
    first = false;
  }
  return out;
}

}  // namespace lhcr
