// SPDX-License-Identifier: Apache-2.0
#include "base/ucum.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/ascii.hpp"

namespace lhcr::ucum {
namespace {

struct Prefix {
  std::string_view code;
  int power;
};

struct Atom {
  std::string_view code;
  bool metric;
  std::string_view factor;  // empty: an arbitrary unit
  std::string_view unit;
  std::string_view offset;
};

constexpr Prefix prefixes[] = {
#define LHCR_UCUM_PREFIX(code, power) {code, power},
#define LHCR_UCUM_BASE(code)
#define LHCR_UCUM_UNIT(code, metric, factor, unit)
#define LHCR_UCUM_OFFSET(code, metric, offset, factor, unit)
#define LHCR_UCUM_ARBITRARY(code, metric)
#include "base/ucum_units.def"
#undef LHCR_UCUM_PREFIX
#undef LHCR_UCUM_BASE
#undef LHCR_UCUM_UNIT
#undef LHCR_UCUM_OFFSET
#undef LHCR_UCUM_ARBITRARY
};

constexpr std::string_view base_codes[] = {
#define LHCR_UCUM_PREFIX(code, power)
#define LHCR_UCUM_BASE(code) code,
#define LHCR_UCUM_UNIT(code, metric, factor, unit)
#define LHCR_UCUM_OFFSET(code, metric, offset, factor, unit)
#define LHCR_UCUM_ARBITRARY(code, metric)
#include "base/ucum_units.def"
#undef LHCR_UCUM_PREFIX
#undef LHCR_UCUM_BASE
#undef LHCR_UCUM_UNIT
#undef LHCR_UCUM_OFFSET
#undef LHCR_UCUM_ARBITRARY
};

constexpr Atom atoms[] = {
#define LHCR_UCUM_PREFIX(code, power)
#define LHCR_UCUM_BASE(code)
#define LHCR_UCUM_UNIT(code, metric, factor, unit) {code, metric, factor, unit, ""},
#define LHCR_UCUM_OFFSET(code, metric, offset, factor, unit) {code, metric, factor, unit, offset},
#define LHCR_UCUM_ARBITRARY(code, metric) {code, metric, "", "", ""},
#include "base/ucum_units.def"
#undef LHCR_UCUM_PREFIX
#undef LHCR_UCUM_BASE
#undef LHCR_UCUM_UNIT
#undef LHCR_UCUM_OFFSET
#undef LHCR_UCUM_ARBITRARY
};
static_assert(std::size(base_codes) == Unit::base_units);

/// The atoms in the table's order, those that begin alike together: where each byte's begin.
struct AtomIndex {
  std::array<std::uint16_t, std::size(atoms)> order{};
  std::array<std::uint16_t, 257> first{};
};
constexpr AtomIndex atom_index = [] {
  AtomIndex index;
  std::uint16_t next = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    index.first[byte] = next;
    for (std::uint16_t i = 0; byte < 0x80 && i < std::size(atoms); ++i) {
      if (static_cast<unsigned char>(atoms[i].code.front()) == byte) {
        index.order[next++] = i;
      }
    }
  }
  index.first[256] = next;
  return index;
}();
static_assert(atom_index.first[256] == std::size(atoms));

/// The first atom with a code, of those that take prefixes when it has one; or nullptr.
const Atom* find_atom(std::string_view code, bool prefixed) noexcept {
  if (code.empty()) {
    return nullptr;
  }
  const auto byte = static_cast<unsigned char>(code.front());
  for (std::size_t i = atom_index.first[byte]; i < atom_index.first[byte + 1U]; ++i) {
    const Atom& atom = atoms[atom_index.order[i]];
    if (atom.code == code && (atom.metric || !prefixed)) {
      return &atom;
    }
  }
  return nullptr;
}

constexpr int max_nesting = 24;  // parentheses and definitions within definitions
constexpr int max_power = 40;

std::optional<Unit> parse_term(std::string_view text, int nesting) noexcept;

/// Annotations are of ASCII's printable characters; the units that HL7 lists have spaces in them.
bool is_printable(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7F'; });
}

/// Products stay exact as long as trailing zeros do not fill the digits.
bool scale(Decimal& value, const Decimal& factor) noexcept {
  const auto product = lhcr::multiply(value, factor);
  value = product ? product->normalized() : value;
  return product.has_value();
}

std::optional<Unit> power(const Unit& unit, int exponent) noexcept {
  if (exponent > max_power || exponent < -max_power) {
    return std::nullopt;
  }
  std::optional<Unit> result = Unit{};
  for (int i = 0; i < std::abs(exponent) && result; ++i) {
    result = multiply(*result, unit, exponent < 0);
  }
  if (result && exponent == 1) {
    result->offset = unit.offset;
  }
  return result;
}

std::optional<Unit> from_atom(const Atom& atom, int nesting) noexcept {
  if (atom.factor.empty()) {
    Unit unit;
    unit.arbitrary = static_cast<std::uint16_t>(&atom - atoms + 1);
    unit.arbitrary_power = 1;
    return unit;
  }
  std::optional<Unit> unit = parse_term(atom.unit, nesting + 1);
  const auto factor = Decimal::parse(atom.factor);
  if (!unit || !factor || !scale(unit->numerator, *factor)) {
    return std::nullopt;
  }
  unit->offset = Decimal::parse(atom.offset).value_or(Decimal());
  return unit;
}

std::optional<Unit> from_base(std::string_view code) noexcept {
  const auto* const found = std::find(std::begin(base_codes), std::end(base_codes), code);
  if (found == std::end(base_codes)) {
    return std::nullopt;
  }
  Unit unit;
  unit.dimension[static_cast<std::size_t>(found - base_codes)] = 1;
  return unit;
}

std::optional<Unit> plain_unit(std::string_view code, bool prefixed, int nesting) noexcept {
  if (auto base = from_base(code)) {
    return base;
  }
  const Atom* const found = find_atom(code, prefixed);
  return found == nullptr ? std::nullopt : from_atom(*found, nesting);
}

std::optional<Unit> simple_unit(std::string_view code, int nesting) noexcept {
  if (auto unit = plain_unit(code, false, nesting)) {
    return unit;
  }
  for (const Prefix& prefix : prefixes) {
    if (code.size() <= prefix.code.size() || !code.starts_with(prefix.code)) {
      continue;
    }
    if (auto unit = plain_unit(code.substr(prefix.code.size()), true, nesting)) {
      return scale(unit->numerator, Decimal(Int128{1}, prefix.power)) ? unit : std::nullopt;
    }
  }
  return std::nullopt;
}

/// Reads the parts of a unit expression.
class Parser {
 public:
  Parser(std::string_view text, int nesting, bool syntax = false)
      : left_(text), nesting_(nesting), syntax_(syntax) {}

  std::optional<Unit> all() noexcept {
    auto unit = term();
    return left_.empty() ? unit : std::nullopt;
  }

 private:
  bool take(char c) noexcept {
    if (left_.empty() || left_.front() != c) {
      return false;
    }
    left_.remove_prefix(1);
    return true;
  }

  std::optional<Unit> term() noexcept {
    std::optional<Unit> result = Unit{};
    bool divide = take('/');
    bool first = !divide;
    while (result) {
      const auto next = component();
      if (!next) {
        return std::nullopt;
      }
      result = first ? next : combined(*result, *next, divide);
      first = false;
      divide = !left_.empty() && left_.front() == '/';
      if (!divide && (left_.empty() || left_.front() != '.')) {
        break;
      }
      left_.remove_prefix(1);
    }
    return result;
  }

  /// What cannot be computed with does not matter when only the form is judged.
  [[nodiscard]] std::optional<Unit> combined(const Unit& left, const Unit& right,
                                             bool divide) const noexcept {
    const auto result = multiply(left, right, divide);
    return result || !syntax_ ? result : std::optional<Unit>(right);
  }

  std::optional<Unit> component() noexcept {
    if (take('(')) {
      if (++nesting_ > max_nesting) {
        return std::nullopt;
      }
      auto inner = term();
      --nesting_;
      return take(')') && inner ? with_annotation(*inner) : std::nullopt;
    }
    if (!left_.empty() && left_.front() == '{') {
      return with_annotation(Unit{});
    }
    return annotatable();
  }

  std::optional<Unit> annotatable() noexcept {
    const bool ten = left_.starts_with("10*") || left_.starts_with("10^");
    if (!ten && !left_.empty() && is_digit(left_.front())) {
      return number();
    }
    const std::size_t length = ten ? 3 : code_length();
    const auto unit = simple_unit(left_.substr(0, length), nesting_);
    left_.remove_prefix(length);
    if (!unit) {
      return std::nullopt;
    }
    const auto raised = exponent(*unit);
    return raised ? with_annotation(*raised) : std::nullopt;
  }

  std::optional<Unit> number() noexcept {
    std::size_t length = 0;
    while (length < left_.size() && is_digit(left_[length])) {
      ++length;
    }
    const auto factor = Decimal::parse(left_.substr(0, length));
    left_.remove_prefix(length);
    if (!factor || factor->is_zero()) {
      return std::nullopt;
    }
    Unit unit;
    unit.numerator = *factor;
    return with_annotation(unit);
  }

  /// Up to an operator, an exponent or an annotation; brackets belong to the code.
  [[nodiscard]] std::size_t code_length() const noexcept {
    constexpr std::string_view ends = "./(){}+-0123456789";
    std::size_t at = 0;
    while (at < left_.size() && ends.find(left_[at]) == std::string_view::npos) {
      if (left_[at] == '[') {
        at = std::min(left_.find(']', at), left_.size() - 1);
      }
      ++at;
    }
    return at;
  }

  std::optional<Unit> exponent(const Unit& unit) noexcept {
    const bool plus = take('+');
    int value = 1;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (error != std::errc()) {
      const bool nothing = !plus && (left_.empty() || left_.front() != '-');
      return nothing ? std::optional<Unit>(unit) : std::nullopt;
    }
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    const auto raised = power(unit, value);
    return raised || !syntax_ ? raised : std::optional<Unit>(unit);
  }

  std::optional<Unit> with_annotation(const Unit& unit) noexcept {
    if (take('{')) {
      const std::size_t end = left_.find('}');
      if (end == std::string_view::npos || !is_printable(left_.substr(0, end))) {
        return std::nullopt;
      }
      left_.remove_prefix(end + 1);
    }
    return unit;
  }

  std::string_view left_;
  int nesting_;
  bool syntax_;
};

std::optional<Unit> parse_term(std::string_view text, int nesting) noexcept {
  return nesting > max_nesting ? std::nullopt : Parser(text, nesting).all();
}

}  // namespace

namespace {
constexpr std::size_t max_length = 512;
}  // namespace

bool is_valid(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_length && Parser(text, 0, true).all();
}

std::optional<Unit> parse(std::string_view text) noexcept {
  if (text.empty()) {
    return Unit{};
  }
  return text.size() > max_length ? std::nullopt : parse_term(text, 0);
}

std::optional<Unit> multiply(const Unit& left, const Unit& right, bool negative) noexcept {
  Unit result = left;
  result.offset = Decimal();
  for (std::size_t i = 0; i < Unit::base_units; ++i) {
    const int exponent = left.dimension[i] + (negative ? -right.dimension[i] : right.dimension[i]);
    if (exponent > max_power || exponent < -max_power) {
      return std::nullopt;
    }
    result.dimension[i] = static_cast<std::int8_t>(exponent);
  }
  if (right.arbitrary != 0) {
    if (left.arbitrary != 0 && left.arbitrary != right.arbitrary) {
      return std::nullopt;
    }
    const int exponent =
        left.arbitrary_power + (negative ? -right.arbitrary_power : right.arbitrary_power);
    if (exponent > max_power || exponent < -max_power) {
      return std::nullopt;
    }
    result.arbitrary_power = static_cast<std::int8_t>(exponent);
    result.arbitrary = exponent == 0 ? std::uint16_t{0} : right.arbitrary;
  }
  const bool fits = scale(result.numerator, negative ? right.denominator : right.numerator) &&
                    scale(result.denominator, negative ? right.numerator : right.denominator);
  return fits ? std::optional<Unit>(result) : std::nullopt;
}

std::optional<int> compare(const Decimal& left, const Unit& left_unit, const Decimal& right,
                           const Unit& right_unit) noexcept {
  if (!left_unit.commensurable(right_unit)) {
    return std::nullopt;
  }
  // Multiplied crosswise, so that a unit like 1/60 s does not have to be a decimal.
  std::optional<Decimal> a = add(left, left_unit.offset);
  std::optional<Decimal> b = add(right, right_unit.offset);
  for (const auto& [side, factor] :
       {std::pair{&a, left_unit.numerator}, std::pair{&a, right_unit.denominator},
        std::pair{&b, right_unit.numerator}, std::pair{&b, left_unit.denominator}}) {
    *side = *side ? lhcr::multiply((*side)->normalized(), factor) : std::nullopt;
  }
  return a && b ? std::optional<int>(lhcr::compare(*a, *b)) : std::nullopt;
}

std::optional<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to) noexcept {
  if (!from.commensurable(to)) {
    return std::nullopt;
  }
  const auto shifted = add(value, from.offset);
  const auto factor = lhcr::multiply(from.numerator, to.denominator);
  const auto divisor = lhcr::multiply(from.denominator, to.numerator);
  if (!shifted || !factor || !divisor) {
    return std::nullopt;
  }
  const auto product = lhcr::multiply(*shifted, factor->normalized());
  const Decimal plain = divisor->normalized();
  // A power of ten only moves the exponent, which keeps the written precision.
  const auto quotient = !product ? product
                        : plain.coefficient() == 1
                            ? std::optional<Decimal>(Decimal(
                                  product->coefficient(), product->exponent() - plain.exponent()))
                            : divide(*product, plain);
  return quotient ? subtract(*quotient, to.offset) : std::nullopt;
}

}  // namespace lhcr::ucum
