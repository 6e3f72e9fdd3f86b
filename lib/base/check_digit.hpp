// SPDX-License-Identifier: Apache-2.0
/// Check digits: the last digit of a number, computed from those before it.
#pragma once

#include <string_view>

namespace lhcr {

/// Whether `text` is not empty and holds nothing but the digits 0 to 9.
[[nodiscard]] bool is_digits(std::string_view text) noexcept;

/// Whether ten digits end in their Modulus 11 check digit, as the NHS number, the Scottish CHI
/// number and the Northern Irish H&C number do: weights 10 to 2, eleven less the rest of the sum by
/// eleven, 11 counts as 0, and 10 belongs to no number. False for anything but ten digits.
[[nodiscard]] bool has_modulus11_check_digit(std::string_view digits) noexcept;

/// Whether digits end in their Verhoeff check digit, as every SNOMED CT identifier does. False for
/// anything but digits.
[[nodiscard]] bool has_verhoeff_check_digit(std::string_view digits) noexcept;

}  // namespace lhcr
