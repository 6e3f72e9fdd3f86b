// SPDX-License-Identifier: Apache-2.0
/// Codes: membership in bound value sets, existence in their code systems, displays.
#include <algorithm>
#include <array>

#include "base/code_grammar.hpp"
#include "base/names.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "definition/system_codes.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/element/released_sets.hpp"
#include "validate/resource/code_system.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::Binding;
using definition::Membership;
using definition::Strength;
using finding::Id;
using finding::id;
using finding::Severity;
using tree::NodeId;

/// Of sets and systems with more codes none is suggested.
constexpr std::size_t most_compared = 500;

bool judged(Strength strength) {
  return strength == Strength::required || strength == Strength::extensible;
}

std::string set_label(const Run& run, const Binding& binding) {
  const std::string_view name = run.definitions.value_set_name(binding.set);
  return name.empty() ? std::string(binding.value_set)
                      : std::string(name) + " (" + std::string(binding.value_set) + ")";
}

std::string code_label(const Code& code) {
  return std::string(code.system) + "#" + std::string(code.code);
}

Code read_code(const Run& run, NodeId node) {
  return {run.child_text(node, name::system), run.child_text(node, name::code)};
}

/// The codes of a code, Coding, Quantity or CodeableConcept.
std::vector<CodeQuestion> questions_about(const Run& run, NodeId node, const Binding& binding) {
  std::vector<CodeQuestion> questions;
  const auto add = [&](const Code& code) {
    if (!code.code.empty()) {
      questions.push_back(
          {std::string(binding.value_set), std::string(code.system), std::string(code.code)});
    }
  };
  if (run.tree[node].kind != tree::Kind::object) {
    add({{}, run.tree[node].text()});
    return questions;
  }
  add(read_code(run, node));
  for (const NodeId at : tree::named(run.tree, node, name::coding)) add(read_code(run, at));
  return questions;
}

/// A terminology server may know what the definitions do not.
void leave_unchecked(Run& run, NodeId node, const Binding& binding) {
  if (!judged(binding.strength)) {
    return;
  }
  if (run.may_ask()) {
    run.pending_codes.ask(node, binding, questions_about(run, node, binding));
  } else {
    run.count_unchecked(id<"binding-not-checked">, binding.value_set);
  }
}

void leave_system_unchecked(Run& run, NodeId node, const Code& code) {
  if (run.may_ask()) {
    run.pending_codes.ask(node, {{}, std::string(code.system), std::string(code.code)});
  } else {
    run.count_unchecked(id<"code-system-not-here">, code.system);
  }
}

/// Codes that the specification uses itself and that its value set does not list.
struct OwnCodes {
  std::string_view value_set;
  std::string_view prefix;
};
constexpr std::array own_codes = {
    OwnCodes{"http://hl7.org/fhir/ValueSet/defined-types", "http://hl7.org/fhirpath/System."},
    OwnCodes{"http://hl7.org/fhir/ValueSet/all-types", "http://hl7.org/fhirpath/System."},
};

bool own_code(const Binding& binding, const Code& code) {
  return std::any_of(own_codes.begin(), own_codes.end(), [&](const OwnCodes& own) {
    return code.code.starts_with(own.prefix) && binding.value_set.starts_with(own.value_set);
  });
}

/// FHIR's short names of its own formats stand where media types are asked for (R4, the comment of
/// CapabilityStatement.format; http.html 3.1.0.1.11).
bool is_short_format(std::string_view code) {
  constexpr std::array<std::string_view, 3> names = {"json", "ttl", "xml"};
  return std::find(names.begin(), names.end(), code) != names.end();
}

/// What the grammar of a system says of a code; nullopt for systems that have none.
std::optional<bool> by_grammar(Run& run, std::string_view system, std::string_view code) {
  if (system == "urn:ietf:bcp:13") {
    return is_media_type(code) || is_short_format(code);
  }
  if (system == "urn:ietf:bcp:47") {
    return is_language_tag(code);
  }
  return system == ucum_system ? std::optional(run.state.units.is_ucum(run.definitions, code))
                               : std::nullopt;
}

/// The codes of a set that nobody lists: a grammar decides them where there is one.
Membership open_membership(Run& run, definition::ValueSetId set, const Code& code) {
  const auto systems = run.definitions.open_systems(set);
  Membership best = systems.empty() ? Membership::unknown : Membership::no;
  for (const auto& [system, whole] : systems) {
    if (!code.system.empty() && code.system != system) {
      continue;
    }
    const std::optional<bool> good = by_grammar(run, system, code.code);
    if (good == true && whole) {
      return Membership::yes;
    }
    best = good == false ? best : Membership::unknown_system;
  }
  return best;
}

/// Value sets that no resource defines: their canonicals say of which system their codes are
/// (R4 snomedct.html#implicit, loinc.html, ucum.html).
struct ImplicitSet {
  std::string_view prefix;  ///< of the canonical
  std::string_view mark;    ///< that it holds
  std::string_view system;
};
constexpr std::array implicit_sets = {
    ImplicitSet{"http://snomed.info/sct", "?fhir_vs", "http://snomed.info/sct"},
    ImplicitSet{"http://loinc.org/vs", "", "http://loinc.org"},
    ImplicitSet{"http://unitsofmeasure.org/vs", "", ucum_system},
};

/// What can be said of a set that is not here: a code of another system is not in it.
Membership implicit_membership(const Binding& binding, const Code& code) {
  const auto* const set =
      std::find_if(implicit_sets.begin(), implicit_sets.end(), [&](const ImplicitSet& row) {
        return binding.value_set.starts_with(row.prefix) &&
               binding.value_set.find(row.mark) != std::string_view::npos;
      });
  const bool other =
      set != implicit_sets.end() && !code.system.empty() && code.system != set->system;
  return other ? Membership::no : Membership::unknown;
}

Membership membership(Run& run, const Binding& binding, const Code& code) {
  if (own_code(binding, code)) {
    return Membership::yes;
  }
  if (binding.set == definition::no_value_set) {
    return implicit_membership(binding, code);
  }
  Membership found = run.definitions.contains(binding.set, code.system, code.code);
  if (found == Membership::unknown_system) {
    found = open_membership(run, binding.set, code);
  }
  return found == Membership::yes || found == Membership::no
             ? found
             : run.state.sets->released(binding.set, code.system, code.code, found);
}

/// maxValueSet: the set that no code may leave, however weak the binding itself is.
Binding maximum_of(const Binding& binding) {
  Binding maximum;
  maximum.strength = binding.max_value_set.empty() ? Strength::none : Strength::required;
  maximum.value_set = binding.max_value_set;
  maximum.set = binding.max_set;
  return maximum;
}

void check_display(Run& run, NodeId node, const Code& code, definition::CodeSystemId system) {
  const NodeId display = run.child(node, name::display);
  if (!run.has_text(display) || !is_english(run)) {
    return;
  }
  const std::vector<std::string_view> known = run.definitions.displays(system, code.code);
  const std::string_view given = run.tree[display].text();
  const bool found =
      known.empty() || std::any_of(known.begin(), known.end(), [&](std::string_view other) {
        return same_display(other, given);
      });
  if (!found) {
    run.report(display, id<"display-wrong">,
               {std::string(given), code_label(code), std::string(known.front())});
  }
}

/// What can be said about a system that no code system here defines.
void check_unknown_system(Run& run, NodeId node, const Code& code) {
  const std::string_view system = code.system;
  const NodeId at = run.child(node, name::system);
  if (!is_absolute_url(system)) {
    run.report(at, id<"coding-system-relative">, {std::string(system)});
  } else if (run.definitions.value_set(system) != definition::no_value_set) {
    run.report(at, id<"coding-system-is-value-set">, {std::string(system)});
  } else if (const auto good = by_grammar(run, system, code.code); !good) {
    leave_system_unchecked(run, node, code);
  } else if (!*good && system != ucum_system) {  // check_unit() says that
    run.report(run.child(node, name::code), id<"code-unknown">,
               {std::string(code.code), std::string(system)});
  }
}

/// Whether a coding's code exists, and its display.
void check_code_exists(Run& run, NodeId node, const Code& code) {
  if (check_released(run, node, code)) {
    return;
  }
  const definition::CodeSystemId system = run.definitions.code_system(code.system);
  if (system == definition::no_code_system) {
    check_unknown_system(run, node, code);
  } else if (is_supplement(run, code.system)) {
    run.report(run.child(node, name::system), id<"code-unknown">,
               {std::string(code.code),
                std::string(code.system) + ", which is a supplement and has no codes of its own"});
  } else if (run.definitions.code_system_has(system, code.code)) {
    check_display(run, node, code, system);
  } else if (run.definitions.code_system_complete(system)) {
    std::string hint =
        run.reports() ? instead_of(code.code,
                                   definition::system_codes(run.definitions, system, most_compared))
                      : std::string{};
    run.report(run.child(node, name::code), id<"code-unknown">,
               {std::string(code.code), std::string(code.system), std::move(hint)});
  } else {
    leave_system_unchecked(run, node, code);
  }
}

std::string concept_label(const Run& run, NodeId node) {
  std::string text;
  for (const NodeId at : tree::named(run.tree, node, name::coding)) {
    text.append(text.empty() ? "" : ", ").append(code_label(read_code(run, at)));
  }
  return text;
}

/// The best membership of a concept's codings: yes, then unknown, then no.
Membership concept_membership(Run& run, NodeId node, const Binding& binding) {
  Membership best = Membership::no;
  for (const NodeId at : tree::named(run.tree, node, name::coding)) {
    const Membership found = membership(run, binding, read_code(run, at));
    if (found == Membership::yes) {
      return found;
    }
    best = found == Membership::no ? best : found;
  }
  return best;
}

/// Judges codes against a binding. Returns whether they are known to be outside. `label` makes what
/// a finding calls them, which most codes need not be called.
template <typename Label, typename Find>
bool judge_binding(Run& run, NodeId node, const Binding& binding, const Label& label,
                   const Find& find) {
  if (!judged(binding.strength)) {
    return false;
  }
  const Membership found = find(binding);
  if (found == Membership::no) {
    report_outside(run, node, binding, label());
  } else if (found != Membership::yes) {
    leave_unchecked(run, node, binding);
  }
  return found == Membership::no;
}

/// The largest set first: who is outside that is outside of all. Returns whether it is known to be.
template <typename Label, typename Find>
bool judge_both(Run& run, NodeId node, const Binding& binding, const Label& label,
                const Find& find) {
  return judge_binding(run, node, maximum_of(binding), label, find) ||
         judge_binding(run, node, binding, label, find);
}

bool judges(const Binding& binding) {
  return judged(binding.strength) || !binding.max_value_set.empty();
}

void check_one_code(Run& run, NodeId node, const Binding& binding, const Code& code) {
  if (!judges(binding) || code.code.empty()) {
    return;
  }
  judge_both(
      run, node, binding, [&] { return code_label(code); },
      [&](const Binding& bound) { return membership(run, bound, code); });
}

}  // namespace

namespace {

/// What to write instead of a code: the one that is nearly the same, and all where they are few.
std::string permitted_by(Run& run, const Binding& binding, std::string_view label) {
  const auto [known, fresh] = run.state.permitted.try_emplace(binding.set);
  if (fresh && binding.set != definition::no_value_set) {
    known->second = run.definitions.sample_codes(binding.set, most_compared);
  }
  const std::string_view code = label.substr(0, label.find(','));
  return instead_of(code.substr(code.find('#') + 1), known->second);  // without system: the whole
}

}  // namespace

void report_outside(Run& run, NodeId node, const Binding& binding, const std::string& what) {
  const bool required = binding.strength == Strength::required;
  if (required || binding.strength == Strength::extensible) {
    std::string hint = run.reports() ? permitted_by(run, binding, what) : std::string{};
    const auto kind = required ? finding::KindTaking<3>(id<"code-not-in-value-set">)
                               : id<"code-not-in-extensible-set">;
    run.report(node, kind.id, {what, set_label(run, binding), std::move(hint)});
  }
}

bool is_english(const Run& run) {
  const NodeId top = run.frame == nullptr ? tree::no_node : run.frame->node;
  if (top == tree::no_node) {
    return true;
  }
  const NodeId code = run.child(top, name::language_code);  // of a CDA document
  const std::string_view language = code == tree::no_node ? run.child_text(top, name::language)
                                                          : run.child_text(code, name::code);
  return language.empty() || language.starts_with("en");
}

void check_code_binding(Run& run, NodeId node, const Binding& binding) {
  if (!judges(binding)) {
    return;
  }
  const Code code{{}, run.tree[node].text()};
  const bool outside = judge_both(
      run, node, binding, [&] { return std::string(code.code); },
      [&](const Binding& bound) { return membership(run, bound, code); });
  if (outside && binding.strength == Strength::required) {
    run.report_following(node, id<"code-without-system">,
                         {std::string(code.code), set_label(run, binding)});
  }
}

void check_coding_binding(Run& run, NodeId node, const Binding& binding) {
  check_one_code(run, node, binding, read_code(run, node));
}

void check_coding(Run& run, NodeId node, const Binding& binding) {
  const Code code = read_code(run, node);
  check_unit(run, node);
  if (!code.system.empty() && !code.code.empty()) {
    check_code_exists(run, node, code);
  } else if (!code.code.empty()) {
    run.report(node, Severity::warning, id<"coding-without-system">, {std::string(code.code)});
  }
  check_coding_binding(run, node, binding);
}

void check_concept_binding(Run& run, NodeId node, const Binding& binding) {
  if (!judges(binding)) {
    return;
  }
  if (run.child(node, name::coding) != tree::no_node) {
    judge_both(
        run, node, binding, [&] { return concept_label(run, node); },
        [&](const Binding& bound) { return concept_membership(run, node, bound); });
    return;
  }
  // A maxValueSet is a required binding over an extensible one; a preferred one demands nothing of
  // a text alone.
  const Binding maximum = maximum_of(binding);
  const bool bound = judged(binding.strength) && judged(maximum.strength);
  const Binding& asked = bound ? maximum : binding;
  if (judged(asked.strength)) {
    std::string set = set_label(run, asked);
    if (asked.strength == Strength::required) {
      run.report(node, id<"code-missing">,
                 {std::move(set), run.reports() ? permitted_by(run, asked, {}) : std::string{}});
    } else {
      run.report(node, id<"code-absent">, {std::move(set)});
    }
  }
}

void check_codeable_concept(Run& run, NodeId node, const Binding& binding) {
  check_concept_binding(run, node, binding);
  check_read_maps(run, node);
}

void check_quantity(Run& run, NodeId node, const Binding& binding) {
  const Code code = read_code(run, node);
  check_unit(run, node);
  // That a system is not here is said of Codings; of quantities only what is known to be wrong.
  if (!code.code.empty() &&
      run.definitions.code_system(code.system) != definition::no_code_system) {
    check_code_exists(run, node, code);
  }
  check_one_code(run, node, binding, code);
}

namespace {

/// `judge`: of a system and a code.
template <typename Judge>
std::optional<bool> best_membership(const tree::Tree& tree, NodeId node, const Judge& judge) {
  const auto judge_node = [&](NodeId at) -> Membership {
    return tree[at].kind == tree::Kind::object
               ? judge(child_text(tree, at, name::system), child_text(tree, at, name::code))
               : judge(std::string_view{}, tree[at].text());
  };
  Membership best = judge_node(node);
  for (const NodeId at : tree.children(node)) {
    if (tree[at].element == name::coding && best != Membership::yes) {
      const Membership found = judge_node(at);
      best = found == Membership::no && best != Membership::no ? best : found;
    }
  }
  if (best == Membership::unknown || best == Membership::unknown_system) {
    return std::nullopt;
  }
  return best == Membership::yes;
}

}  // namespace

std::optional<bool> member_of(ReleasedSets& sets, const tree::Tree& tree, NodeId node,
                              std::string_view canonical) {
  return best_membership(tree, node, [&](std::string_view system, std::string_view code) {
    return sets.contains(canonical, system, code);
  });
}

std::optional<bool> member_of(Run& run, NodeId node, definition::ValueSetId set,
                              std::string_view canonical) {
  ReleasedSets& sets = *run.state.sets;
  const auto known =
      set == definition::no_value_set
          ? member_of(sets, run.tree, node, canonical)
          : best_membership(run.tree, node, [&](std::string_view system, std::string_view code) {
              return sets.contains(set, system, code);
            });
  if (known || run.options.terminology == nullptr) {
    return known;
  }
  Binding asked;
  asked.value_set = canonical;
  const std::vector<CodeQuestion> questions = questions_about(run, node, asked);
  const std::vector<CodeVerdict> verdicts = run.options.terminology->judge(questions);
  const auto any = [&](CodeVerdict wanted) {
    return std::find(verdicts.begin(), verdicts.end(), wanted) != verdicts.end();
  };
  if (any(CodeVerdict::yes)) {
    return true;
  }
  return any(CodeVerdict::unknown) ? std::nullopt : std::optional(false);
}

}  // namespace lhcr::validate
