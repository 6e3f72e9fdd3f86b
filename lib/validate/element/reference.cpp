// SPDX-License-Identifier: Apache-2.0
/// References: what they resolve to inside the record, the type of the target, contained resources
/// that nobody uses.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "base/words.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/element/narrative.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// The resource type a reference text names: "Patient" of ".../Patient/1/_history/2".
std::string_view named_type(const Run& run, std::string_view reference) {
  const std::string_view type = cut_reference(reference).type;
  return definition::is_resource(run.definitions, type) ? type : std::string_view{};
}

/// `Type?search`: allowed where a server resolves it.
bool conditional(const Run& run, std::string_view reference) {
  const std::size_t mark = reference.find('?');
  return mark != std::string_view::npos &&
         run.definitions.type(reference.substr(0, mark)) != definition::no_type;
}

bool query_valid(std::string_view query) {
  for (std::size_t from = 0; from <= query.size();) {
    const std::size_t end = std::min(query.find('&', from), query.size());
    const std::string_view pair = query.substr(from, end - from);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0 || (pair[0] >= '0' && pair[0] <= '9')) {
      return false;
    }
    from = end + 1;
  }
  return true;
}

bool judge_target(const Run& run, std::span<const definition::TypeRef> types,
                  std::string_view actual, definition::TypeId type) {
  bool constrained = false;
  for (const definition::TypeRef& allowed : types) {
    for (const std::string_view target : allowed.targets) {
      constrained = true;
      const definition::StructureId structure = run.definitions.structure(target);
      const std::string_view name = structure == definition::no_structure
                                        ? target.substr(target.rfind('/') + 1)
                                        : run.definitions.structure_info(structure).type;
      const definition::TypeId wanted = run.definitions.type(name);
      if (name == actual || (wanted != definition::no_type && type != definition::no_type &&
                             run.definitions.derives(type, wanted))) {
        return true;
      }
    }
  }
  return !constrained;
}

/// `types`: of a plan, which lasts as long as what is remembered of it.
bool target_allowed(const Run& run, std::span<const definition::TypeRef> types,
                    std::string_view actual) {
  const definition::TypeId type = run.definitions.type(actual);
  if (types.empty() || type == definition::no_type) {
    return judge_target(run, types, actual, type);
  }
  // Addresses have 48 bits.
  const auto list = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(types.data()));
  const auto [known, fresh] = run.state.targets.try_emplace(list << 16U | type, false);
  if (fresh) {
    known->second = judge_target(run, types, actual, type);
  }
  return known->second;
}

std::string target_list(std::span<const definition::TypeRef> types) {
  std::vector<std::string_view> names;
  for (const definition::TypeRef& type : types) {
    for (const std::string_view target : type.targets) {
      names.push_back(target.substr(target.rfind('/') + 1));
    }
  }
  return joined(names);
}

bool suspicious(const Run& run, std::string_view reference) {
  if (run.options.references != ReferencePolicy::type_only || is_absolute_url(reference) ||
      reference.front() == '#') {
    return false;
  }
  const ReferenceText cut = cut_reference(reference);
  return !cut.base.empty() || named_type(run, reference) != cut.type || !is_id(cut.id) ||
         reference.find('#') != std::string_view::npos;
}

struct Judgement {
  Run& run;
  NodeId node;
  std::span<const definition::TypeRef> types;
  std::string_view text;

  template <finding::Name name>
  void say(finding::Kind<name>, finding::Arguments<name, 1> more = {}) const {
    std::vector<std::string> arguments = more.take();
    arguments.insert(arguments.begin(), std::string(text));
    run.report(node, more.id(), std::move(arguments));
  }
};

/// `actual_type` gives the type of what the reference leads to, or what its text says of it; asked
/// of the few that state one.
template <typename Actual>
void check_stated_type(const Judgement& at, const Actual& actual_type) {
  const std::string_view stated = at.run.child_text(at.node, name::type);
  if (stated.empty()) {
    return;
  }
  const std::string_view actual = actual_type();
  const std::string_view name =
      is_absolute_url(stated) ? stated.substr(stated.rfind('/') + 1) : stated;
  if (!target_allowed(at.run, at.types, name)) {
    at.say(id<"reference-target-type">, {std::string(name), target_list(at.types)});
  }
  if (!actual.empty() && actual != name) {
    at.say(id<"reference-stated-type">, {std::string(name), std::string(actual)});
  }
}

/// The name in the reference text contradicts the resource that the fullUrl rules lead to.
void check_named_type(const Judgement& at, std::string_view actual) {
  const std::string_view named = named_type(at.run, at.text);
  if (!is_absolute_url(at.text) && !named.empty() && named != actual) {
    at.say(id<"reference-names-other-type">, {std::string(actual)});
  }
}

void check_found(const Judgement& at, const References::Target& target) {
  const std::string_view actual = at.run.tree.resource_type(target.node);
  if (target.match == References::Match::exact && at.text.front() != '#') {
    check_named_type(at, actual);
  }
  check_stated_type(at, [&] { return actual; });
  if (!target_allowed(at.run, at.types, actual)) {
    at.say(id<"reference-target-type">, {std::string(actual), target_list(at.types)});
  }
}

void check_absent(const Judgement& at) {
  Run& run = at.run;
  check_stated_type(at, [&] { return named_type(run, at.text); });
  const bool example = run.options.allow_example_urls && is_example_url(at.text);
  if (run.options.references == ReferencePolicy::must_exist && !example) {
    at.say(id<"reference-unresolved">);
  } else if (run.options.references == ReferencePolicy::type_only) {
    const std::string_view named = named_type(run, at.text);
    if (!named.empty() && !target_allowed(run, at.types, named)) {
      at.say(id<"reference-target-type">, {std::string(named), target_list(at.types)});
    }
  }
  if (at.text.starts_with("urn:") && run.references.entry_of(at.node) != References::npos) {
    at.say(id<"reference-urn-not-in-bundle">);
  }
}

bool in_bundle_without_full_url(Run& run, NodeId node) {
  const std::size_t entry = run.references.entry_of(node);
  if (entry == References::npos) {
    return false;
  }
  const References::Entry& found = run.references.entries()[entry];
  const std::string_view type = run.child_text(found.bundle, name::type);
  return found.full_url.empty() && run.child(found.node, name::full_url) == no_node &&
         run.tree[found.node].element == name::entry && type != "batch-response" &&
         type != "transaction-response";
}

/// Once for each entry, however many references it holds.
void report_nameless_entry(Run& run, NodeId entry) {
  if (run.nameless_entry == entry) {
    run.report_following(entry, id<"entry-reference-without-full-url">);
  } else {
    run.report(entry, id<"entry-reference-without-full-url">);
  }
  run.nameless_entry = entry;
}

}  // namespace

void check_reference(Run& run, NodeId node, std::span<const definition::TypeRef> types) {
  const NodeId reference = run.child(node, name::reference);
  if (!run.has_text(reference)) {
    if (run.child(node, name::identifier) == no_node && run.child(node, name::display) == no_node &&
        run.child(node, name::extension) == no_node) {
      run.report(node, id<"reference-empty">);
    }
    const Judgement at{run, node, types, {}};
    check_stated_type(at, [] { return std::string_view{}; });
    return;
  }
  const Judgement at{run, node, types, run.tree[reference].text()};
  if (has_space(at.text)) {
    at.say(id<"reference-has-space">);
    return;
  }
  if (suspicious(run, at.text)) {
    at.say(id<"reference-suspicious">);
  }
  if (conditional(run, at.text)) {
    if (!query_valid(at.text.substr(at.text.find('?') + 1))) {
      at.say(id<"reference-query-invalid">);
    }
    return;
  }
  const bool nameless = at.text.front() != '#' && in_bundle_without_full_url(run, node);
  if (nameless) {
    report_nameless_entry(run, run.references.entries()[run.references.entry_of(node)].node);
  }
  const References::Target target = run.references.resolve(node, at.text);
  if (target.match == References::Match::exact) {
    check_found(at, target);
  } else if (at.text.front() == '#') {
    at.say(id<"reference-contained-missing">);
  } else if (target.match == References::Match::none) {
    check_absent(at);
  } else if (nameless) {
    run.report_following(node, id<"reference-matches-by-id-only">,
                         {std::string(at.text), std::to_string(target.candidates)});
  } else {
    at.say(id<"reference-matches-by-id-only">, {std::to_string(target.candidates)});
  }
}

bool leads_outside(const Run& run, NodeId node) {
  const NodeId reference = run.child(node, name::reference);
  const std::string_view text = run.tree[reference == no_node ? node : reference].text();
  return !text.empty() && text.front() != '#';
}

namespace {

/// Ids of contained resources that something points to.
class UsedIds {
 public:
  explicit UsedIds(const Run& run) : run_(run) {}

  void collect(NodeId node) {
    for (const NodeId at : run_.tree.children(node)) {
      const tree::Node& child = run_.tree[at];
      if (child.kind == tree::Kind::xhtml) {
        for_each_link(child.text(),
                      [&](std::string_view, std::string_view target) { add(target); });
      } else if (child.length > 0 && *child.bytes == '#') {
        add(child.text());
      }
      collect(at);
    }
  }
  [[nodiscard]] bool has(std::string_view id) const { return ids_.contains(id); }

 private:
  void add(std::string_view target) {
    if (!target.empty() && target.front() == '#') {
      ids_.insert(target.substr(1));
    }
  }
  const Run& run_;
  std::unordered_set<std::string_view> ids_;
};

/// "#id" must lead to one resource (FHIR R4 references.html#contained).
void check_contained_ids(Run& run, NodeId resource) {
  std::unordered_set<std::string_view> seen;
  for (const NodeId at : run.tree.children(resource)) {
    const std::string_view id =
        run.tree[at].element == name::contained ? run.child_text(at, name::id) : "";
    if (!id.empty() && !seen.insert(id).second) {
      run.report(at, finding::id<"contained-id-repeated">, {std::string(id)});
    }
  }
}

bool points_to_container(const Run& run, NodeId node) {
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].text() == "#" || points_to_container(run, at)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void check_contained_used(Run& run, NodeId resource) {
  if (run.child(resource, name::contained) == no_node || !run.options.check_contained) {
    return;
  }
  check_contained_ids(run, resource);
  UsedIds used(run);
  used.collect(resource);
  for (const NodeId at : run.tree.children(resource)) {
    if (run.tree[at].element != name::contained) {
      continue;
    }
    const std::string_view id = run.child_text(at, name::id);
    if ((!id.empty() && used.has(id)) || points_to_container(run, at)) {
      continue;
    }
    // Nothing leads to a resource without id, which is said already.
    id.empty() ? run.report_following(at, finding::id<"contained-unused">, {"without id"})
               : run.report(at, finding::id<"contained-unused">, {std::string(id)});
  }
}

namespace {

void collect_anchors(const Run& run, NodeId node, std::unordered_set<std::string_view>& anchors) {
  for (const NodeId at : run.tree.children(node)) {
    const tree::Node& child = run.tree[at];
    if (child.element == name::id) {
      anchors.insert(child.text());
    } else if (child.kind == tree::Kind::xhtml) {
      for_each_anchor(child.text(), [&](std::string_view anchor) { anchors.insert(anchor); });
    }
    collect_anchors(run, at, anchors);
  }
}

}  // namespace

bool fragment_exists(Run& run, std::string_view fragment) {
  if (!run.anchors) {
    collect_anchors(run, tree::root_node, run.anchors.emplace());
  }
  return run.anchors->contains(fragment);
}

namespace {

bool is_constraint(const Run& run, std::string_view canonical) {
  const definition::StructureId id = run.definitions.structure(canonical);
  return id != definition::no_structure && run.definitions.structure_info(id).constraint;
}

void check_target_profiles(Run& run, NodeId node, NodeId target, const ReferenceDemand& demand) {
  std::vector<std::string_view> wanted;
  bool any = false;
  for (const definition::TypeRef& type : demand.types) {
    for (const std::string_view canonical : type.targets) {
      wanted.push_back(canonical);
      any = any || conforms(run, target, canonical).value_or(true);
    }
  }
  const bool constrained =
      std::any_of(wanted.begin(), wanted.end(),
                  [&](std::string_view canonical) { return is_constraint(run, canonical); });
  if (constrained && !any) {
    run.report_considered(node, id<"reference-profile">,
                          {joined(wanted), std::string(demand.profile)},
                          considered_profiles(run, target, wanted));
  }
}

// Codes of ElementDefinition.type.aggregation.
constexpr std::string_view bundled = "bundled";
constexpr std::string_view referenced = "referenced";

/// Where the target of a reference is.
struct TargetPlace {
  std::string_view name;
  std::string_view mode;
};

TargetPlace place_of(std::string_view text, NodeId target) {
  if (text.front() == '#') {
    return {"contained", "contained"};
  }
  return target != no_node ? TargetPlace{"in the record", bundled}
                           : TargetPlace{"outside the record", referenced};
}

/// "aggregation": whether the target is contained, in the same Bundle or anywhere (R4,
/// elementdefinition.html). A resource that stands alone may have come out of its Bundle.
void check_aggregation(Run& run, NodeId node, NodeId target, const ReferenceDemand& demand) {
  if (std::any_of(demand.types.begin(), demand.types.end(),
                  [](const definition::TypeRef& type) { return type.aggregation.empty(); })) {
    return;
  }
  const std::string_view text = run.child_text(node, name::reference);
  if (text == "#") {
    return;  // the container itself
  }
  const TargetPlace place = place_of(text, target);
  const bool outside = text.front() != '#' && target == no_node;
  const bool alone = run.references.entry_of(node) == References::npos;
  std::vector<std::string_view> modes;
  for (const definition::TypeRef& type : demand.types) {
    const bool apart = outside && alone && has_word(type.aggregation, bundled);
    if (apart || has_word(type.aggregation, place.mode) ||
        (place.mode == bundled && has_word(type.aggregation, referenced))) {
      return;
    }
    modes.push_back(type.aggregation);
  }
  // That it is not there at all says more.
  const bool told = outside && run.options.references == ReferencePolicy::must_exist;
  if (!modes.empty() && !told) {
    run.report(
        node, id<"reference-aggregation">,
        {std::string(text), std::string(place.name), joined(modes), std::string(demand.profile)});
  }
}

/// A target profile that is not here, neither by its canonical nor by the name of a type.
std::string_view unknown_target(const Run& run, std::span<const definition::TypeRef> types) {
  for (const definition::TypeRef& type : types) {
    for (const std::string_view target : type.targets) {
      if (run.definitions.structure(target) == definition::no_structure &&
          run.definitions.type(target.substr(target.rfind('/') + 1)) == definition::no_type) {
        return target;
      }
    }
  }
  return {};
}

/// Of a profile that is not here nobody knows the type: that is the cause, as far as it is one.
void report_wrong_target(Run& run, NodeId node, const ReferenceDemand& demand,
                         std::array<std::string, 3> arguments) {
  const std::string_view unknown = unknown_target(run, demand.types);
  if (unknown.empty()) {
    run.report(node, id<"reference-target-type">, std::move(arguments));
    return;
  }
  run.report(node, Severity::error, id<"profile-not-checked">, {std::string(unknown)});
  run.report_following(node, id<"reference-target-type">, std::move(arguments));
}

}  // namespace

void check_reference_profiles(Run& run, NodeId node, const ReferenceDemand& demand) {
  const NodeId reference = run.child(node, name::reference);
  if (!run.has_text(reference)) {
    return;
  }
  const std::string_view text = run.tree[reference].text();
  const NodeId target = run.services.resolve(run.tree, node);
  check_aggregation(run, node, target, demand);
  const bool judged = target != no_node || run.options.references == ReferencePolicy::type_only;
  const std::string_view type = target != no_node ? run.tree.resource_type(target)
                                : judged          ? named_type(run, text)
                                                  : std::string_view{};
  if (!type.empty() && target_allowed(run, demand.base, type) &&
      !target_allowed(run, demand.types, type)) {
    report_wrong_target(run, node, demand,
                        {std::string(text), std::string(type), target_list(demand.types)});
  } else if (target != no_node) {
    check_target_profiles(run, node, target, demand);
  }
}

}  // namespace lhcr::validate
