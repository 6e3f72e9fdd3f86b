// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/text.hpp"

#include <algorithm>

#include <re2/re2.h>

namespace lhcr::fhirpath {
namespace {

/// Upper case letters first..last whose lower case is `distance` on; step 2: upper and lower case
/// alternate.
struct CaseRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t distance;
  std::uint32_t step;
};
constexpr CaseRange case_ranges[] = {
    {'A', 'Z', 32, 1},      {0xC0, 0xD6, 32, 1},    {0xD8, 0xDE, 32, 1},   {0x100, 0x12E, 1, 2},
    {0x132, 0x136, 1, 2},   {0x139, 0x147, 1, 2},   {0x14A, 0x176, 1, 2},  {0x179, 0x17D, 1, 2},
    {0x391, 0x3A1, 32, 1},  {0x3A3, 0x3AB, 32, 1},  {0x400, 0x40F, 80, 1}, {0x410, 0x42F, 32, 1},
    {0x460, 0x480, 1, 2},   {0x48A, 0x4BE, 1, 2},   {0x4D0, 0x52E, 1, 2},  {0x531, 0x556, 48, 1},
    {0x1E00, 0x1E94, 1, 2}, {0x1EA0, 0x1EFE, 1, 2},
};

bool in_steps(std::uint32_t code, std::uint32_t first, std::uint32_t last,
              std::uint32_t step) noexcept {
  return code >= first && code <= last && (code - first) % step == 0;
}

bool is_space(std::uint32_t code) noexcept {
  return code == ' ' || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0xA0 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
         code == 0x3000;
}

std::uint32_t fold(std::uint32_t code) noexcept {
  return is_space(code) ? ' ' : to_lower(code);
}

std::size_t sequence_length(unsigned char lead) noexcept {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead < 0xE0) {
    return 2;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    return 3;
  }
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 1;
}

}  // namespace

std::uint32_t take_code_point(std::string_view& text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 1 || text.size() < length) {
    text.remove_prefix(1);
    return lead;
  }
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) {
      text.remove_prefix(1);
      return lead;
    }
    code = (code << 6U) | (next & 0x3FU);
  }
  text.remove_prefix(length);
  return code;
}

void append_code_point(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

std::int64_t code_points(std::string_view text) noexcept {
  std::int64_t count = 0;
  for (; !text.empty(); ++count) {
    (void)take_code_point(text);
  }
  return count;
}

std::size_t byte_offset(std::string_view text, std::int64_t index) noexcept {
  std::string_view left = text;
  for (; index > 0 && !left.empty(); --index) {
    (void)take_code_point(left);
  }
  return text.size() - left.size();
}

std::uint32_t to_lower(std::uint32_t code) noexcept {
  for (const CaseRange& range : case_ranges) {
    if (in_steps(code, range.first, range.last, range.step)) {
      return code + range.distance;
    }
  }
  return code;
}

std::uint32_t to_upper(std::uint32_t code) noexcept {
  for (const CaseRange& range : case_ranges) {
    if (in_steps(code, range.first + range.distance, range.last + range.distance, range.step)) {
      return code - range.distance;
    }
  }
  return code;
}

bool equivalent_text(std::string_view left, std::string_view right) noexcept {
  while (!left.empty() && !right.empty()) {
    if (fold(take_code_point(left)) != fold(take_code_point(right))) {
      return false;
    }
  }
  return left.empty() && right.empty();
}

std::unique_ptr<re2::RE2> compile_pattern(std::string_view text) {
  re2::RE2::Options options;
  options.set_dot_nl(true);
  options.set_log_errors(false);
  options.set_max_mem(std::int64_t{8} << 20U);
  return std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
}

}  // namespace lhcr::fhirpath
