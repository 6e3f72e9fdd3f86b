// SPDX-License-Identifier: Apache-2.0
/// Which profiles a resource is judged against: those it claims, those of --profile, and those that
/// its codes bring in.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

struct ImpliedProfile {
  std::string_view type;
  std::string_view system;
  std::string_view code;
  std::string_view profile;
};
// Observations with these codes shall conform to a vital signs profile (FHIR R4,
// observation-vitalsigns.html).
constexpr std::array implied_profiles = {
#define LHCR_IMPLIED(type, system, code, profile) \
  ImpliedProfile{type, system, code, "http://hl7.org/fhir/StructureDefinition/" profile},
#include "validate/plan/implied_profiles.def"
#undef LHCR_IMPLIED
};

bool claims(const Run& run, NodeId node, std::string_view profile) {
  const NodeId meta = run.child(node, name::meta);
  if (meta == no_node) {
    return false;
  }
  const auto children = run.tree.children(meta);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    const std::string_view claimed = run.tree[at].text();
    return run.tree[at].element == name::profile &&
           (claimed == profile || without_version(claimed) == profile);
  });
}

/// The FHIR version that a profile is for which is not here for this one; empty: none.
std::string_view version_of(const Run& run, std::string_view canonical) {
  for (const definition::Definitions* const other : run.options.other_versions) {
    if (other != &run.definitions && other->structure(canonical) != definition::no_structure) {
      return other->fhir_version();
    }
  }
  return {};
}

void report_missing(Run& run, std::string_view canonical, NodeId said_at, Severity severity) {
  if (const std::string_view version = version_of(run, canonical); !version.empty()) {
    run.report(said_at, id<"profile-of-other-version">,
               {std::string(canonical), std::string(version),
                std::string(run.definitions.fhir_version())});
  } else {
    run.report(said_at, severity, id<"profile-not-checked">, {std::string(canonical)});
  }
}

/// "4.0" of "4.0.1".
std::string_view release_of(std::string_view version) {
  const std::size_t dot = version.find('.');
  return version.substr(0, version.find('.', dot == std::string_view::npos ? dot : dot + 1));
}

/// A profile that says it is for another version than the record's: it is applied as far as it
/// goes, because somebody asked for both.
void tell_other_version(Run& run, const ProfilePlan& plan, NodeId said_at) {
  const std::string_view meant = plan.info.fhir_version;
  const std::string_view read_as = run.definitions.fhir_version();
  if (!meant.empty() && release_of(meant) != release_of(read_as)) {
    run.report(said_at, Severity::warning, id<"profile-of-other-version">,
               {std::string(plan.info.url), std::string(meant), std::string(read_as)});
  }
}

/// `missing`: how bad it is that the profile is not here.
void check_one_profile(Run& run, NodeId node, std::string_view canonical, NodeId said_at,
                       Severity missing = Severity::warning) {
  const definition::StructureId id = run.definitions.structure(canonical);
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    report_missing(run, canonical, said_at, missing);
  } else if (plan->info.type != run.tree.resource_type(node) &&
             !run.definitions.derives(run.tree[node].type, plan->type)) {
    run.report(said_at, finding::id<"profile-wrong-type">,
               {plan->label, std::string(plan->info.type)});
  } else if (plan->info.constraint) {
    tell_other_version(run, *plan, said_at);
    check_profile(run, node, *plan);
  }
}

void check_implied(Run& run, NodeId node) {
  const std::string_view type = run.tree.resource_type(node);
  const NodeId code = type == implied_profiles.front().type ? run.child(node, name::code) : no_node;
  if (code == no_node) {
    return;
  }
  std::string_view checked;
  for (const NodeId at : run.tree.children(code)) {
    const std::string_view system = run.child_text(at, name::system);
    const std::string_view value = run.child_text(at, name::code);
    for (const ImpliedProfile& implied : implied_profiles) {
      if (implied.code == value && implied.system == system && implied.profile != checked &&
          !claims(run, node, implied.profile)) {
        checked = implied.profile;
        run.report_often<2>(node, id<"profile-implied">, [&] {
          return std::array{std::string(checked), std::string(value)};
        });
        check_one_profile(run, node, checked, node);
      }
    }
  }
}

}  // namespace

void check_resource_profiles(Run& run, NodeId node) {
  if (node == tree::root_node) {
    for (const std::string& profile : run.options.profiles) {
      if (!claims(run, node, profile)) {
        check_one_profile(run, node, profile, node, Severity::error);
      }
    }
  }
  if (const NodeId meta = run.child(node, name::meta); meta != no_node) {
    for (const NodeId at : run.tree.children(meta)) {
      if (run.tree[at].element == name::profile && run.tree[at].length > 0) {
        check_one_profile(run, node, run.tree[at].text(), at);
      }
    }
  }
  if (!run.state.stu3) {
    check_implied(run, node);
  }
}

}  // namespace lhcr::validate
