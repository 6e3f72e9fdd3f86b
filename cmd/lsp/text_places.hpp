// SPDX-License-Identifier: Apache-2.0
/// Places in a text as editors count them: lines from 0, and UTF-16 code units from 0 in a line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::cmd {

struct EditorPlace {
  std::size_t line = 0;
  std::size_t character = 0;
};

/// Bytes from `first` to before `last`.
struct Stretch {
  std::size_t first = 0;
  std::size_t last = 0;
};

class TextPlaces {
 public:
  explicit TextPlaces(std::string_view text);
  [[nodiscard]] EditorPlace place(std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_;  ///< where they begin
};

/// The token at an offset: a string with its quotation marks, a number, a name, else one byte.
[[nodiscard]] Stretch token_at(std::string_view text, std::size_t offset);
/// Where a word stands by itself, at an offset or nearest before it; nothing when it is not near.
[[nodiscard]] std::optional<Stretch> word_near(std::string_view text, std::size_t offset,
                                               std::string_view word);
/// What a hint says to write instead: of "Did you mean 'x'?" x; empty when it says nothing.
[[nodiscard]] std::string near_name(std::string_view hint);
/// The words in a message that could be what is wrong: those in quotation marks, then all others.
[[nodiscard]] std::vector<std::string> words_in(std::string_view message);

}  // namespace lhcr::cmd
