// SPDX-License-Identifier: Apache-2.0
#include "base/text_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

#include "base/ascii.hpp"

namespace lhcr {
namespace {

bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// Reads fixed-width numbers and separators from the front of a text.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    const bool found = at_ < text_.size() && text_[at_] == c;
    at_ += found ? 1U : 0U;
    return found;
  }
  /// `width` digits with a value in [low, high].
  bool number(std::size_t width, int low, int high, int& value) {
    if (at_ + width > text_.size()) {
      return false;
    }
    value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const char c = text_[at_ + i];
      if (!is_digit(c)) {
        return false;
      }
      value = value * 10 + (c - '0');
    }
    at_ += width;
    return value >= low && value <= high;
  }
  bool number(std::size_t width, int low, int high) {
    int value = 0;
    return number(width, low, high, value);
  }
  bool digits() {
    const std::size_t before = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      ++at_;
    }
    return at_ > before;
  }
  [[nodiscard]] bool rest_is(std::string_view rest) const { return text_.substr(at_) == rest; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool day_exists(int year, int month, int day) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int last = month == 2 && leap(year) ? 29 : days[static_cast<std::size_t>(month) - 1];
  return day <= last;
}

enum class Part { none, year, month, day };

/// Reads as much of a date as there is.
Part scan_date(Scan& scan, DateFault& fault) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!scan.number(4, 1, 9999, year)) {
    return Part::none;
  }
  if (!scan.take('-')) {
    return Part::year;
  }
  if (!scan.number(2, 1, 12, month)) {
    return Part::none;
  }
  if (!scan.take('-')) {
    return Part::month;
  }
  if (!scan.number(2, 1, 31, day)) {
    return Part::none;
  }
  fault = day_exists(year, month, day) ? DateFault::none : DateFault::day;
  return Part::day;
}

bool scan_time(Scan& scan) {
  return scan.number(2, 0, 23) && scan.take(':') && scan.number(2, 0, 59) && scan.take(':') &&
         scan.number(2, 0, 60) && (!scan.take('.') || scan.digits());
}

bool scan_zone(Scan& scan) {
  if (scan.take('Z')) {
    return true;
  }
  int hours = 0;
  int minutes = 0;
  return (scan.take('+') || scan.take('-')) && scan.number(2, 0, 14, hours) && scan.take(':') &&
         scan.number(2, 0, 59, minutes) && (hours < 14 || minutes == 0);
}

}  // namespace

DateFault date_fault(std::string_view text) {
  Scan scan(text);
  DateFault fault = DateFault::none;
  return scan_date(scan, fault) == Part::none || !scan.done() ? DateFault::format : fault;
}

DateFault date_time_fault(std::string_view text) {
  Scan scan(text);
  DateFault fault = DateFault::none;
  const Part part = scan_date(scan, fault);
  if (part == Part::none) {
    return DateFault::format;
  }
  if (scan.done()) {
    return fault;
  }
  if (part != Part::day || !scan.take('T') || !scan_time(scan)) {
    return DateFault::format;
  }
  if (scan.done()) {
    return DateFault::zone;
  }
  return scan_zone(scan) && scan.done() ? fault : DateFault::format;
}

DateFault instant_fault(std::string_view text) {
  const DateFault fault = date_time_fault(text);
  const bool has_time = text.find('T') != std::string_view::npos;
  return has_time && fault != DateFault::zone ? fault : DateFault::format;
}

bool is_time(std::string_view text) {
  Scan scan(text);
  return scan_time(scan) && scan.done();
}

namespace {

/// Optional sign and digits without leading zeros, as a number; nothing where it is none or does
/// not fit.
std::optional<std::int64_t> integer(std::string_view text) {
  std::string_view number = text;
  if (number.starts_with('+')) number.remove_prefix(1);
  const std::string_view digits = number.substr(number.starts_with('-') ? 1 : 0);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0') ||
      (digits.size() < number.size() && text.front() == '+') ||
      !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

}  // namespace

bool is_integer(std::string_view text) {
  const std::optional<std::int64_t> value = integer(text);
  return value && *value >= INT32_MIN && *value <= INT32_MAX;
}

bool is_integer64(std::string_view text) {
  return integer(text).has_value();
}

bool within_decimal_limits(std::string_view text) {
  constexpr std::size_t most_whole = 18;
  constexpr std::size_t most_fraction = 17;
  constexpr std::size_t most_exponent = 9;
  const std::size_t exponent = std::min(text.find_first_of("eE"), text.size());
  const std::string_view number = text.substr(0, exponent);
  const std::size_t point = std::min(number.find('.'), number.size());
  const auto digits = [](std::string_view part) {
    return static_cast<std::size_t>(std::count_if(part.begin(), part.end(), is_digit));
  };
  return digits(number.substr(0, point)) <= most_whole &&
         digits(number.substr(point)) <= most_fraction &&
         digits(text.substr(exponent)) <= most_exponent;
}

bool is_decimal(std::string_view text) {
  Scan scan(text);
  scan.take('-');
  if (!scan.take('0')) {
    if (!scan.digits()) {
      return false;
    }
  } else if (scan.digits()) {
    return false;
  }
  if (scan.take('.') && !scan.digits()) {
    return false;
  }
  if (scan.take('e') || scan.take('E')) {
    if (!scan.take('+')) {
      scan.take('-');
    }
    if (!scan.digits()) {
      return false;
    }
  }
  return scan.done();
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.';
  });
}

namespace {

/// White space of Unicode beyond ASCII (property White_Space), in UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces = {
    "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
    "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};

bool has_wide_space(std::string_view text) {
  return std::any_of(wide_spaces.begin(), wide_spaces.end(), [&](std::string_view blank) {
    return text.find(blank) != std::string_view::npos;
  });
}

}  // namespace

bool is_code(std::string_view text) {
  bool after_space = true;
  bool wide = false;
  for (const char c : text) {
    if (space(c) && (c != ' ' || after_space)) {
      return false;
    }
    after_space = space(c);
    wide = wide || static_cast<unsigned char>(c) >= 0x80U;
  }
  return !after_space && !(wide && has_wide_space(text));
}

bool has_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(), space);
}
bool all_space(std::string_view text) {
  return std::all_of(text.begin(), text.end(), space);
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool is_oid(std::string_view text) {
  std::size_t dots = 0;
  char before = '.';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' ? before == '.' : !is_digit(c)) {
      return false;
    }
    if (before == '.' && c == '0' && i + 1 < text.size() && text[i + 1] != '.') {
      return false;  // a number with a leading zero
    }
    dots += c == '.' ? 1U : 0U;
    before = c;
  }
  return dots > 0 && before != '.' && text[1] == '.' && text.front() <= '2';
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) {
      return false;
    }
  }
  return true;
}

Base64 base64_form(std::string_view text) {
  std::size_t symbols = 0;
  std::size_t padding = 0;
  bool spaced = false;
  for (const char c : text) {
    if (space(c)) {
      spaced = true;
    } else if (c == '=') {
      ++padding;
      ++symbols;
    } else if ((is_alphanumeric(c) || c == '+' || c == '/') && padding == 0) {
      ++symbols;
    } else {
      return Base64::invalid;
    }
  }
  if (symbols == 0 || symbols % 4 != 0 || padding > 2) {
    return Base64::invalid;
  }
  return spaced ? Base64::spaced : Base64::valid;
}

std::size_t base64_size(std::string_view text) {
  std::size_t symbols = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    symbols += space(c) ? 0U : 1U;
    padding += c == '=' ? 1U : 0U;
  }
  return symbols / 4 * 3 - std::min(padding, symbols / 4 * 3);
}

bool is_absolute_url(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    return false;
  }
  const std::string_view scheme = text.substr(0, colon);
  const bool token =
      scheme.front() >= 'a' && scheme.front() <= 'z' &&
      std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.';
      });
  return token && text.find(' ', colon) == std::string_view::npos;
}

bool is_example_url(std::string_view text) {
  constexpr std::array<std::string_view, 3> hosts = {"example.org", "acme.com", "acme.org"};
  return std::any_of(hosts.begin(), hosts.end(), [&](std::string_view host) {
    return text.find(host) != std::string_view::npos;
  });
}

bool has_markup(std::string_view text) {
  std::size_t open = text.find('<');
  while (open != std::string_view::npos) {
    const std::size_t close = text.find('>', open);
    const std::size_t next = text.find('<', open + 1);
    if (close == std::string_view::npos || next == std::string_view::npos) {
      return false;
    }
    if (close < next && open + 1 < close && is_letter(text[open + 1])) {
      const std::string_view name = text.substr(open + 1, close - open - 1);
      const auto end = std::find_if(name.begin(), name.end(),
                                    [](char c) { return !is_alphanumeric(c) && c != '_'; });
      if (end == name.end() || space(*end)) {
        return true;
      }
    }
    open = next;
  }
  return false;
}

}  // namespace lhcr
