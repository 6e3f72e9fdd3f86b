// SPDX-License-Identifier: Apache-2.0
/// Codes of CDA: systems are named by OID, the terminology by URI.
#include <algorithm>
#include <iterator>

#include "base/names.hpp"
#include "base/uk_system.hpp"
#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"
#include "validate/element/released_sets.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::Membership;
using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

/// The codes of an attribute or element; those of an attribute of several have no list of their
/// own.
struct CdaCode {
  std::string_view system;  ///< OID; empty where the type fixes the system
  std::string_view code;
};

CdaCode read_cda_code(const Run& run, NodeId node) {
  if (run.tree[node].kind == tree::Kind::string && run.tree[node].is(tree::Flag::attribute)) {
    return {{}, run.tree[node].text()};
  }
  if (run.child(node, name::code) == no_node) {
    return {{}, run.tree[node].text()};
  }
  return {run.child_text(node, name::code_system), run.child_text(node, name::code)};
}

/// Sets that stand for a grammar (BCP 47) and list a few of its words only.
constexpr std::string_view open_sets[] = {"http://terminology.hl7.org/ValueSet/Languages"};

Membership membership(const Run& run, definition::ValueSetId set, const CdaCode& code) {
  if (set == definition::no_value_set ||
      std::find(std::begin(open_sets), std::end(open_sets), run.definitions.value_set_url(set)) !=
          std::end(open_sets)) {
    return Membership::unknown;
  }
  return run.state.sets->contains(
      set, code.system.empty() ? std::string() : cda_system(run, code.system), code.code);
}

void judge(Run& run, NodeId node, const definition::Binding& binding, const CdaCode& code) {
  const Membership found = membership(run, binding.set, code);
  if (found == Membership::no) {
    std::string label(code.code);
    if (!code.system.empty()) {
      label.append(" (").append(code.system).append(")");
    }
    report_outside(run, node, binding, label);
  } else if (found != Membership::yes) {
    run.count_unchecked(id<"binding-not-checked">, binding.value_set);
  }
}

}  // namespace

std::string cda_system(const Run& run, std::string_view oid) {
  const std::string urn = std::string("urn:oid:").append(oid);
  const std::string_view known = run.definitions.resource(urn);
  return known.empty() ? urn : std::string(known);
}

void check_cda_binding(Run& run, NodeId node, const definition::Binding& binding) {
  if (binding.strength < definition::Strength::extensible) {
    return;
  }
  const CdaCode code = read_cda_code(run, node);
  if (code.code.empty()) {
    return;
  }
  // An attribute may be a list: use="HP WP".
  for (std::string_view left = code.code; !left.empty();) {
    const std::size_t end = std::min(left.find(' '), left.size());
    if (end > 0) {
      judge(run, node, binding, {code.system, left.substr(0, end)});
    }
    left.remove_prefix(std::min(end + 1, left.size()));
  }
}

void check_cda_code(Run& run, NodeId node) {
  if (run.options.library == nullptr || run.child(node, name::code_system) == no_node) {
    return;
  }
  const CdaCode code = read_cda_code(run, node);
  const auto known = uk_system("urn:oid:" + std::string(code.system));
  const std::string system = known ? std::string(known->url) : cda_system(run, code.system);
  if (!code.code.empty()) {
    check_released(run, node, {system, code.code});
  }
}

std::optional<bool> is_cda_member(const Run& run, NodeId node, std::string_view value_set) {
  const Membership found =
      membership(run, run.definitions.value_set(value_set), read_cda_code(run, node));
  if (found == Membership::yes || found == Membership::no) {
    return found == Membership::yes;
  }
  return std::nullopt;
}

}  // namespace lhcr::validate
