// SPDX-License-Identifier: Apache-2.0
#include "diff/values.hpp"

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "base/text.hpp"

namespace lhcr::diff {
namespace {

/// The next byte of text whose runs of white space are one space, those at the ends nothing.
class Collapsed {
 public:
  explicit Collapsed(std::string_view text) : text_(text) { skip(); }
  /// 0 at the end.
  char next() {
    if (at_ >= text_.size()) return '\0';
    if (!is_space(text_[at_])) return text_[at_++];
    skip();
    return at_ < text_.size() ? ' ' : '\0';
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

bool same_words(std::string_view left, std::string_view right) {
  Collapsed one(left);
  Collapsed other(right);
  for (;;) {
    const char byte = one.next();
    if (byte != other.next()) return false;
    if (byte == '\0') return true;
  }
}

std::optional<Difference> compare_decimals(std::string_view left, std::string_view right) {
  const auto one = Decimal::parse(left);
  const auto other = Decimal::parse(right);
  if (!one || !other || !(*one == *other)) return Difference{};
  if (one->scale() == other->scale()) return std::nullopt;
  return Difference{Why::precision, Level::minor};
}

std::optional<Difference> compare_moments(std::string_view left, std::string_view right) {
  const auto one = DateTime::parse_date_time(left);
  const auto other = DateTime::parse_date_time(right);
  if (!one || !other || compare(*one, *other) != 0) return Difference{};
  if (one->precision == other->precision && one->fraction_digits == other->fraction_digits) {
    return Difference{Why::instant, Level::same};
  }
  return Difference{Why::precision, Level::minor};
}

}  // namespace

std::optional<Difference> compare_values(std::string_view left, std::string_view right, Leaf leaf) {
  if (left == right) return std::nullopt;
  switch (leaf) {
    case Leaf::decimal:
      return compare_decimals(left, right);
    case Leaf::moment:
      return compare_moments(left, right);
    case Leaf::text:
    case Leaf::xhtml:
      if (same_words(left, right)) return std::nullopt;
      break;
    case Leaf::exact:
      break;
  }
  return Difference{};
}

}  // namespace lhcr::diff
