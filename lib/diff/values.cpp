// SPDX-License-Identifier: Apache-2.0
#include "diff/values.hpp"

#include "base/measure.hpp"
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

/// Of values, which are compared where all are (base/measure.hpp).
std::optional<Difference> compare_as(std::string_view left, std::string_view right,
                                     std::string_view type) {
  switch (sameness(left, right, type)) {
    case Sameness::different:
      return Difference{};
    case Sameness::precision:
      return Difference{Why::precision, Level::minor};
    case Sameness::zone:
      return Difference{Why::instant, Level::same};
    case Sameness::same:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Difference> compare_values(std::string_view left, std::string_view right, Leaf leaf) {
  if (left == right) return std::nullopt;
  switch (leaf) {
    case Leaf::decimal:
      return compare_as(left, right, "decimal");
    case Leaf::moment:
      return compare_as(left, right, "dateTime");
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
