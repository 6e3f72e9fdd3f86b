// SPDX-License-Identifier: Apache-2.0
/// The words that FHIR has for what this room numbers.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "definition/definitions.hpp"

namespace lhcr::definition {

template <typename Enum>
struct Word {
  std::string_view text;
  Enum value;
};

/// http://hl7.org/fhir/structure-definition-kind
inline constexpr std::array type_kind_words = {
    Word<TypeKind>{"primitive-type", TypeKind::primitive},
    Word<TypeKind>{"complex-type", TypeKind::complex},
    Word<TypeKind>{"resource", TypeKind::resource},
    Word<TypeKind>{"logical", TypeKind::logical},
};
/// http://hl7.org/fhir/binding-strength
inline constexpr std::array strength_words = {
    Word<Strength>{"example", Strength::example},
    Word<Strength>{"preferred", Strength::preferred},
    Word<Strength>{"extensible", Strength::extensible},
    Word<Strength>{"required", Strength::required},
};

/// The value for a text, or `otherwise`.
template <typename Enum, std::size_t size>
[[nodiscard]] constexpr Enum value_for(const std::array<Word<Enum>, size>& words,
                                       std::string_view text, Enum otherwise) {
  const auto row =
      std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.text == text; });
  return row == words.end() ? otherwise : row->value;
}

/// The text for a value; empty when FHIR has none.
template <typename Enum, std::size_t size>
[[nodiscard]] constexpr std::string_view word_for(const std::array<Word<Enum>, size>& words,
                                                  Enum value) {
  const auto row = std::find_if(words.begin(), words.end(),
                                [&](const auto& word) { return word.value == value; });
  return row == words.end() ? std::string_view{} : row->text;
}

}  // namespace lhcr::definition
