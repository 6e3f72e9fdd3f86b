// SPDX-License-Identifier: Apache-2.0
/// Values of answers against the item of the Questionnaire: type, permitted values, limits.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.hpp"
#include "base/decimal.hpp"
#include "base/measure.hpp"
#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "base/words.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/form.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// Of value sets with more codes none is suggested.
constexpr std::size_t most_compared = 500;

constexpr std::string_view core = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view sdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/";

std::string core_url(std::string_view name) {
  return std::string(core).append(name);
}
std::string sdc_url(std::string_view name) {
  return std::string(sdc).append(name);
}

/// Value types that answer an item of some type.
struct AnswerType {
  std::string_view item;
  std::string_view values;  ///< space separated
};
constexpr std::array answer_types = {
#define LHCR_ANSWER(item, values) AnswerType{item, values},
#include "validate/resource/answer_types.def"
#undef LHCR_ANSWER
};

/// One value and the item that it answers.
struct Answer {
  const Response& response;
  Run& run;
  const Form& form;
  NodeId answer;
  NodeId value;
  NodeId item;
  std::string_view type;  ///< of the value

  [[nodiscard]] std::string_view text() const { return run.tree[value].text(); }
  [[nodiscard]] std::string_view part(Symbol name) const { return run.child_text(value, name); }
  template <finding::Name name>
  void say(finding::Kind<name> kind, finding::Arguments<name> arguments) const {
    run.report(value, kind, std::move(arguments));
  }
};

bool check_type(const Answer& at, std::string_view item_type) {
  const auto* const allowed =
      std::find_if(answer_types.begin(), answer_types.end(),
                   [&](const AnswerType& row) { return row.item == item_type; });
  if (allowed == answer_types.end() || has_word(allowed->values, at.type)) {
    return true;
  }
  at.say(id<"answer-type">, {std::string(allowed->values), std::string(at.type)});
  return false;
}

// --- permitted values ---

bool same_value(const Answer& at, NodeId option_value) {
  const tree::Tree& form = at.form.tree();
  if (form[option_value].kind != tree::Kind::object) {
    return form[option_value].text() == at.text();
  }
  if (at.type == "Reference") {
    return child_text(form, option_value, name::reference) == at.part(name::reference);
  }
  return child_text(form, option_value, name::code) == at.part(name::code) &&
         child_text(form, option_value, name::system) == at.part(name::system);
}

/// The option that the value is, or no_node.
NodeId chosen_option(const Answer& at) {
  for (const NodeId option : at.form.options(at.item)) {
    const NodeId value = at.form.tree().child(option, name::value);
    if (value != no_node && at.form.tree()[value].type == at.run.tree[at.value].type &&
        same_value(at, value)) {
      return option;
    }
  }
  return no_node;
}

std::string value_label(const Answer& at) {
  return at.run.tree[at.value].kind == tree::Kind::object
             ? std::string(at.part(name::system)) + "#" + std::string(at.part(name::code))
             : std::string(at.text());
}

/// What to answer instead, of the options that have the answer's type.
std::string listed_options(const Answer& at) {
  const tree::Tree& form = at.form.tree();
  const bool coded = at.run.tree[at.value].kind == tree::Kind::object;
  std::vector<std::string_view> values;
  for (const NodeId option : at.form.options(at.item)) {
    const NodeId value = form.child(option, name::value);
    if (value == no_node || form[value].type != at.run.tree[at.value].type) continue;
    values.push_back(form[value].kind == tree::Kind::object ? child_text(form, value, name::code)
                                                            : form[value].text());
  }
  return instead_of(coded ? at.part(name::code) : at.text(), values);
}

void check_options(const Answer& at, bool open) {
  const std::vector<NodeId> options = at.form.options(at.item);
  const bool free_text = open && at.type == "string";
  if (options.empty() || free_text || chosen_option(at) != no_node) {
    return;
  }
  const tree::Tree& form = at.form.tree();
  const bool any = std::any_of(options.begin(), options.end(), [&](NodeId option) {
    const NodeId value = form.child(option, name::value);
    return value != no_node && form[value].type == at.run.tree[at.value].type;
  });
  if (any || open) {
    at.say(id<"answer-not-permitted">, {value_label(at), listed_options(at)});
  } else {
    at.run.report(at.answer, id<"answer-options-type">, {std::string(at.type)});
  }
}

void check_in_value_set(const Answer& at) {
  const std::string_view canonical = at.form.value_set(at.item);
  const std::string_view code = at.part(name::code);
  // A code without system is said to have no meaning, and it cannot be looked up.
  if (canonical.empty() || at.type != "Coding" || at.part(name::system).empty()) {
    return;
  }
  const auto found = member_of_set(at.run, at.form, canonical, {at.part(name::system), code});
  if (found == definition::Membership::no) {
    at.run.report(at.answer, id<"answer-not-in-value-set">,
                  {value_label(at), std::string(canonical),
                   instead_of(code, at.run.definitions.sample_codes(
                                        at.run.definitions.value_set(canonical), most_compared))});
  } else if (found != definition::Membership::yes) {
    at.run.count_unchecked(id<"binding-not-checked">, canonical);
  }
}

// --- limits ---

void check_range(const Answer& at) {
  const std::string_view least = at.form.extension_text(at.item, core_url("minValue"));
  const std::string_view most = at.form.extension_text(at.item, core_url("maxValue"));
  if (!least.empty() && compare_primitives(at.text(), least, at.type).value_or(0) < 0) {
    at.say(id<"answer-below-minimum">, {std::string(at.text()), std::string(least)});
  }
  if (!most.empty() && compare_primitives(at.text(), most, at.type).value_or(0) > 0) {
    at.say(id<"answer-above-maximum">, {std::string(at.text()), std::string(most)});
  }
}

std::optional<std::int64_t> number(std::string_view text) {
  const auto read = Decimal::parse(text);
  return read ? read->integer() : std::nullopt;
}

void check_places(const Answer& at) {
  const auto most = number(at.form.extension_text(at.item, core_url("maxDecimalPlaces")));
  const auto value = Decimal::parse(at.text());
  if (most && value && value->scale() > *most) {
    at.say(id<"answer-decimal-places">, {std::string(at.text()), std::to_string(*most)});
  }
}

void check_length(const Answer& at) {
  const auto least = number(at.form.extension_text(at.item, core_url("minLength")));
  const auto most = number(at.form.text(at.item, name::max_length));
  const auto length = static_cast<std::int64_t>(characters(at.text()));
  if (least && length < *least) {
    at.say(id<"answer-too-short">, {std::string(at.text()), std::to_string(*least)});
  }
  if (most && length > *most) {
    at.say(id<"answer-too-long">, {std::string(at.text()), std::to_string(*most)});
  }
}

/// The extension's regular expression must match the whole value.
void check_regex(const Answer& at) {
  const std::string_view pattern = at.form.extension_text(at.item, core_url("regex"));
  if (pattern.empty()) {
    return;
  }
  std::string expression = "matches('^(";
  for (const char c : pattern) {
    expression.append(c == '\'' || c == '\\' ? "\\" : "").push_back(c);
  }
  expression.append(")$')");
  definition::Invariant rule;
  rule.key = "regex";
  rule.expression = expression;
  const InvariantPlan* const plan = at.run.state.plans.invariants().get(rule);
  try {
    if (plan->compiled && at.run.state.evaluator.test(*plan->compiled, at.run.context(),
                                                      at.value) == fhirpath::Truth::no) {
      at.say(id<"answer-pattern">, {std::string(at.text()), std::string(pattern)});
    }
  } catch (const fhirpath::ExpressionError&) {
    at.run.count_unchecked(id<"invariant-not-checked">, "regex");
  }
}

void check_text(const Answer& at, std::string_view item_type) {
  check_length(at);
  check_regex(at);
  if (item_type == "string" && at.text().find('\n') != std::string_view::npos) {
    at.run.report(at.value, Severity::warning, id<"answer-line-break">, {});
  }
}

// --- quantities ---

struct Limit {
  std::string_view extension;
  int wrong;  ///< the sign of value - limit that breaks it
  finding::KindTaking<2> kind;
};
const std::array quantity_limits = {
    Limit{"sdc-questionnaire-minQuantity", -1, id<"answer-below-minimum">},
    Limit{"sdc-questionnaire-maxQuantity", 1, id<"answer-above-maximum">}};

std::optional<int> compare_quantity(const Answer& at, NodeId limit) {
  const tree::Tree& form = at.form.tree();
  return compare_measures(
      {at.part(name::value), at.part(name::code), at.part(name::unit)},
      {child_text(form, limit, name::value), child_text(form, limit, name::code),
       child_text(form, limit, name::unit)});
}

std::string quantity_label(std::string_view value, std::string_view unit) {
  return std::string(value).append(" ").append(unit);
}

void check_quantity_limit(const Answer& at, const Limit& limit) {
  for (const NodeId bound : at.form.extensions(at.item, sdc_url(limit.extension))) {
    const std::string given = quantity_label(at.part(name::value), at.part(name::unit));
    const std::string wanted = quantity_label(child_text(at.form.tree(), bound, name::value),
                                              child_text(at.form.tree(), bound, name::unit));
    const std::optional<int> order = compare_quantity(at, bound);
    if (!order) {
      at.say(id<"answer-not-comparable">, {given, wanted});
    } else if (*order * limit.wrong > 0) {
      at.run.report(at.value, limit.kind.id, {given, wanted});
    }
  }
}

void check_unit(const Answer& at) {
  const std::string_view system = at.part(name::system);
  const std::string_view code = at.part(name::code);
  const auto options = at.form.extensions(at.item, core_url("questionnaire-unitOption"));
  const bool listed = std::any_of(options.begin(), options.end(), [&](NodeId option) {
    return child_text(at.form.tree(), option, name::code) == code &&
           child_text(at.form.tree(), option, name::system) == system;
  });
  if (!options.empty() && !listed) {
    at.say(id<"answer-unit">, {value_label(at)});
  }
  const std::string_view canonical =
      at.form.extension_text(at.item, core_url("questionnaire-unitValueSet"));
  if (!canonical.empty() &&
      member_of_set(at.run, at.form, canonical, {system, code}) == definition::Membership::no) {
    at.say(id<"answer-unit">, {value_label(at)});
  }
}

void check_quantity_answer(const Answer& at) {
  for (const Limit& limit : quantity_limits) {
    check_quantity_limit(at, limit);
  }
  check_unit(at);
}

// --- attachments and references ---

void check_attachment_answer(const Answer& at) {
  const auto types = at.form.extensions(at.item, core_url("mimeType"));
  const std::string_view type = at.part(name::content_type);
  const bool allowed = std::any_of(
      types.begin(), types.end(), [&](NodeId mime) { return at.form.tree()[mime].text() == type; });
  if (!types.empty() && !allowed) {
    at.run.report(at.answer, id<"answer-attachment-type">, {std::string(type)});
  }
  const auto limit = Decimal::parse(at.form.extension_text(at.item, core_url("maxSize")));
  const auto size = Decimal::parse(at.part(name::size));
  constexpr std::int64_t megabyte = 1000000;
  const auto most = limit ? multiply(*limit, Decimal(megabyte)) : std::nullopt;
  if (most && size && compare(*size, *most) > 0) {
    at.run.report(at.answer, id<"answer-attachment-size">, {size->text(), limit->text()});
  }
}

/// The step before the id of a reference, when it has the form of a type's name.
std::string_view type_step(std::string_view reference) {
  const std::string_view step = cut_reference(reference).type;
  return !step.empty() && is_capital(step.front()) ? step : std::string_view{};
}

void check_reference_answer(const Answer& at) {
  const std::string_view reference = at.part(name::reference);
  const std::string_view step = type_step(reference);
  const bool known = definition::is_resource(at.run.definitions, step);
  if (step.empty()) {
    return;
  }
  if (!known) {
    if (at.run.options.references == ReferencePolicy::type_only) {
      at.say(id<"answer-reference-type">, {std::string(reference), std::string(step), "resources"});
    }
    return;
  }
  std::vector<std::string_view> allowed;
  for (const NodeId at_type :
       at.form.extensions(at.item, core_url("questionnaire-referenceResource"))) {
    allowed.push_back(at.form.tree()[at_type].text());
  }
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), step) == allowed.end()) {
    at.say(id<"answer-reference-type">,
           {std::string(reference), std::string(step), joined(allowed)});
  }
}

/// Checks of one type of value.
struct ValueCheck {
  std::string_view type;
  void (*check)(const Answer& at);
};
constexpr std::array value_checks = {
    ValueCheck{"integer", check_range},
    ValueCheck{"decimal", check_range},
    ValueCheck{"decimal", check_places},
    ValueCheck{"date", check_range},
    ValueCheck{"dateTime", check_range},
    ValueCheck{"time", check_range},
    ValueCheck{"Quantity", check_quantity_answer},
    ValueCheck{"Attachment", check_attachment_answer},
    ValueCheck{"Reference", check_reference_answer},
};

/// The answer as the checks take it; nullopt when it has no value.
std::optional<Answer> answer_at(const Response& response, NodeId answer, NodeId item) {
  Run& run = response.run;
  const NodeId value = run.child(answer, name::value);
  if (value == no_node) {
    return std::nullopt;
  }
  return Answer{response, run, response.form, answer, value, item, run.type_name(value)};
}

}  // namespace

void check_answer_value(const Response& response, NodeId answer, NodeId item) {
  const std::optional<Answer> found = answer_at(response, answer, item);
  if (!found) {
    return;
  }
  const Answer& at = *found;
  const std::string_view item_type = response.form.text(item, name::type);
  if (!check_type(at, item_type)) {
    return;
  }
  const bool open = item_type == "open-choice";
  check_options(at, open);
  check_in_value_set(at);
  if (at.type == "string") {
    check_text(at, item_type);
  }
  for (const ValueCheck& row : value_checks) {
    if (row.type == at.type) {
      row.check(at);
    }
  }
}

namespace {

void check_occurrences(const Response& response, NodeId response_item, std::size_t count,
                       NodeId item) {
  Run& run = response.run;
  const auto least =
      number(response.form.extension_text(item, core_url("questionnaire-minOccurs")));
  const auto most = number(response.form.extension_text(item, core_url("questionnaire-maxOccurs")));
  if (least && static_cast<std::int64_t>(count) < *least) {
    run.report(response_item, response.in_progress ? Severity::warning : Severity::error,
               id<"answers-too-few">, {std::to_string(*least), std::to_string(count)});
  }
  if (most && static_cast<std::int64_t>(count) > *most) {
    run.report(response_item, id<"answers-too-many">,
               {std::to_string(*most), std::to_string(count)});
  }
}

void check_exclusive(const Response& response, NodeId answer, NodeId item) {
  const std::optional<Answer> at = answer_at(response, answer, item);
  if (!at) {
    return;
  }
  const NodeId option = chosen_option(*at);
  if (option != no_node &&
      response.form.extension_text(option, core_url("questionnaire-optionExclusive")) == "true") {
    response.run.report(answer, id<"answer-exclusive">, {value_label(*at)});
  }
}

}  // namespace

void check_answer_count(const Response& response, NodeId response_item,
                        const std::vector<NodeId>& answers, NodeId item) {
  Run& run = response.run;
  if (answers.size() > 1) {
    if (!response.form.is_true(item, name::repeats)) {
      run.report(response_item, id<"answer-repeated">,
                 {std::string(run.child_text(response_item, name::link_id))});
    }
    for (const NodeId answer : answers) {
      check_exclusive(response, answer, item);
    }
  }
  check_occurrences(response, response_item, answers.size(), item);
}

}  // namespace lhcr::validate
