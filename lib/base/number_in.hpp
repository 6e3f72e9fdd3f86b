// SPDX-License-Identifier: Apache-2.0
/// A text that is a number and nothing else.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace lhcr {

/// std::from_chars() of the characters from `first` to `last`, for standard libraries that have it
/// for integers alone, too (libc++ before version 20).
std::from_chars_result read_number(const char* first, const char* last, double& number) noexcept;
template <class Integer>
std::from_chars_result read_number(const char* first, const char* last, Integer& number) noexcept {
  return std::from_chars(first, last, number);
}

/// The number that the whole of `text` is, in decimal as std::from_chars() reads it, or nothing: it
/// has other characters (blanks, a sign that the type lacks), is empty, or does not fit the type.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) noexcept {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = read_number(text.data(), last, number);
  return error == std::errc() && end == last ? std::optional(number) : std::nullopt;
}

}  // namespace lhcr
