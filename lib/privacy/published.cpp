// SPDX-License-Identifier: Apache-2.0
#include "privacy/published.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <unordered_set>

#include <re2/re2.h>

#include "base/ascii.hpp"
#include "base/check_digit.hpp"
#include "base/decimal.hpp"
#include "base/text_rules.hpp"
#include "base/ucum.hpp"

namespace lhcr::privacy {
namespace {

constexpr std::string_view ucum_system = "http://unitsofmeasure.org";

enum class Check : std::uint8_t { none, sctid, digit };

/// The last digit checks, and the two before it say that a concept is meant (SNOMED CT, 5.3 SCTID).
bool is_concept_id(std::string_view code) {
  const std::string_view kind = code.substr(code.size() - 3, 2);
  return (kind == "00" || kind == "10") && has_verhoeff_check_digit(code);
}

bool passes(Check check, std::string_view code) {
  if (check == Check::sctid) return is_concept_id(code);
  return check == Check::none || code.find_first_of("0123456789") != std::string_view::npos;
}

class System {
 public:
  System(const char* expression, Check check)
      : expression_(expression, RE2::Quiet), check_(check) {}
  [[nodiscard]] bool has(std::string_view code) const {
    return RE2::FullMatch(re2::StringPiece(code.data(), code.size()), expression_) &&
           passes(check_, code);
  }

 private:
  RE2 expression_;
  Check check_;
};

const System* find_system(std::string_view url) {
  static const auto all = [] {
    std::unordered_map<std::string_view, std::unique_ptr<System>> made;
#define LHCR_PUBLISHED(system, expression, check) \
  made.emplace(system, std::make_unique<System>(expression, Check::check));
#include "privacy/published.def"
#undef LHCR_PUBLISHED
    return made;
  }();
  const auto found = all.find(url);
  return found == all.end() ? nullptr : found->second.get();
}

bool is_plain_unit(std::string_view text) {
  static const std::unordered_set<std::string> units = [] {
    std::unordered_set<std::string> made;
#define LHCR_PLAIN_UNIT(text) made.insert(in_small_letters(text));
#include "privacy/plain_units.def"
#undef LHCR_PLAIN_UNIT
    return made;
  }();
  return units.count(in_small_letters(text)) > 0;
}

std::size_t longest_digits(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char byte : text) {
    run = byte >= '0' && byte <= '9' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

struct TimeUnit {
  std::string_view text;
  std::string_view ucum;
};
constexpr std::array time_units{
#define LHCR_TIME_UNIT(text, ucum) TimeUnit{text, ucum},
#include "privacy/time_units.def"
#undef LHCR_TIME_UNIT
};

std::string_view ucum_of_time(std::string_view unit) {
  const std::string written = in_small_letters(unit);
  const auto row = std::find_if(time_units.begin(), time_units.end(),
                                [&](const TimeUnit& known) { return known.text == written; });
  return row == time_units.end() ? unit : row->ucum;
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool Published::is_listed(std::string_view system, std::string_view code) const {
  const definition::CodeSystemId list = definitions_.code_system(system);
  return list != definition::no_code_system && definitions_.code_system_complete(list) &&
         definitions_.code_system_has(list, code);
}

bool Published::is_coding(std::string_view system, std::string_view code) {
  if (system.empty() || code.empty()) return false;
  if (system == ucum_system) return is_unit(code);
  const System* const known = find_system(system);
  return known != nullptr ? known->has(code) : is_listed(system, code);
}

definition::ValueSetId Published::bound_set(const tree::Tree& tree, tree::NodeId node) {
  const tree::Node& value = tree[node];
  const definition::Child* const row = definitions_.child(tree[value.parent].type, value.name);
  if (row == nullptr || row->definition == definition::no_element) return definition::no_value_set;
  const auto [found, is_new] = sets_.try_emplace(row->definition, definition::no_value_set);
  if (is_new) found->second = definitions_.element(row->definition).binding.set;
  return found->second;
}

bool Published::is_bound_code(const tree::Tree& tree, tree::NodeId node) {
  const definition::ValueSetId set = bound_set(tree, node);
  if (set == definition::no_value_set) return false;
  const std::string_view code = tree[node].text();
  switch (definitions_.contains(set, {}, code)) {
    case definition::Membership::yes:
      return true;
    case definition::Membership::no:
      return false;
    default:
      break;
  }
  const auto open = definitions_.open_systems(set);
  return std::any_of(open.begin(), open.end(),
                     [&](const auto& row) { return is_coding(row.system, code); });
}

bool is_version(std::string_view text) {
  static const RE2 version(
      R"([0-9]{1,4}([.-][0-9]{1,4}){0,4}|[0-9]{8}|http://snomed\.info/x?sct(/[1-9][0-9]{5,17}(/version/[0-9]{8})?)?)",
      RE2::Quiet);
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), version);
}

bool is_unit(std::string_view text) {
  constexpr std::size_t longest = 24;
  constexpr std::size_t most_digits = 3;
  if (text.empty() || text.size() > longest) return false;
  if (is_plain_unit(text)) return true;
  return longest_digits(text) <= most_digits && text.find('{') == std::string_view::npos &&
         ucum::is_valid(text);
}

std::optional<std::string> shorten_number(std::string_view text) {
  constexpr int most_digits = 7;
  constexpr int kept_digits = 4;
  const auto number = Decimal::parse(text);
  if (!number) return std::string();
  const std::string digits = Decimal(number->absolute().coefficient(), 0).text();
  const int count = static_cast<int>(digits.size());
  if (count <= most_digits) return std::nullopt;
  const int last = count + number->exponent();  // digits before the point
  return number->rounded(kept_digits - last).text();
}

bool is_pseudonym(std::string_view text) {
  constexpr std::size_t token = 32;
  constexpr std::size_t hash = 64;
  constexpr std::string_view urn = "urn:uuid:";
  if (text.starts_with(urn)) text.remove_prefix(urn.size());
  return ((text.size() == token || text.size() == hash) && is_hex(text)) || is_uuid(text);
}

std::optional<double> years_of(std::string_view value, std::string_view unit,
                               std::string_view usual) {
  static const ucum::Unit year = *ucum::parse("a");
  const auto number = Decimal::parse(value);
  const auto written = ucum::parse(ucum_of_time(unit.empty() ? usual : unit));
  if (!number || !written || !written->commensurable(year)) return std::nullopt;
  const auto years = ucum::convert(*number, *written, year);
  return years ? std::optional<double>(years->to_double()) : std::nullopt;
}

}  // namespace lhcr::privacy
