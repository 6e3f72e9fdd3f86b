// SPDX-License-Identifier: Apache-2.0
#include "base/date_picture.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "base/ascii.hpp"
#include "base/date_time.hpp"

namespace lhcr {
namespace {

/// One letter as often as it follows itself.
std::string_view next_part(std::string_view picture) {
  std::size_t size = 1;
  while (size < picture.size() && picture[size] == picture[0]) ++size;
  return picture.substr(0, size);
}

class PictureReader {
 public:
  explicit PictureReader(std::string_view text) : text_(text) {}

  bool read(std::string_view picture) {
    while (!picture.empty()) {
      if (!is_letter(picture[0]) || is_time_mark(picture)) {
        if (!take(picture[0])) return false;
        picture.remove_prefix(1);
        continue;
      }
      const std::string_view part = next_part(picture);
      if (!field(part)) return false;
      picture.remove_prefix(part.size());
    }
    return text_.empty() && exists();
  }

  void write(std::string& iso) const {
    std::array<char, 48> out{};
    if (has_day_) {
      std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", year_, month_, day_);
      iso += out.data();
    }
    if (has_time_) {
      std::snprintf(out.data(), out.size(), "%s%02d:%02d:%02d", has_day_ ? "T" : "", hour_, minute_,
                    second_);
      iso += out.data();
      iso.append(fraction_).append(zone_);
    }
  }

 private:
  /// The T between date and time.
  static bool is_time_mark(std::string_view picture) { return picture[0] == 'T'; }

  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool number(std::size_t least, std::size_t most, int& value) {
    std::size_t count = 0;
    value = 0;
    while (count < most && count < text_.size() && is_digit(text_[count])) {
      value = value * 10 + (text_[count++] - '0');
    }
    if (count < least) return false;
    text_.remove_prefix(count);
    return true;
  }
  bool field(std::string_view part) {
    const std::size_t least = part.size() >= 2 ? 2 : 1;
    switch (part[0]) {
      case 'y':
        has_day_ = true;
        return number(4, 4, year_);
      case 'M':
        return part.size() == 3 ? month_name() : number(least, 2, month_);
      case 'd':
        return number(least, 2, day_);
      case 'H':
        has_time_ = true;
        return number(least, 2, hour_);
      case 'm':
        return number(least, 2, minute_);
      case 's':
        return number(least, 2, second_);
      case 'S':
        return fraction(part.size());
      default:
        return zone(part);
    }
  }
  bool month_name() {
    constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
    constexpr std::size_t length = 3;
    if (text_.size() < length) return false;
    std::string name(text_.substr(0, length));
    for (char& letter : name) letter = static_cast<char>(letter | 0x20);
    const std::size_t at = names.find(name);
    if (at == std::string_view::npos || at % length != 0) return false;
    month_ = static_cast<int>(at / length) + 1;
    text_.remove_prefix(length);
    return true;
  }
  bool fraction(std::size_t most) {
    std::size_t count = 0;
    while (count < most && count < text_.size() && is_digit(text_[count])) {
      ++count;
    }
    fraction_ = '.' + std::string(text_.substr(0, count));
    text_.remove_prefix(count);
    return count > 0;
  }
  bool zone(std::string_view part) {
    if (part[0] == 'X' && take('Z')) {
      zone_ = "Z";
      return true;
    }
    if (text_.empty() || (text_[0] != '+' && text_[0] != '-')) return false;
    const char sign = text_[0];
    text_.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!number(2, 2, hours)) return false;
    if (part.size() == 3 && !take(':')) return false;
    const bool has_minutes = part.size() > 1 || (!text_.empty() && text_[0] >= '0');
    if (has_minutes && !number(2, 2, minutes)) return false;
    std::array<char, 16> out{};
    std::snprintf(out.data(), out.size(), "%c%02d:%02d", sign, hours, minutes);
    zone_ = out.data();
    return hours <= 14 && minutes < 60;
  }
  [[nodiscard]] bool exists() const {
    const bool day = !has_day_ || (month_ >= 1 && month_ <= 12 && day_ >= 1 &&
                                   day_ <= days_in_month(year_, month_));
    return day && hour_ <= 24 && minute_ < 60 && second_ <= 60;
  }

  std::string_view text_;
  int year_ = 1;
  int month_ = 1;
  int day_ = 1;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  bool has_day_ = false;
  bool has_time_ = false;
  std::string fraction_;
  std::string zone_;
};

}  // namespace

bool is_date_picture(std::string_view picture) {
  constexpr std::string_view known[] = {"yyyy", "M", "MM", "MMM", "d",  "dd", "H",
                                        "HH",   "m", "mm", "s",   "ss", "X",  "XX",
                                        "XXX",  "x", "xx", "xxx", "T"};
  while (!picture.empty()) {
    const std::string_view part = next_part(picture);
    picture.remove_prefix(part.size());
    if (!is_letter(part[0]) || part[0] == 'S') continue;
    bool found = false;
    for (const std::string_view each : known) found = found || each == part;
    if (!found) return false;
  }
  return true;
}

bool iso_of_picture(std::string_view picture, std::string_view text, std::string& iso) {
  PictureReader reader(text);
  if (!reader.read(picture)) return false;
  reader.write(iso);
  return true;
}

}  // namespace lhcr
