// SPDX-License-Identifier: Apache-2.0
/// Codes under the profiles of GP Connect: what its guidance on CodeableConcept asks beyond FHIR.
/// That displays are preferred terms is judged with the release (element/released.cpp).
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"

namespace lhcr::validate {
namespace {

using finding::id;
using tree::no_node;
using tree::NodeId;

/// What is in the canonicals of its profiles.
constexpr std::array<std::string_view, 2> gp_connect = {"/CareConnect-GPC-", "/GPConnect-"};

bool is_gp_connect(std::string_view canonical) {
  return std::any_of(gp_connect.begin(), gp_connect.end(), [&](std::string_view part) {
    return canonical.find(part) != std::string_view::npos;
  });
}

void check_descriptions(Run& run, NodeId coding) {
  const std::string_view display = run.child_text(coding, name::display);
  for (const RecordedDescription& recorded : recorded_descriptions(run, coding)) {
    if (!display.empty() && recorded.term == display) {
      run.report(recorded.node, id<"gp-connect-description-display">, {std::string(display)});
    }
  }
}

/// True: a user has selected it.
bool check_coding(Run& run, NodeId coding) {
  const auto system = uk_system(run.child_text(coding, name::system));
  const NodeId version = run.child(coding, name::version);
  if (system && system->kind == UkSystem::snomed && run.has_text(version)) {
    run.report(version, id<"gp-connect-coding-version">, {std::string(run.tree[version].text())});
  }
  const NodeId selected = run.child(coding, name::user_selected);
  const std::string_view truth = selected == no_node ? "" : run.tree[selected].text();
  if (truth == "false") {
    run.report(selected, id<"gp-connect-user-selected">);
  }
  check_descriptions(run, coding);
  return truth == "true";
}

}  // namespace

bool claims_gp_connect(const Run& run, NodeId node) {
  if (run.options.rules == RuleSet::none) return false;
  const NodeId meta = run.child(run.tree.enclosing_resource(node), name::meta);
  if (meta == no_node) return false;
  const auto children = run.tree.children(meta);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return run.tree[at].element == name::profile && is_gp_connect(run.tree[at].text());
  });
}

void check_gp_connect_concept(Run& run, NodeId node) {
  if (!claims_gp_connect(run, node)) return;
  bool selected = false;
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == name::coding) selected = check_coding(run, at) || selected;
  }
  const NodeId text = run.child(node, name::text);
  if (selected && run.has_text(text)) {
    run.report(text, id<"gp-connect-text">, {std::string(run.tree[text].text())});
  }
}

}  // namespace lhcr::validate
