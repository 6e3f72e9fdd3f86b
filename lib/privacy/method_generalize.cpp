// SPDX-License-Identifier: Apache-2.0
/// generalize: a value becomes a more general one, by cases in FHIRPath or in a fixed form.
#include <re2/re2.h>

#include "base/names.hpp"
#include "fhirpath/value.hpp"
#include "privacy/dates.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

constexpr int highest_told_age = 90;  // years

std::string text_of(const Work& work, const fhirpath::Value& value) {
  if (value.is_node()) return std::string(work.text(value.node()));
  std::string out;
  fhirpath::append_text(value, out);
  return out;
}

fhirpath::Context context_of(const Work& work) {
  fhirpath::Context context;
  context.tree = &work.tree;
  context.resource = work.resource;
  return context;
}

/// Nothing, or more than one value, leaves no value.
Effect take_case(Work& work, const fhirpath::Expression& value, tree::NodeId node) {
  const fhirpath::Collection& items = work.evaluator.evaluate(value, context_of(work), node);
  if (items.size() == 1) {
    work.set_text(node, text_of(work, items[0]));
  } else {
    work.clear(node);
  }
  return Effect::generalized;
}

Effect by_cases(Work& work, const CompiledRule& rule, tree::NodeId node) {
  for (const auto& [condition, value] : rule.cases) {
    if (work.evaluator.test(condition, context_of(work), node) == fhirpath::Truth::yes) {
      return take_case(work, value, node);
    }
  }
  if (rule.rule->keep_others) return Effect::none;
  work.clear(node);
  return Effect::redacted;
}

/// What cannot be made coarse is not told at all.
Effect replace(Work& work, tree::NodeId node, const std::string& coarse) {
  if (coarse.empty()) {
    work.clear(node);
    return Effect::redacted;
  }
  work.set_text(node, coarse);
  return Effect::generalized;
}

std::string coarse_date(const Work& work, tree::NodeId node, std::size_t length) {
  const std::string_view text = work.text(node);
  const auto date = lenient_date(text);
  return date && !tells_high_age(*date, work.today) ? std::string(text.substr(0, length))
                                                    : std::string();
}

/// "SW1A 2AA" to "SW1A" (BS 7666: the inward code is the last three characters).
std::string outward_postcode(std::string_view code) {
  static const RE2 form(R"(([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})?)", RE2::Quiet);
  std::string out;
  for (const char letter : code) {
    if (letter != ' ')
      out += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  }
  std::string outward;
  return RE2::FullMatch(out, form, &outward) ? outward : std::string();
}

void set_child(Work& work, tree::NodeId parent, Symbol element, std::string_view text) {
  const tree::NodeId child = work.tree.child(parent, element);
  if (child == tree::no_node) return;
  work.set_string(child, text);
  work.touch(child);
}

std::string coarse_form(const Work& work, Coarse form, tree::NodeId node) {
  switch (form) {
    case Coarse::year:
      return coarse_date(work, node, 4);
    case Coarse::year_start: {
      const std::string year = coarse_date(work, node, 4);
      return year.empty() ? year : year + "-01-01";
    }
    case Coarse::month:
      return coarse_date(work, node, 7);
    case Coarse::outward_postcode:
      return outward_postcode(work.text(node));
    case Coarse::age_band:
    case Coarse::short_number:
    case Coarse::none:
      break;
  }
  return {};
}

}  // namespace

Effect band_age(Work& work, tree::NodeId value, std::string_view usual_unit) {
  const tree::NodeId parent = work.tree[value].parent;
  const std::string_view code = work.child_text(parent, name::code);
  const std::string_view unit = code.empty() ? work.child_text(parent, name::unit) : code;
  const auto years = years_of(work.text(value), unit, usual_unit);
  if (years && *years < highest_told_age) return Effect::none;
  if (!years) return usual_unit.empty() ? Effect::none : replace(work, value, {});
  work.set_text(value, std::to_string(highest_told_age));
  for (const Symbol place : {name::unit, name::code}) set_child(work, parent, place, "a");
  return Effect::generalized;
}

Effect coarsen_number(Work& work, tree::NodeId node) {
  if (work.tree[node].element == name::value) {
    const Effect effect = band_age(work, node, {});
    if (effect != Effect::none) return effect;
  }
  const auto shorter = shorten_number(work.text(node));
  return shorter ? replace(work, node, *shorter) : Effect::none;
}

Effect generalize(Work& work, const CompiledRule& rule, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  if (rule.rule->coarse == Coarse::none) return by_cases(work, rule, node);
  if (rule.rule->coarse == Coarse::age_band) return band_age(work, node, "a");
  if (rule.rule->coarse == Coarse::short_number) return coarsen_number(work, node);
  return replace(work, node, coarse_form(work, rule.rule->coarse, node));
}

}  // namespace lhcr::privacy
