// SPDX-License-Identifier: Apache-2.0
/// generalize: a value becomes a more general one, by cases in FHIRPath or in a fixed form.
#include <charconv>

#include "fhirpath/value.hpp"
#include "privacy/dates.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

constexpr int highest_told_age = 90;

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
  std::string out;
  for (const char letter : code) {
    if (letter != ' ') out += letter;
  }
  const bool has_inward = out.size() >= 5 && out.size() <= 7 && out[out.size() - 3] >= '0' &&
                          out[out.size() - 3] <= '9';
  if (has_inward) return out.substr(0, out.size() - 3);
  // An outward code alone has a letter in front and at most four characters.
  return out.size() <= 4 && !out.empty() && (out[0] < '0' || out[0] > '9') ? out : std::string();
}

std::string age_band(std::string_view age) {
  double years = 0;
  const auto [end, error] = std::from_chars(age.data(), age.data() + age.size(), years);
  if (error != std::errc() || end != age.data() + age.size()) return {};
  return years >= highest_told_age ? std::to_string(highest_told_age) : std::string(age);
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
      return age_band(work.text(node));
    case Coarse::none:
      break;
  }
  return {};
}

}  // namespace

Effect generalize(Work& work, const CompiledRule& rule, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  if (rule.rule->coarse == Coarse::none) return by_cases(work, rule, node);
  return replace(work, node, coarse_form(work, rule.rule->coarse, node));
}

}  // namespace lhcr::privacy
