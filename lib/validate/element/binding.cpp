// SPDX-License-Identifier: Apache-2.0
/// Codes: membership in bound value sets, existence in their code systems, displays.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/resource/code_system.hpp"

namespace lhcr::validate {
namespace {

using definition::Binding;
using definition::Membership;
using definition::Strength;
using finding::Id;
using finding::Severity;
using tree::NodeId;

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
  return {run.child_text(node, run.names.system), run.child_text(node, run.names.code)};
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
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == run.names.coding) add(read_code(run, at));
  }
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
    run.count_unchecked(Id::binding_not_checked, binding.value_set);
  }
}

void leave_system_unchecked(Run& run, NodeId node, const Code& code) {
  if (run.may_ask()) {
    run.pending_codes.ask(node, {{}, std::string(code.system), std::string(code.code)});
  } else {
    run.count_unchecked(Id::code_system_not_here, code.system);
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

Membership membership(const Run& run, const Binding& binding, const Code& code) {
  if (own_code(binding, code)) {
    return Membership::yes;
  }
  return binding.set == definition::no_value_set
             ? Membership::unknown
             : run.definitions.contains(binding.set, code.system, code.code);
}

void check_max_set(Run& run, NodeId node, const Binding& binding, const Code& code) {
  if (binding.max_set != definition::no_value_set &&
      run.definitions.contains(binding.max_set, code.system, code.code) == Membership::no) {
    run.report(node, Id::code_not_in_value_set,
               {code_label(code), std::string(binding.max_value_set)});
  }
}

bool english(const Run& run) {
  const std::string_view language = run.frame == nullptr
                                        ? std::string_view{}
                                        : run.child_text(run.frame->node, run.names.language);
  return language.empty() || language.starts_with("en");
}

void check_display(Run& run, NodeId node, const Code& code, definition::CodeSystemId system) {
  const NodeId display = run.child(node, run.names.display);
  if (!run.has_text(display) || !english(run)) {
    return;
  }
  const std::vector<std::string_view> known = run.definitions.displays(system, code.code);
  const std::string_view given = run.tree[display].text();
  const bool found =
      known.empty() || std::any_of(known.begin(), known.end(), [&](std::string_view other) {
        return same_display(other, given);
      });
  if (!found) {
    run.report(display, Id::display_wrong,
               {std::string(given), code_label(code), std::string(known.front())});
  }
}

/// What can be said about a system that no code system here defines.
void check_unknown_system(Run& run, NodeId node, const Code& code) {
  const std::string_view system = code.system;
  const NodeId at = run.child(node, run.names.system);
  if (!is_absolute_url(system)) {
    run.report(at, Id::coding_system_relative, {std::string(system)});
  } else if (run.definitions.value_set(system) != definition::no_value_set) {
    run.report(at, Id::coding_system_is_value_set, {std::string(system)});
  } else {
    leave_system_unchecked(run, node, code);
  }
}

/// Whether a coding's code exists, and its display.
void check_code_exists(Run& run, NodeId node, const Code& code) {
  if (code.system.empty() || code.code.empty()) {
    if (!code.code.empty()) {
      run.report(node, Severity::warning, Id::coding_without_system, {std::string(code.code)});
    }
    return;
  }
  const definition::CodeSystemId system = run.definitions.code_system(code.system);
  if (system == definition::no_code_system) {
    check_unknown_system(run, node, code);
  } else if (is_supplement(run, code.system)) {
    run.report(run.child(node, run.names.system), Id::code_unknown,
               {std::string(code.code),
                std::string(code.system) + ", which is a supplement and has no codes of its own"});
  } else if (run.definitions.code_system_has(system, code.code)) {
    check_display(run, node, code, system);
  } else if (run.definitions.code_system_complete(system)) {
    run.report(run.child(node, run.names.code), Id::code_unknown,
               {std::string(code.code), std::string(code.system)});
  } else {
    leave_system_unchecked(run, node, code);
  }
}

std::string concept_label(const Run& run, NodeId node) {
  std::vector<std::string> labels;
  std::string text;
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == run.names.coding) {
      text.append(text.empty() ? "" : ", ").append(code_label(read_code(run, at)));
    }
  }
  return text;
}

/// The best membership of a concept's codings: yes, then unknown, then no.
Membership concept_membership(const Run& run, NodeId node, const Binding& binding, bool& any) {
  Membership best = Membership::no;
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element != run.names.coding) {
      continue;
    }
    any = true;
    const Membership found = membership(run, binding, read_code(run, at));
    if (found == Membership::yes) {
      return found;
    }
    best = found == Membership::no ? best : found;
  }
  return best;
}

void check_concept_max_set(Run& run, NodeId node, const Binding& binding) {
  if (binding.max_set == definition::no_value_set) {
    return;
  }
  Binding maximum = binding;
  maximum.set = binding.max_set;
  maximum.value_set = binding.max_value_set;
  maximum.strength = Strength::required;
  bool any = false;
  if (concept_membership(run, node, maximum, any) == Membership::no) {
    report_outside(run, node, maximum, concept_label(run, node));
  }
}

void check_one_code(Run& run, NodeId node, const Binding& binding, const Code& code) {
  if (!judged(binding.strength) || code.code.empty()) {
    return;
  }
  const Membership found = membership(run, binding, code);
  if (found == Membership::no) {
    report_outside(run, node, binding, code_label(code));
    check_max_set(run, node, binding, code);
  } else if (found != Membership::yes) {
    leave_unchecked(run, node, binding);
  }
}

}  // namespace

void report_outside(Run& run, NodeId node, const Binding& binding, const std::string& what) {
  if (binding.strength == Strength::required) {
    run.report(node, Id::code_not_in_value_set, {what, set_label(run, binding)});
  } else if (binding.strength == Strength::extensible) {
    run.report(node, Severity::warning, Id::code_not_in_extensible_set,
               {what, set_label(run, binding)});
  }
}

void check_code_binding(Run& run, NodeId node, const Binding& binding) {
  if (!judged(binding.strength)) {
    return;
  }
  const Code code{{}, run.tree[node].text()};
  const Membership found = membership(run, binding, code);
  if (found == Membership::no) {
    if (binding.strength == Strength::required) {
      run.report(node, Id::code_without_system, {std::string(code.code), set_label(run, binding)});
    }
    report_outside(run, node, binding, std::string(code.code));
    check_max_set(run, node, binding, code);
  } else if (found != Membership::yes) {
    leave_unchecked(run, node, binding);
  }
}

void check_coding_binding(Run& run, NodeId node, const Binding& binding) {
  check_one_code(run, node, binding, read_code(run, node));
}

void check_coding(Run& run, NodeId node, const Binding& binding) {
  check_unit(run, node);
  check_code_exists(run, node, read_code(run, node));
  check_coding_binding(run, node, binding);
}

void check_concept_binding(Run& run, NodeId node, const Binding& binding) {
  if (!judged(binding.strength)) {
    return;
  }
  bool any = false;
  const Membership found = concept_membership(run, node, binding, any);
  if (!any) {
    const Severity severity =
        binding.strength == Strength::required ? Severity::error : Severity::warning;
    run.report(node, severity, Id::code_missing, {set_label(run, binding)});
  } else if (found == Membership::no) {
    report_outside(run, node, binding, concept_label(run, node));
    check_concept_max_set(run, node, binding);
  } else if (found != Membership::yes) {
    leave_unchecked(run, node, binding);
  }
}

void check_codeable_concept(Run& run, NodeId node, const Binding& binding) {
  check_concept_binding(run, node, binding);
}

void check_quantity(Run& run, NodeId node, const Binding& binding) {
  check_unit(run, node);
  check_one_code(run, node, binding, read_code(run, node));
}

std::optional<bool> member_of(const definition::Definitions& definitions, const tree::Tree& tree,
                              NodeId node, definition::ValueSetId set) {
  const Symbol system = tree.find("system");
  const Symbol code = tree.find("code");
  const auto text = [&](NodeId from, Symbol name) {
    const NodeId found = tree.child(from, name);
    return found == tree::no_node ? std::string_view{} : tree[found].text();
  };
  const auto judge = [&](NodeId at) -> Membership {
    return tree[at].kind == tree::Kind::object
               ? definitions.contains(set, text(at, system), text(at, code))
               : definitions.contains(set, {}, tree[at].text());
  };
  Membership best = judge(node);
  const Symbol coding = tree.find("coding");
  for (const NodeId at : tree.children(node)) {
    if (tree[at].element == coding && best != Membership::yes) {
      const Membership found = judge(at);
      best = found == Membership::no && best != Membership::no ? best : found;
    }
  }
  if (best == Membership::unknown || best == Membership::unknown_system) {
    return std::nullopt;
  }
  return best == Membership::yes;
}

}  // namespace lhcr::validate
