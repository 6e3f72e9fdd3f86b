// SPDX-License-Identifier: Apache-2.0
#include "validate/plan/plan.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace lhcr::validate {
namespace {

using definition::Child;
using definition::TypeId;

struct RuleName {
  std::string_view type;
  ValueRule rule;
  std::string_view since = "";  ///< the first FHIR version that has the rule
};
// Of rows for one type the first one counts that the version has.
constexpr std::array value_rules = {
    RuleName{"decimal", ValueRule::decimal_limited, "5"},
    RuleName{"base64Binary", ValueRule::base64_unspaced, "5"},
    RuleName{"integer64", ValueRule::integer64},
    RuleName{"boolean", ValueRule::boolean},
    RuleName{"integer", ValueRule::integer},
    RuleName{"unsignedInt", ValueRule::unsigned_int},
    RuleName{"positiveInt", ValueRule::positive_int},
    RuleName{"decimal", ValueRule::decimal},
    RuleName{"string", ValueRule::string},
    RuleName{"code", ValueRule::code},
    RuleName{"id", ValueRule::id},
    RuleName{"uri", ValueRule::uri},
    RuleName{"url", ValueRule::url},
    RuleName{"canonical", ValueRule::canonical},
    RuleName{"oid", ValueRule::oid},
    RuleName{"uuid", ValueRule::uuid},
    RuleName{"markdown", ValueRule::markdown},
    RuleName{"date", ValueRule::date},
    RuleName{"dateTime", ValueRule::date_time},
    RuleName{"instant", ValueRule::instant},
    RuleName{"time", ValueRule::time},
    RuleName{"base64Binary", ValueRule::base64},
    RuleName{"xhtml", ValueRule::xhtml},
};

struct SpecialName {
  std::string_view type;
  Special special;
};
constexpr std::array special_types = {
    SpecialName{"Identifier", Special::identifier},
    SpecialName{"Coding", Special::coding},
    SpecialName{"CodeableConcept", Special::codeable_concept},
    SpecialName{"Quantity", Special::quantity},
    SpecialName{"Attachment", Special::attachment},
    SpecialName{"Reference", Special::reference},
    SpecialName{"Extension", Special::extension},
    SpecialName{"Narrative", Special::narrative},
};

Special special_of(std::string_view type) {
  const auto* const found = std::find_if(special_types.begin(), special_types.end(),
                                         [&](const SpecialName& row) { return row.type == type; });
  return found == special_types.end() ? Special::none : found->special;
}

struct FusedExpression {
  std::string_view expression;
  Fused fused;
};
// The walk computes the same truth from what it has already counted.
constexpr std::array fused_expressions = {
    FusedExpression{"hasValue() or (children().count() > id.count())", Fused::has_content},
    FusedExpression{"extension.exists() != value.exists()", Fused::extension_xor},
    FusedExpression{"contained.contained.empty()", Fused::nested_contained},
    FusedExpression{"contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()",
                    Fused::contained_version},
    FusedExpression{"contained.meta.security.empty()", Fused::contained_labels},
    FusedExpression{"text.`div`.exists()", Fused::has_narrative},
    FusedExpression{"reference.exists() implies (reference = '#' or "
                    "reference.startsWith('#').not() or "
                    "(reference.substring(1) in %rootResource.contained.id))",
                    Fused::local_reference},
    FusedExpression{"($this is dateTime and $this.hasValue()) implies "
                    "($this as dateTime).toString().length() >= 8",
                    Fused::with_day},
};

Fused fused_of(std::string_view key, std::string_view expression) {
  // Two constraints of the narrative share one function and mean different things.
  if (expression.starts_with("htmlChecks")) {
    return key == "txt-2" ? Fused::narrative_content : Fused::narrative_allowed;
  }
  // The published forms differ from version to version; what they mean does not.
  if (expression.starts_with("contained.where((")) {
    return Fused::contained_used;
  }
  const auto* const found =
      std::find_if(fused_expressions.begin(), fused_expressions.end(),
                   [&](const FusedExpression& row) { return row.expression == expression; });
  return found == fused_expressions.end() ? Fused::none : found->fused;
}

/// The names between the bars of "(a | b).count() = 1" or of "a.exists() or b.exists()"; empty when
/// the expression has another form.
std::vector<std::string_view> alternatives(std::string_view text, std::string_view between) {
  std::vector<std::string_view> names;
  while (true) {
    const std::size_t end = text.find(between);
    const std::string_view name = text.substr(0, end);
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), is_alphanumeric);
    if (!plain) return {};
    names.push_back(name);
    if (end == std::string_view::npos) return names;
    text.remove_prefix(end + between.size());
  }
}

/// Expressions about which children are there need no evaluator.
void fuse_choice(InvariantPlan& plan, const SymbolTable& symbols) {
  constexpr std::string_view one = ").count() = 1";
  constexpr std::string_view some = ".exists()";
  const std::string_view text = plan.expression;
  std::vector<std::string_view> names;
  if (text.starts_with("(") && text.ends_with(one)) {
    names = alternatives(text.substr(1, text.size() - 1 - one.size()), " | ");
    plan.fused = names.empty() ? Fused::none : Fused::one_of;
  } else if (text.ends_with(some)) {
    names = alternatives(text.substr(0, text.size() - some.size()), ".exists() or ");
    plan.fused = names.empty() ? Fused::none : Fused::some_of;
  }
  for (const std::string_view name : names) {
    plan.names.push_back(symbols.find(name));
  }
}

void fuse_presence(InvariantPlan& plan, const SymbolTable& symbols) {
  if (plan.fused == Fused::none) {
    plan.presence = Presence(plan.expression, symbols);
    plan.fused = plan.presence.empty() ? Fused::none : Fused::presence;
  }
}

/// Whether the expression is to be run, at some nodes at least.
bool needs_expression(Fused fused) {
  return fused == Fused::none || fused >= Fused::presence;
}

struct Correction {
  std::string_view published;
  std::string_view corrected;
};
constexpr std::array corrections = {
#define LHCR_CORRECTION(published, corrected) Correction{published, corrected},
#include "validate/plan/invariant_corrections.def"
#undef LHCR_CORRECTION
};

constexpr std::array followers = {
#define LHCR_FOLLOWER(key) std::string_view(key),
#include "validate/plan/followers.def"
#undef LHCR_FOLLOWER
};

bool states(const TypePlan& plan, std::size_t first, const InvariantPlan* invariant) {
  return std::any_of(plan.invariants.begin() + static_cast<std::ptrdiff_t>(first),
                     plan.invariants.end(), [&](const InvariantPlan* other) {
                       return other == invariant || (other->expression == invariant->expression &&
                                                     other->warning == invariant->warning &&
                                                     other->fused == invariant->fused);
                     });
}

}  // namespace

std::string corrected_expression(std::string_view expression) {
  const auto* const found =
      std::find_if(corrections.begin(), corrections.end(),
                   [&](const Correction& row) { return row.published == expression; });
  return std::string(found == corrections.end() ? expression : found->corrected);
}

const InvariantPlan* InvariantPool::get(const definition::Invariant& invariant) {
  std::string id(invariant.key);
  id.append("\n").append(invariant.expression).append(invariant.warning ? "\nw" : "\ne");
  std::unique_ptr<InvariantPlan>& plan = plans_[id];
  if (plan) {
    return plan.get();
  }
  plan = std::make_unique<InvariantPlan>();
  plan->key = invariant.key;
  plan->human = invariant.human;
  plan->source = invariant.source;
  plan->warning = invariant.warning;
  plan->best_practice = invariant.best_practice;
  plan->expression = corrected_expression(invariant.expression);
  plan->fused = fused_of(plan->key, plan->expression);
  plan->follows = std::find(followers.begin(), followers.end(), plan->key) != followers.end();
  if (definitions_.is_cda()) {
    fuse_choice(*plan, symbols_);
  } else {
    fuse_presence(*plan, symbols_);
  }
  if (plan->expression.empty()) {
    plan->fault = "the definition gives no expression";
  } else if (needs_expression(plan->fused)) {
    try {
      fhirpath::CompileOptions options;
      options.as_takes_lists = true;
      plan->compiled.emplace(plan->expression, definitions_, symbols_, options);
    } catch (const fhirpath::ExpressionError& error) {
      plan->fault = error.what();
    }
  }
  return plan.get();
}

Plans::Plans(const definition::Definitions& definitions, const SymbolTable& symbols)
    : definitions_(definitions), pool_(definitions, symbols) {}

ValueRule Plans::value_rule(std::string_view type_name) const {
  const auto* const found =
      std::find_if(value_rules.begin(), value_rules.end(), [&](const RuleName& row) {
        return row.type == type_name && definitions_.fhir_version() >= row.since;
      });
  return found == value_rules.end() ? ValueRule::none : found->rule;
}

const TypePlan& Plans::type(TypeId type) {
  if (plans_.size() <= type) {
    plans_.resize(std::size_t{type} + 64);
  }
  if (!plans_[type]) {
    plans_[type] = compile(type);
  }
  return *plans_[type];
}

void Plans::add_invariants(TypePlan& plan, const std::vector<definition::Invariant>& more,
                           std::size_t first) {
  for (const definition::Invariant& invariant : more) {
    const InvariantPlan* const compiled = pool_.get(invariant);
    if (!states(plan, first, compiled)) {
      plan.invariants.push_back(compiled);
    }
  }
}

void Plans::add_element(TypePlan& plan, const Child& row) {
  const definition::Element element = definitions_.element(row.definition);
  ElementPlan made;
  made.id = row.definition;
  made.name = row.element;
  made.path = element.path;
  made.min = element.min;
  made.max = element.max;
  made.max_length = element.max_length;
  made.first_child = static_cast<std::uint32_t>(plan.children.size());
  made.choice = element.choice;
  made.binding = element.binding;
  made.min_value = element.min_value;
  made.max_value = element.max_value;
  made.fixed = element.fixed;
  made.types = definitions_.element_types(row.definition);
  plan.elements.push_back(std::move(made));
}

ChildPlan Plans::child_plan(TypePlan& plan, const Child& row) {
  ChildPlan made;
  made.element = static_cast<std::uint32_t>(plan.elements.size() - 1);
  made.type = row.type;
  made.flags = row.flags;
  made.invariants_first = static_cast<std::uint32_t>(plan.invariants.size());
  add_invariants(plan, definitions_.element_invariants(row.definition), made.invariants_first);
  if (row.type != definition::no_type) {
    const definition::TypeInfo& info = definitions_.info(row.type);
    made.primitive = info.kind == definition::TypeKind::primitive;
    made.rule = made.primitive ? value_rule(info.name) : ValueRule::none;
    made.special = special_of(info.name);
    made.json_kind = info.json_kind;
    const bool holds_resource = (row.flags & definition::child_resource) != 0;
    if (info.root != definition::no_element && !holds_resource) {
      add_invariants(plan, definitions_.element_invariants(info.root), made.invariants_first);
    }
  }
  made.invariants_count =
      static_cast<std::uint32_t>(plan.invariants.size()) - made.invariants_first;
  return made;
}

std::unique_ptr<TypePlan> Plans::compile(TypeId type) {
  auto plan = std::make_unique<TypePlan>();
  const definition::TypeInfo& info = definitions_.info(type);
  const std::span<const Child> rows = definitions_.children(type);
  plan->type = type;
  plan->name = info.name;
  plan->structure = info.structure;
  plan->has_value = value_rule(info.name) != ValueRule::none;
  plan->rows = rows.data();
  const bool canonical = definitions_.derives(type, definitions_.type("DomainResource")) &&
                         std::any_of(rows.begin(), rows.end(), [&](const Child& row) {
                           return definitions_.element(row.definition).path.ends_with(".publisher");
                         });
  for (const Child& row : rows) {
    if (plan->elements.empty() || plan->elements.back().id != row.definition) {
      add_element(*plan, row);
    }
    plan->children.push_back(child_plan(*plan, row));
    plan->children.back().canonical_url = canonical && plan->elements.back().path.ends_with(".url");
  }
  plan->own_first = static_cast<std::uint32_t>(plan->invariants.size());
  if (info.root != definition::no_element) {
    add_invariants(*plan, definitions_.element_invariants(info.root), plan->own_first);
  }
  plan->own_count = static_cast<std::uint32_t>(plan->invariants.size()) - plan->own_first;
  return plan;
}

}  // namespace lhcr::validate
