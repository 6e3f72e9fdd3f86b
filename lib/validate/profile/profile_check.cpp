// SPDX-License-Identifier: Apache-2.0
/// A node against a profile: only what the profile adds to the base type is judged here.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/names.hpp"
#include "base/words.hpp"
#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"
#include "validate/profile/addition.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

void check_element(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element);

void check_added_invariants(Run& run, NodeId node, const Addition& addition) {
  const bool all = run.state.cda == nullptr || run.options.recommendations;
  for (const InvariantPlan* const invariant : addition.invariants) {
    if (all || !invariant->warning) {
      check_invariant(run, node, *invariant);
    }
  }
}

/// A binding of a choice says something of its coded types, string and uri (eld-11), and nothing of
/// a boolean or a date.
bool may_be_bound(const Run& run, NodeId node) {
  constexpr std::array<std::string_view, 3> bound = {"code", "string", "uri"};
  const definition::TypeId type = run.tree[node].type;
  return type == definition::no_type ||
         std::any_of(bound.begin(), bound.end(), [&](std::string_view name) {
           return run.definitions.derives(type, run.definitions.type(name));
         });
}

void check_added_binding(Run& run, NodeId node, const ProfileElement& element,
                         const ElementPlan* base) {
  const definition::Binding& binding = element.element.binding;
  if (!binds_anew(binding, base)) {
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
  } else if (run.tree[node].length > 0 && may_be_bound(run, node)) {
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

std::string type_list(const ProfileElement& element) {
  std::vector<std::string_view> names;
  for (const definition::TypeRef& type : element.types) {
    names.push_back(type.code);
  }
  return joined(names);
}

bool check_type(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element) {
  if (fits_type(run, node, plan, element)) {
    return true;
  }
  run.report(node, id<"profile-type">,
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
      run.report_considered(node, id<"profile-none-matches">, {joined(profiles)},
                            considered_profiles(run, node, profiles));
      report_each(run, node, profiles);
    }
    return;
  }
  const definition::StructureId id = run.definitions.structure(profiles.front());
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    // Here the profile is demanded, not only claimed.
    run.report(node, Severity::error, finding::id<"profile-not-checked">,
               {std::string(profiles.front())});
  } else if (plan->info.constraint) {
    check_profile(run, node, *plan);
  } else if (run.tree[node].type != definition::no_type && plan->type != definition::no_type &&
             !run.definitions.derives(run.tree[node].type, plan->type)) {
    run.report(node, finding::id<"profile-type">,
               {std::string(run.type_name(node)), std::string(plan->info.type), plan->label});
  }
}

/// A resource may be judged from outside its own walk: expressions see it as %resource all the
/// same.
class FrameFor {
 public:
  FrameFor(Run& run, NodeId node) : run_(run), before_(run.frame) {
    if (run.tree[node].is(tree::Flag::resource) && (before_ == nullptr || before_->node != node)) {
      frame_.emplace();
      frame_->node = node;
      frame_->root = run.tree[node].element == name::contained ? run.tree[node].parent : node;
      run.frame = &*frame_;
    }
  }
  ~FrameFor() { run_.frame = before_; }
  FrameFor(const FrameFor&) = delete;
  FrameFor& operator=(const FrameFor&) = delete;

 private:
  Run& run_;
  ResourceFrame* before_;
  std::optional<ResourceFrame> frame_;
};

void check_child(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element) {
  const Base base = base_of(run, node);
  const Addition& addition = addition_to(run, node, plan, element, base);
  if (addition.nothing) {
    return;
  }
  const FrameFor frame(run, node);
  if (!check_type(run, node, plan, element)) {
    return;
  }
  check_added_invariants(run, node, addition);
  check_values(run, node, plan, element);
  check_added_limits(run, node, element.element, base.element());
  check_added_binding(run, node, element, base.element());
  if (run.state.cda == nullptr && !element.types.empty() &&
      element.types.front().code == "Reference") {
    const ElementPlan* const known = base.element();
    check_reference_profiles(
        run, node, {known == nullptr ? element.types : known->types, element.types, plan.label});
  }
  check_type_profiles(run, node, element);
  if (!element.children.empty()) {
    check_element(run, node, plan, element);
  }
}

/// The names of a node's children, roughly: what it denies is not among them.
class Names {
 public:
  Names(const tree::Tree& tree, NodeId node) {
    for (const NodeId at : tree.children(node)) {
      bits_ |= bit(tree[at].name) | bit(tree[at].element);
    }
  }
  [[nodiscard]] bool may_have(const ProfileElement& element) const {
    const Symbol name = element.written != no_symbol ? element.written : element.element.name;
    return (bits_ & bit(name)) != 0;
  }

 private:
  static std::uint64_t bit(Symbol name) { return std::uint64_t{1} << (name % 64); }
  std::uint64_t bits_ = 0;
};

bool names_node(const Run& run, NodeId node, const ProfileElement& element) {
  const tree::Node& at = run.tree[node];
  return element.written != no_symbol
             ? at.name == element.written
             : at.element == element.element.name && !at.is(tree::Flag::meta);
}

/// Whether the type itself demands more of the element than there is, which is said already.
bool base_demands(Run& run, NodeId node, const definition::Element& element, std::uint32_t count) {
  const definition::TypeId type = run.tree[node].type;
  if (type == definition::no_type || !element.slice_name.empty() || run.state.cda != nullptr) {
    return false;
  }
  const auto& elements = run.state.plans.type(type).elements;
  return std::any_of(elements.begin(), elements.end(), [&](const ElementPlan& base) {
    return base.name == element.name && count < base.min;
  });
}

/// How many there are of an element, and why what else is there does not count.
struct Count {
  std::uint32_t found = 0;
  std::vector<finding::Candidate> others;
};

void report_count(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& element,
                  Count counted) {
  const std::uint32_t count = counted.found;
  const definition::Element& found = element.element;
  if (run.options.must_support && found.must_support && count == 0) {
    run.report(node, id<"must-support-absent">,
               {std::string(found.id.empty() ? found.path : found.id), plan.label});
  }
  if (run.state.cda != nullptr && count == 0 && found.name == name::template_id &&
      has_other_version(run, node, element)) {
    return;
  }
  if (count < found.min) {
    std::array<std::string, 4> arguments = {std::string(found.id.empty() ? found.path : found.id),
                                            std::to_string(found.min), std::to_string(count),
                                            plan.label};
    if (base_demands(run, node, found, count)) {
      run.report_following(node, id<"profile-element-missing">, std::move(arguments));
    } else if (found.slice_name.empty()) {
      run.report(node, id<"profile-element-missing">, std::move(arguments));
    } else {
      run.report_considered(node, id<"slice-missing">, std::move(arguments),
                            std::move(counted.others));
    }
  } else if (count > found.max) {
    run.report(node, id<"profile-element-too-many">,
               {std::string(found.id.empty() ? found.path : found.id), std::to_string(found.max),
                std::to_string(count), plan.label});
  }
}

/// The members of one sliced element as they come.
class SliceCount {
 public:
  SliceCount(Run& run, const ProfilePlan& plan, const ProfileElement& sliced)
      : run_(run),
        plan_(plan),
        sliced_(sliced),
        counts_(sliced.slices.size(), 0),
        possible_(sliced.slices.size(), 0) {}

  void add(NodeId node) {
    const SliceMatch match = find_slice(run_, node, position_++, plan_, sliced_);
    for (const std::uint32_t slice : match.possible) {
      ++possible_[index(slice)];
    }
    if (match.slice == 0 && !match.possible.empty()) {
      run_.count_unchecked(id<"slice-not-checked">, sliced_.element.path);
      return;
    }
    if (match.slice == 0 && others_.size() < most_considered) {
      others_.emplace_back(node, position_ - 1);
    }
    check_order(node, match.slice);
    for (std::uint32_t at = match.slice; at != 0; at = plan_.elements[at].whole) {
      ++counts_[index(at)];
    }
    check_closed(node, match);
    if (match.slice != 0) {
      check_child(run_, node, plan_, plan_.elements[match.slice]);
    }
  }

  void report(NodeId parent) {
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      const ProfileElement& slice = plan_.elements[sliced_.slices[at]];
      // What may belong to a slice may be what it lacks.
      const bool open =
          counts_[at] < slice.element.min && counts_[at] + possible_[at] >= slice.element.min;
      if (!open) {
        report_count(run_, parent, plan_, slice, {counts_[at], not_in(at)});
      }
    }
  }

 private:
  /// Why what is in no slice is not in this one, which lacks something.
  [[nodiscard]] std::vector<finding::Candidate> not_in(std::size_t at) const {
    const ProfileElement& slice = plan_.elements[sliced_.slices[at]];
    std::vector<finding::Candidate> candidates;
    if (counts_[at] >= slice.element.min || !run_.reports()) {
      return candidates;
    }
    for (const auto& [node, position] : others_) {
      std::string reason = slice_reason(run_, node, position, slice);
      if (!reason.empty()) {
        candidates.push_back({tree::path_of(run_.tree, node), std::move(reason)});
      }
    }
    return candidates;
  }

  /// Why an element is in none of the slices.
  [[nodiscard]] std::vector<finding::Candidate> not_of(NodeId node) const {
    std::vector<finding::Candidate> candidates;
    const std::size_t last = run_.reports() ? std::min(sliced_.slices.size(), most_considered) : 0;
    for (std::size_t at = 0; at < last; ++at) {
      std::string reason =
          slice_reason(run_, node, position_ - 1, plan_.elements[sliced_.slices[at]]);
      if (!reason.empty()) {
        candidates.push_back({name_of(sliced_.slices[at]), std::move(reason)});
      }
    }
    return candidates;
  }

  [[nodiscard]] std::size_t index(std::uint32_t slice) const {
    const auto found = std::find(sliced_.slices.begin(), sliced_.slices.end(), slice);
    return static_cast<std::size_t>(found - sliced_.slices.begin());
  }

  [[nodiscard]] std::string name_of(std::uint32_t slice) const {
    return std::string(plan_.elements[slice].element.slice_name);
  }

  void check_order(NodeId node, std::uint32_t slice) {
    const bool at_end = sliced_.element.slicing_rules == "openAtEnd";
    if (slice == 0) {
      beyond_ = true;
      return;
    }
    if (at_end && beyond_) {
      run_.report(node, id<"slice-not-at-end">, {name_of(slice), plan_.label});
    } else if (sliced_.element.slicing_ordered && latest_ != 0 && index(slice) < index(latest_)) {
      run_.report(node, id<"slice-out-of-order">, {name_of(slice), name_of(latest_), plan_.label});
    }
    latest_ = slice;
  }

  /// Nothing beside closed slices; nor beside the closed re-slices of one.
  void check_closed(NodeId node, const SliceMatch& match) {
    const definition::Element& within =
        (match.slice == 0 ? sliced_ : plan_.elements[match.slice]).element;
    if (within.slicing_rules != "closed" || !match.possible.empty()) {
      return;
    }
    const std::string label(match.slice == 0 ? within.path : within.id);
    run_.report_considered(node, id<"slice-closed">, {label, plan_.label}, not_of(node));
  }

  Run& run_;
  const ProfilePlan& plan_;
  const ProfileElement& sliced_;
  std::vector<std::uint32_t> counts_;                     // per slice
  std::vector<std::uint32_t> possible_;                   // that cannot be judged
  std::vector<std::pair<NodeId, std::uint32_t>> others_;  // in no slice, with their positions
  std::uint32_t position_ = 0;
  std::uint32_t latest_ = 0;  // slice of the member before
  bool beyond_ = false;       // something in no slice has come
};

/// All members of one sliced element.
void check_slices(Run& run, NodeId node, const ProfilePlan& plan, const ProfileElement& sliced) {
  SliceCount count(run, plan, sliced);
  for (const NodeId at : run.tree.children(node)) {
    if (names_node(run, at, sliced)) {
      count.add(at);
    }
  }
  count.report(node);
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
  const Names names(run.tree, node);
  for (const std::uint32_t index : element.children) {
    const ProfileElement& child = plan.elements[index];
    std::uint32_t count = 0;
    if (names.may_have(child)) {
      for (const NodeId at : run.tree.children(node)) {
        if (names_node(run, at, child)) {
          ++count;
          check_child(run, at, plan, child);
        }
      }
    }
    if (null && count == 0 && !child.element.attribute) {
      continue;
    }
    const bool odd =
        count < child.element.min || count > child.element.max || run.options.must_support;
    if (odd && (run.state.cda == nullptr || count >= child.element.min ||
                !has_needed_slice(plan, child))) {
      report_count(run, node, plan, child, {count, {}});
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
  check_added_invariants(run, node, addition_to(run, node, plan, root, base_of(run, node)));
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

std::optional<bool> conforms_wholly(Run& run, NodeId node, std::string_view structure) {
  const std::optional<bool> known = conforms(run, node, structure);
  const definition::StructureId id = run.definitions.structure(structure);
  if (known != true || run.definitions.structure_info(id).constraint) {
    return known;
  }
  const OpenProfile open(run, node, id);
  return !open.fresh() || conforms_to_type(run, node);
}

}  // namespace lhcr::validate
