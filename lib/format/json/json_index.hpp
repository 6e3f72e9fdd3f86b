// SPDX-License-Identifier: Apache-2.0
/// Where the tokens of a JSON text begin, by simdjson's first stage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "format/format.hpp"

namespace lhcr::format {

/// Keeps its memory from text to text; one index belongs to one worker.
class JsonIndex {
 public:
  static constexpr std::size_t largest_text =
      std::numeric_limits<std::uint32_t>::max() - 2 * read_padding;

  /// `least`: room to begin with, in bytes of text.
  explicit JsonIndex(std::size_t least);
  ~JsonIndex();
  JsonIndex(const JsonIndex&) = delete;
  JsonIndex& operator=(const JsonIndex&) = delete;

  /// False when simdjson refuses the text: it is no UTF-8, a string has no end, or it is larger
  /// than largest_text. `read_padding` readable bytes must follow.
  bool find(std::string_view text);
  /// Offsets in the latest text.
  [[nodiscard]] std::span<const std::uint32_t> tokens() const noexcept;
  /// The same, and the end of the text.
  [[nodiscard]] std::span<const std::uint32_t> tokens_and_end() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::format
