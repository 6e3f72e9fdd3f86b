// SPDX-License-Identifier: Apache-2.0
#include "base/nhs_number.hpp"

#include <algorithm>
#include <array>

#include "base/check_digit.hpp"

namespace lhcr {
namespace {

constexpr std::size_t digits_wanted = 10;

struct Range {
  std::string_view first;  ///< the leading digits, both ends included
  std::string_view last;
  NhsNumberRange issuer;
};
constexpr std::array ranges = {
    Range{"32", "39", NhsNumberRange::northern_ireland},
    Range{"40", "49", NhsNumberRange::england_wales},
    Range{"60", "79", NhsNumberRange::england_wales},
    Range{"80", "85", NhsNumberRange::ireland},
    Range{"90", "99", NhsNumberRange::test},
};

/// The days of a month when the century is not known, so that 29 February always counts.
constexpr std::array month_days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

int two_digits(std::string_view text) {
  return (text[0] - '0') * 10 + (text[1] - '0');
}

/// Whether the number begins with DDMMYY.
bool begins_with_day(std::string_view digits) {
  const int day = two_digits(digits);
  const int month = two_digits(digits.substr(2));
  return month >= 1 && month <= 12 && day >= 1 &&
         day <= month_days[static_cast<std::size_t>(month - 1)];
}

}  // namespace

NhsNumberForm nhs_number_form(std::string_view text) noexcept {
  if (text.size() == digits_wanted && is_digits(text)) return NhsNumberForm::valid;
  std::size_t digits = 0;
  for (const char byte : text) {
    if (byte >= '0' && byte <= '9') {
      ++digits;
    } else if (byte != ' ' && byte != '-') {
      return NhsNumberForm::malformed;
    }
  }
  return digits == digits_wanted ? NhsNumberForm::spaced : NhsNumberForm::malformed;
}

NhsNumberRange nhs_number_range(std::string_view digits) noexcept {
  const std::string_view leading = digits.substr(0, 2);
  for (const Range& range : ranges) {
    if (leading >= range.first && leading <= range.last) return range.issuer;
  }
  return digits.size() == digits_wanted && begins_with_day(digits) ? NhsNumberRange::scotland
                                                                   : NhsNumberRange::unissued;
}

}  // namespace lhcr
