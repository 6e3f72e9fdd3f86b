// SPDX-License-Identifier: Apache-2.0
/// Codes of UK records: SNOMED CT identifiers, displays, code systems of another release,
/// medicines, vital signs, units.
#include <algorithm>
#include <array>

#include "base/check_digit.hpp"
#include "base/names.hpp"
#include "finding/id.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

struct Renamed {
  std::string_view stu3;
  std::string_view r4;
};
/// Prefixes; more specific ones come first.
constexpr std::array renamed_systems = {
#define LHCR_RENAMED_SYSTEM(stu3, r4) Renamed{stu3, r4},
#include "validate/nhs/nhs_tables.def"
};

constexpr std::string_view category_system_end = "observation-category";
constexpr std::string_view vital_signs = "vital-signs";
constexpr std::size_t shortest_sctid = 6;
constexpr std::size_t longest_sctid = 18;

/// The name that the release of these definitions has for a code system of the other release, empty
/// when `system` is none.
std::string system_here(const Run& run, std::string_view system) {
  if (run.definitions.code_system(system) != definition::no_code_system) return {};
  for (const Renamed& row : renamed_systems) {
    const std::string_view from = run.state.stu3 ? row.r4 : row.stu3;
    const std::string_view to = run.state.stu3 ? row.stu3 : row.r4;
    if (!system.starts_with(from)) continue;
    std::string name = std::string(to).append(system.substr(from.size()));
    if (run.definitions.code_system(name) != definition::no_code_system) return name;
  }
  return {};
}

void check_system(Run& run, NodeId node, std::string_view system) {
  const auto known = uk_system(system);
  if (known) {
    if (!known->exact) {
      run.report(node, id<"system-misspelt">, {std::string(system), std::string(known->url)});
    }
    return;
  }
  const std::string here = system_here(run, system);
  const std::string release(run.definitions.fhir_version());
  if (!here.empty()) {
    run.report(node, id<"system-of-other-version">, {std::string(system), release, "use " + here});
  } else if (!run.state.stu3 && is_uk_canonical(system) &&
             system.find("/STU3/") != std::string_view::npos) {
    run.report(
        node, id<"system-of-other-version">,
        {std::string(system), release, "use the system that UK Core names for this element"});
  }
}

enum class SctidFault : std::uint8_t { none, form, check_digit, no_concept };

/// SNOMED CT Release File Specification, "SCTID representation": 6 to 18 digits, the last is a
/// Verhoeff check digit, the two before it say what is identified: x0 concept, x1 description, x2
/// relationship, where x is 1 for ids of a namespace.
SctidFault sctid_fault(std::string_view digits) {
  if (digits.size() < shortest_sctid || digits.size() > longest_sctid || !is_digits(digits) ||
      digits.front() == '0') {
    return SctidFault::form;
  }
  if (!has_verhoeff_check_digit(digits)) return SctidFault::check_digit;
  const std::string_view partition = digits.substr(digits.size() - 3, 2);
  if (partition[0] > '1' || partition[1] > '2') return SctidFault::form;
  return partition[1] == '0' ? SctidFault::none : SctidFault::no_concept;
}

/// A postcoordinated expression joins concepts by operators; terms stand between bars, texts
/// between quotes, numbers behind '#'.
bool is_expression(std::string_view code) {
  return code.find_first_of(":+=|{}(),<> ") != std::string_view::npos;
}

void check_expression(Run& run, NodeId node, std::string_view code) {
  bool term = false;
  for (std::size_t at = 0; at < code.size();) {
    if (code[at] == '|' || code[at] == '"') term = !term;
    const std::size_t end = std::min(code.find_first_not_of("0123456789", at), code.size());
    if (!term && end > at && (at == 0 || (code[at - 1] != '#' && code[at - 1] != '.'))) {
      check_sctid(run, node, code.substr(at, end - at));
    }
    at = std::max(end, at + 1);
  }
}

void check_sctid(Run& run, NodeId node) {
  const std::string_view code = run.tree[node].text();
  if (is_expression(code)) {
    check_expression(run, node, code);
  } else {
    check_sctid(run, node, code);
  }
}

/// Whether a concept has a coding from a system of one of these kinds.
bool coded_in(const Run& run, NodeId concept_node, std::initializer_list<UkSystem> kinds) {
  const auto children = run.tree.children(concept_node);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    if (run.tree[at].element != name::coding) return false;
    const auto known = uk_system(run.child_text(at, name::system));
    return known && std::find(kinds.begin(), kinds.end(), known->kind) != kinds.end() &&
           run.has_text(run.child(at, name::code));
  });
}

bool has_coding(const Run& run, NodeId concept_node, std::string_view system_end,
                std::string_view code) {
  const auto children = run.tree.children(concept_node);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return run.tree[at].element == name::coding &&
           run.child_text(at, name::system).ends_with(system_end) &&
           run.child_text(at, name::code) == code;
  });
}

bool has_category(const Run& run, NodeId resource) {
  const auto children = run.tree.children(resource);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return run.tree[at].element == name::category &&
           has_coding(run, at, category_system_end, vital_signs);
  });
}

/// Whether a profile of vital signs is claimed.
bool claims_vital_signs(const Run& run, NodeId resource) {
  const NodeId meta = run.child(resource, name::meta);
  if (meta == no_node) return false;
  const auto children = run.tree.children(meta);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return run.tree[at].element == name::profile &&
           run.tree[at].text().find("UKCore-Observation-VitalSigns") != std::string_view::npos;
  });
}

}  // namespace

void check_sctid(Run& run, NodeId node, std::string_view id) {
  const std::array<std::string, 1> arguments = {std::string(id)};
  switch (sctid_fault(id)) {
    case SctidFault::form:
      return run.report(node, finding::id<"sctid-form">, arguments);
    case SctidFault::check_digit:
      return run.report(node, finding::id<"sctid-check-digit">, arguments);
    case SctidFault::no_concept:
      return run.report(node, finding::id<"sctid-not-concept">, arguments);
    case SctidFault::none:
      break;
  }
}

void check_nhs_coding(Run& run, NodeId node) {
  const NodeId system = run.child(node, name::system);
  const NodeId code = run.child(node, name::code);
  // Tags, security labels and codings in extensions are for machines.
  const bool clinical = run.tree[node].element == name::coding;
  if (clinical && run.has_text(code) && !run.has_text(run.child(node, name::display))) {
    run.report(node, id<"coding-without-display">, {std::string(run.tree[code].text())});
  }
  if (!run.has_text(system)) return;
  check_system(run, system, run.tree[system].text());
  const auto known = uk_system(run.tree[system].text());
  if (known && (known->kind == UkSystem::snomed || known->kind == UkSystem::dmd) &&
      run.has_text(code)) {
    check_sctid(run, code);
  }
}

void check_nhs_concept(Run& run, NodeId node) {
  const tree::Node& at = run.tree[node];
  if (run.state.nhs.names_medicine(run.tree[at.parent].type, at.element) &&
      !coded_in(run, node, {UkSystem::snomed, UkSystem::dmd})) {
    run.report(node, id<"medication-not-coded">);
  }
}

void check_nhs_quantity(Run& run, NodeId node) {
  const NodeId unit = run.child(node, name::unit);
  if (run.has_text(unit) && (!run.has_text(run.child(node, name::system)) ||
                             !run.has_text(run.child(node, name::code)))) {
    run.report(node, id<"quantity-not-coded">, {std::string(run.tree[unit].text())});
  }
}

void check_nhs_observation(Run& run, NodeId resource) {
  const bool category = has_category(run, resource);
  if (!category && !claims_vital_signs(run, resource)) return;
  if (!category) run.report(resource, id<"vital-sign-category">);
  const NodeId code = run.child(resource, name::code);
  if (code == no_node) return;
  if (!coded_in(run, code, {UkSystem::loinc})) {
    run.report(code, id<"vital-sign-code">, {"LOINC", "http://loinc.org"});
  }
  if (!run.state.stu3 && !coded_in(run, code, {UkSystem::snomed})) {
    run.report(code, id<"vital-sign-code">, {"SNOMED CT", "http://snomed.info/sct"});
  }
}

}  // namespace lhcr::validate
