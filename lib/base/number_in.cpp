// SPDX-License-Identifier: Apache-2.0
#include "base/number_in.hpp"

#ifndef __cpp_lib_to_chars
#include <algorithm>
#include <array>
#include <cmath>

#include <locale.h>
#include <stdlib.h>
#if __has_include(<xlocale.h>)
#include <xlocale.h>
#endif
#endif

namespace lhcr {

#ifdef __cpp_lib_to_chars

std::from_chars_result read_number(const char* first, const char* last, double& number) noexcept {
  return std::from_chars(first, last, number);
}

#else

// strtod() wants an end, and takes blanks, a plus sign and hexadecimal numbers before it.
std::from_chars_result read_number(const char* first, const char* last, double& number) noexcept {
  static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
  std::array<char, 1100> text{};  // more than the digits that any double has
  const auto size = static_cast<std::size_t>(last - first);
  const std::size_t kept = std::min(size, text.size() - 1);
  std::copy_n(first, kept, text.begin());
  const std::string_view from(text.data(), kept);
  const std::size_t digits = from.find_first_not_of('-');
  const bool hex = from.substr(std::min(digits, kept), 2) == "0x";
  if (digits == std::string_view::npos || digits > 1 || from.front() == '+' ||
      from.front() <= ' ') {
    return {first, std::errc::invalid_argument};
  }
  if (hex) text[digits + 1] = '\0';
  char* end = nullptr;
  const double read = strtod_l(text.data(), &end, plain);
  if (end == text.data()) return {first, std::errc::invalid_argument};
  const char* const behind = first + (end - text.data());
  const std::string_view taken(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::string_view mantissa = taken.substr(0, taken.find_first_of("eE"));
  const bool too_small = read == 0 && mantissa.find_first_of("123456789") != mantissa.npos;
  const bool too_large = std::isinf(read) && mantissa.find_first_of("iI") == mantissa.npos;
  if (too_small || too_large) return {behind, std::errc::result_out_of_range};
  number = read;
  return {behind, std::errc()};
}

#endif

}  // namespace lhcr
