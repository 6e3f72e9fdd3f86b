// SPDX-License-Identifier: Apache-2.0
/// NHS numbers and the ranges of ten digits that the health services of Britain and Ireland share.
#pragma once

#include <cstdint>
#include <string_view>

namespace lhcr {

enum class NhsNumberForm : std::uint8_t {
  valid,
  spaced,     ///< ten digits once spaces and hyphens are taken out
  malformed,  ///< anything else
};
[[nodiscard]] NhsNumberForm nhs_number_form(std::string_view text) noexcept;

/// Who issues a number. The NHS data dictionary reserves numbers by their first digits.
enum class NhsNumberRange : std::uint8_t {
  scotland,          ///< CHI number: begins with a date of birth, DDMMYY
  northern_ireland,  ///< H&C number: 320 000 0000 to 399 999 9999
  england_wales,     ///< 400 000 0000 to 499 999 9999 and 600 000 0000 to 799 999 9999
  ireland,           ///< IHI number: 800 000 0000 to 859 999 9999
  test,              ///< 900 000 0000 and above: synthetic; never issued to a person
  unissued,
};
/// Of ten digits.
[[nodiscard]] NhsNumberRange nhs_number_range(std::string_view digits) noexcept;

}  // namespace lhcr
