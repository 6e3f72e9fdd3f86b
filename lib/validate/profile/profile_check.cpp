// SPDX-License-Identifier: Apache-2.0
/// A node against a profile: only what the profile adds to the base type is judged here.
#include <algorithm>
#include <array>
#include <set>

#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

void check_element(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element);

/// The invariants that the walk over the base type has already run at a node.
std::span<const InvariantPlan* const> base_invariants(Run& run, NodeId node) {
  const tree::Node& at = run.tree[node];
  if (at.is(tree::Flag::resource) && at.type != definition::no_type) {
    const TypePlan& plan = run.state.plans.type(at.type);
    return {plan.invariants.data() + plan.own_first, plan.own_count};
  }
  const definition::TypeId parent =
      at.parent == no_node ? definition::no_type : run.tree[at.parent].type;
  if (parent == definition::no_type) {
    return {};
  }
  const TypePlan& plan = run.state.plans.type(parent);
  const definition::Child* const row = run.definitions.child(parent, at.name);
  if (row == nullptr) {
    return {};
  }
  const ChildPlan& child = plan.children[static_cast<std::size_t>(row - plan.rows)];
  return {plan.invariants.data() + child.invariants_first, child.invariants_count};
}

const ElementPlan* base_element(Run& run, NodeId node) {
  const NodeId parent = run.tree[node].parent;
  const definition::TypeId type = parent == no_node ? definition::no_type : run.tree[parent].type;
  const definition::Child* const row =
      type == definition::no_type ? nullptr : run.definitions.child(type, run.tree[node].name);
  if (row == nullptr) {
    return nullptr;
  }
  const TypePlan& plan = run.state.plans.type(type);
  return &plan.elements[plan.children[static_cast<std::size_t>(row - plan.rows)].element];
}

void check_added_invariants(Run& run, NodeId node, const ProfileElement& element) {
  const auto base = base_invariants(run, node);
  const bool all = run.state.cda == nullptr || run.options.recommendations;
  for (const InvariantPlan* const invariant : element.invariants) {
    if ((all || !invariant->warning) && !states(base, *invariant)) {
      check_invariant(run, node, *invariant);
    }
  }
}

void check_added_binding(Run& run, NodeId node, const ProfileElement& element) {
  const definition::Binding& binding = element.element.binding;
  if (binding.strength < definition::Strength::extensible) {
    return;
  }
  const ElementPlan* const base = base_element(run, node);
  if (base != nullptr && base->binding.set == binding.set &&
      base->binding.strength == binding.strength && base->binding.max_set == binding.max_set) {
    return;
  }
  if (run.state.cda != nullptr) {
    check_cda_binding(run, node, binding);
    return;
  }
  const std::string_view type = run.type_name(node);
  if (type == "CodeableConcept") {
    check_concept_binding(run, node, binding);
  } else if (run.tree[node].kind == tree::Kind::object) {
    check_coding_binding(run, node, binding);
  } else if (run.tree[node].length > 0) {
    check_code_binding(run, node, binding);
  }
}

void check_values(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element) {
  if (element.fixed) {
    check_expected(run, node, *element.fixed, true, plan.label);
  }
  if (element.pattern) {
    check_expected(run, node, *element.pattern, false, plan.label);
  }
}

bool type_listed(const Run& run, NodeId node, const ProfileElement& element) {
  const definition::TypeId actual = run.tree[node].type;
  return std::any_of(element.types.begin(), element.types.end(),
                     [&](const definition::TypeRef& type) {
                       return type.type == definition::no_type || actual == definition::no_type ||
                              actual == type.type || run.definitions.derives(actual, type.type) ||
                              run.definitions.info(actual).kind == definition::TypeKind::backbone;
                     });
}

std::string type_list(const ProfileElement& element) {
  std::vector<std::string_view> names;
  for (const definition::TypeRef& type : element.types) {
    names.push_back(type.code);
  }
  return joined(names);
}

bool check_type(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element) {
  // The packages of a release do not agree on the type of a resource's id.
  if (element.types.empty() || plan.info.type == "Extension" ||
      run.tree[node].element == run.names.id || type_listed(run, node, element)) {
    return true;
  }
  run.report(node, Id::profile_type,
             {std::string(run.type_name(node)), type_list(element), plan.label});
  return false;
}

/// Passes a finding on once, however many profiles make it.
class Distinct : public finding::Sink {
 public:
  explicit Distinct(finding::Sink& out) : out_(out) {}
  void add(finding::Finding finding) override {
    if (finding.severity <= Severity::error &&
        seen_.insert(finding.path + ' ' + finding.text()).second) {
      out_.add(std::move(finding));
    }
  }

 private:
  finding::Sink& out_;
  std::set<std::string> seen_;
};

/// Why a node conforms to none of the profiles.
void report_each(Run& run, NodeId node, const std::vector<std::string_view>& profiles) {
  Distinct findings(run.sink());
  const Run::Redirect redirect(run, findings);
  for (const std::string_view profile : profiles) {
    const definition::StructureId id = run.definitions.structure(profile);
    const ProfilePlan* const plan =
        id == definition::no_structure ? nullptr : run.state.profiles.get(id);
    if (plan != nullptr && plan->info.constraint &&
        run.definitions.derives(run.tree[node].type, plan->type)) {
      check_profile(run, node, *plan);
    }
  }
}

/// Profiles on the type of an element: one must hold.
void check_type_profiles(Run& run, NodeId node, const ProfileElement& element) {
  std::vector<std::string_view> profiles;
  for (const definition::TypeRef& type : element.types) {
    if (type.type == run.tree[node].type || element.types.size() == 1) {
      profiles.insert(profiles.end(), type.profiles.begin(), type.profiles.end());
    }
  }
  if (profiles.empty() || element.is_extension) {
    return;  // check_extension() has judged it against its definition
  }
  if (run.state.cda != nullptr && can_follow_template(run, node)) {
    check_demanded_template(run, node, profiles, element.element.min > 0);
    return;
  }
  if (profiles.size() > 1) {
    const bool any = std::any_of(profiles.begin(), profiles.end(), [&](std::string_view profile) {
      return conforms(run, node, profile).value_or(true);
    });
    if (!any) {
      run.report(node, Id::profile_none_matches, {joined(profiles)});
      report_each(run, node, profiles);
    }
    return;
  }
  const definition::StructureId id = run.definitions.structure(profiles.front());
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    // Here the profile is demanded, not only claimed.
    run.report(node, Severity::error, Id::profile_not_checked, {std::string(profiles.front())});
  } else if (plan->info.constraint) {
    check_profile(run, node, *plan);
  } else if (run.tree[node].type != definition::no_type && plan->type != definition::no_type &&
             !run.definitions.derives(run.tree[node].type, plan->type)) {
    run.report(node, Id::profile_type,
               {std::string(run.type_name(node)), std::string(plan->info.type), plan->label});
  }
}

void check_child(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element) {
  if (!check_type(run, node, plan, element)) {
    return;
  }
  check_added_invariants(run, node, element);
  check_values(run, node, plan, element);
  check_added_limits(run, node, element.element, base_element(run, node));
  check_added_binding(run, node, element);
  if (run.state.cda == nullptr && !element.types.empty() &&
      element.types.front().code == "Reference") {
    const ElementPlan* const base = base_element(run, node);
    check_reference_profiles(
        run, node, {base == nullptr ? element.types : base->types, element.types, plan.label});
  }
  check_type_profiles(run, node, element);
  if (!element.children.empty()) {
    check_element(run, node, plan, element);
  }
}

bool names_node(const Run& run, NodeId node, const ProfileElement& element) {
  const tree::Node& at = run.tree[node];
  return element.written != no_symbol
             ? at.name == element.written
             : at.element == element.element.name && !at.is(tree::Flag::meta);
}

void report_count(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element,
                  std::uint32_t count) {
  const definition::Element& found = element.element;
  if (run.options.must_support && found.must_support && count == 0) {
    run.report(node, Id::must_support_absent,
               {std::string(found.id.empty() ? found.path : found.id), plan.label});
  }
  if (run.state.cda != nullptr && count == 0 && found.name == run.names.template_id &&
      has_other_version(run, node, element)) {
    return;
  }
  if (count < found.min) {
    const Id id = found.slice_name.empty() ? Id::profile_element_missing : Id::slice_missing;
    run.report(node, id,
               {std::string(found.id.empty() ? found.path : found.id), std::to_string(found.min),
                std::to_string(count), plan.label});
  } else if (count > found.max) {
    run.report(node, Id::profile_element_too_many,
               {std::string(found.id.empty() ? found.path : found.id), std::to_string(found.max),
                std::to_string(count), plan.label});
  }
}

void check_no_slice(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& sliced) {
  if (sliced.element.slicing_rules == "closed") {
    run.report(node, Id::slice_closed, {std::string(sliced.element.path), plan.label});
  }
}

/// All members of one sliced element.
void check_slices(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& sliced) {
  std::vector<std::uint32_t> counts(sliced.slices.size(), 0);
  std::uint32_t position = 0;
  for (const NodeId at : run.tree.children(node)) {
    if (!names_node(run, at, sliced)) {
      continue;
    }
    const std::uint32_t slice = find_slice(run, at, position++, plan, sliced);
    if (slice == 0) {
      check_no_slice(run, at, plan, sliced);
      continue;
    }
    const auto found = std::find(sliced.slices.begin(), sliced.slices.end(), slice);
    ++counts[static_cast<std::size_t>(found - sliced.slices.begin())];
    check_child(run, at, plan, plan.elements[slice]);
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    report_count(run, node, plan, plan.elements[sliced.slices[i]], counts[i]);
  }
}

/// Whether what is missing is said of a slice.
bool has_needed_slice(const ProfilePlan& plan, const ProfileElement& element) {
  return std::any_of(element.slices.begin(), element.slices.end(),
                     [&](std::uint32_t slice) { return plan.elements[slice].element.min > 0; });
}

void check_element(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element) {
  // What is not known has no parts; but a template says of its own element what it needs even then.
  const bool null = run.state.cda != nullptr && &element != &plan.elements.front() &&
                    is_null_flavoured(run, node);
  for (const std::uint32_t index : element.children) {
    const ProfileElement& child = plan.elements[index];
    std::uint32_t count = 0;
    for (const NodeId at : run.tree.children(node)) {
      if (names_node(run, at, child)) {
        ++count;
        check_child(run, at, plan, child);
      }
    }
    if (null && count == 0 && !child.element.attribute) {
      continue;
    }
    if (run.state.cda == nullptr || count >= child.element.min || !has_needed_slice(plan, child)) {
      report_count(run, node, plan, child, count);
    }
    if (!child.slices.empty()) {
      check_slices(run, node, plan, child);
    }
  }
}

/// A profile that (through targets or types) comes back to the same node is open already.
class OpenProfile {
 public:
  OpenProfile(Run& run, NodeId node, definition::StructureId id) : run_(run) {
    const std::pair entry{node, id};
    fresh_ = std::find(run.open_profiles.begin(), run.open_profiles.end(), entry) ==
             run.open_profiles.end();
    if (fresh_) {
      run.open_profiles.push_back(entry);
    }
  }
  ~OpenProfile() {
    if (fresh_) {
      run_.open_profiles.pop_back();
    }
  }
  OpenProfile(const OpenProfile&) = delete;
  OpenProfile& operator=(const OpenProfile&) = delete;
  [[nodiscard]] bool fresh() const { return fresh_; }

 private:
  Run& run_;
  bool fresh_ = false;
};

/// A resource may be judged from outside its own walk: expressions see it as %resource all the
/// same.
class FrameFor {
 public:
  FrameFor(Run& run, NodeId node) : run_(run), before_(run.frame) {
    if (run.tree[node].is(tree::Flag::resource) && (before_ == nullptr || before_->node != node)) {
      frame_.node = node;
      frame_.root = node;
      run.frame = &frame_;
    }
  }
  ~FrameFor() { run_.frame = before_; }
  FrameFor(const FrameFor&) = delete;
  FrameFor& operator=(const FrameFor&) = delete;

 private:
  Run& run_;
  ResourceFrame* before_;
  ResourceFrame frame_;
};

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
  const NodeId meta = run.child(node, run.names.meta);
  if (meta == no_node) {
    return false;
  }
  const auto children = run.tree.children(meta);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    const std::string_view claimed = run.tree[at].text();
    return run.tree[at].element == run.names.profile &&
           (claimed == profile || claimed.substr(0, claimed.find('|')) == profile);
  });
}

void check_one_profile(Run& run, NodeId node, std::string_view canonical, NodeId said_at) {
  const definition::StructureId id = run.definitions.structure(canonical);
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    run.report(said_at, Id::profile_not_checked, {std::string(canonical)});
  } else if (plan->info.type != run.tree.resource_type(node) &&
             !run.definitions.derives(run.tree[node].type, plan->type)) {
    run.report(said_at, Id::profile_wrong_type, {plan->label, std::string(plan->info.type)});
  } else if (plan->info.constraint) {
    check_profile(run, node, *plan);
  }
}

void check_implied(Run& run, NodeId node) {
  const std::string_view type = run.tree.resource_type(node);
  const NodeId code =
      type == implied_profiles.front().type ? run.child(node, run.names.code) : no_node;
  if (code == no_node) {
    return;
  }
  std::string_view checked;
  for (const NodeId at : run.tree.children(code)) {
    const std::string_view system = run.child_text(at, run.names.system);
    const std::string_view value = run.child_text(at, run.names.code);
    for (const ImpliedProfile& implied : implied_profiles) {
      if (implied.code == value && implied.system == system && implied.profile != checked &&
          !claims(run, node, implied.profile)) {
        checked = implied.profile;
        run.report(node, Id::profile_implied, {std::string(checked), std::string(value)});
        check_one_profile(run, node, checked, node);
      }
    }
  }
}

}  // namespace

void check_profile(Run& run, NodeId node, const ProfilePlan& plan) {
  const OpenProfile open(run, node, plan.info.id);
  if (!open.fresh()) {
    return;
  }
  if (run.state.cda != nullptr && run.reports() &&
      !run.judged.insert((std::uint64_t{node} << 32U) | plan.info.id).second) {
    return;
  }
  const FrameFor frame(run, node);
  const ProfileElement& root = plan.elements.front();
  check_values(run, node, plan, root);
  check_element(run, node, plan, root);
  check_added_invariants(run, node, root);
}

std::optional<bool> conforms(Run& run, NodeId node, std::string_view profile) {
  const definition::StructureId id = run.definitions.structure(profile);
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    return std::nullopt;
  }
  const definition::TypeId type = run.tree[node].type;
  if (type == definition::no_type || plan->type == definition::no_type ||
      !run.definitions.derives(type, plan->type)) {
    return false;
  }
  if (!plan->info.constraint) {
    return true;
  }
  CountingSink sink;
  const Run::Redirect redirect(run, sink);
  check_profile(run, node, *plan);
  return sink.errors() == 0;
}

void check_resource_profiles(Run& run, NodeId node) {
  if (node == tree::root_node) {
    for (const std::string& profile : run.options.profiles) {
      if (!claims(run, node, profile)) {
        check_one_profile(run, node, profile, node);
      }
    }
  }
  if (const NodeId meta = run.child(node, run.names.meta); meta != no_node) {
    for (const NodeId at : run.tree.children(meta)) {
      if (run.tree[at].element == run.names.profile && run.tree[at].length > 0) {
        check_one_profile(run, node, run.tree[at].text(), at);
      }
    }
  }
  if (!run.state.stu3) {
    check_implied(run, node);
  }
}

}  // namespace lhcr::validate
