// SPDX-License-Identifier: Apache-2.0
/// StructureDefinition: whether a differential can be applied to its base.
#include <algorithm>
#include <array>
#include <map>

#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "base/words.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::ElementId;
using definition::no_element;
using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// What may be said about elements of a type.
struct Characteristics {
  std::string_view type;
  bool binding;
  bool range;
  bool length;
};
constexpr std::array characteristics = {
    Characteristics{"boolean", false, false, false},
    Characteristics{"integer", false, true, false},
    Characteristics{"integer64", false, true, false},
    Characteristics{"decimal", false, true, false},
    Characteristics{"base64Binary", false, false, true},
    Characteristics{"instant", false, true, false},
    Characteristics{"string", true, false, true},
    Characteristics{"uri", true, false, true},
    Characteristics{"date", false, true, false},
    Characteristics{"dateTime", false, true, false},
    Characteristics{"time", false, true, false},
    Characteristics{"canonical", true, false, true},
    Characteristics{"code", true, false, true},
    Characteristics{"id", true, false, true},
    Characteristics{"markdown", false, false, true},
    Characteristics{"oid", false, false, true},
    Characteristics{"positiveInt", false, true, false},
    Characteristics{"unsignedInt", false, true, false},
    Characteristics{"url", true, false, true},
    Characteristics{"uuid", false, false, true},
    Characteristics{"Coding", true, false, false},
    Characteristics{"CodeableConcept", true, false, false},
    Characteristics{"Quantity", true, true, false},
    Characteristics{"CodeableReference", true, false, false},
    Characteristics{"Address", false, false, false},
    Characteristics{"Attachment", false, false, false},
    Characteristics{"HumanName", false, false, false},
    Characteristics{"Identifier", false, false, false},
    Characteristics{"Reference", false, false, false},
    Characteristics{"Period", false, false, false},
    Characteristics{"Range", false, false, false},
    Characteristics{"Ratio", false, false, false},
    Characteristics{"Timing", false, false, false},
    Characteristics{"Annotation", false, false, false},
    Characteristics{"BackboneElement", false, false, false},
};

const Characteristics* characteristics_of(std::string_view type) {
  const auto* const found =
      std::find_if(characteristics.begin(), characteristics.end(),
                   [&](const Characteristics& row) { return row.type == type; });
  return found == characteristics.end() ? nullptr : found;
}

/// Where a path of a differential falls in the base type: for each step the element's place there,
/// then which occurrence of the path it is (the slices of an element follow each other and begin
/// anew with its children).
struct Position {
  bool known = false;
  std::vector<std::uint32_t> order;
  std::vector<std::string_view> names;  // of the steps: valueRange is the element value
  std::string fault;
};

/// Tells the occurrences of paths apart.
class Occurrences {
 public:
  /// Puts the occurrence of each step beside its place.
  void apply(Position& position) {
    std::vector<std::uint32_t> order;
    std::string key;
    for (std::size_t step = 0; step < position.order.size(); ++step) {
      key.append(".").append(position.names[step]);
      const bool last = step + 1 == position.order.size();
      std::uint32_t& count = counts_.try_emplace(key, 0).first->second;
      count += last ? 1U : 0U;
      order.push_back(position.order[step]);
      order.push_back(count);
      key.append("#").append(std::to_string(count));
    }
    position.order = std::move(order);
  }

 private:
  std::unordered_map<std::string, std::uint32_t> counts_;
};

class PathFinder {
 public:
  explicit PathFinder(const Run& run) : run_(run) {}

  [[nodiscard]] Position find(std::string_view path) const {
    Position position;
    if (path.find("..") != std::string_view::npos || path.starts_with('.') || path.ends_with('.')) {
      position.fault = "a step of the path '" + std::string(path) + "' has no name";
      return position;
    }
    const std::size_t dot = path.find('.');
    definition::TypeId type = run_.definitions.type(path.substr(0, dot));
    std::size_t from = dot == std::string_view::npos ? path.size() : dot + 1;
    while (from < path.size() && type != definition::no_type) {
      const std::size_t end = std::min(path.find('.', from), path.size());
      if (!step(path.substr(from, end - from), type, position)) {
        position.fault = "the path '" + std::string(path) + "' does not exist in the base";
        return position;
      }
      from = end + 1;
    }
    position.known = true;
    return position;
  }

 private:
  bool step(std::string_view name, definition::TypeId& type, Position& position) const {
    const bool any_type = name.ends_with("[x]");
    const std::string_view plain = any_type ? name.substr(0, name.size() - 3) : name;
    for (const definition::Child& row : run_.definitions.children(type)) {
      const bool same = run_.state.symbols.name(row.written) == plain ||
                        run_.state.symbols.name(row.element) == plain;
      if (same) {
        position.order.push_back(row.order);
        position.names.push_back(run_.state.symbols.name(row.element));
        // Below a choice of many types, or any resource, nothing is known until a type is chosen.
        const bool open = (row.flags & definition::child_resource) != 0 ||
                          ((row.flags & definition::child_choice) != 0 &&
                           run_.state.symbols.name(row.written) != plain);
        type = open ? definition::no_type : row.type;
        return true;
      }
    }
    return false;
  }

  const Run& run_;
};

/// Steps that leave what the definitions of the sliced element say.
bool leaves_element(std::string_view path) {
  return path.empty() || path.find_first_of("$(@[") != std::string_view::npos;
}

/// What tells slices apart is there to look at.
void check_discriminators(Run& run, NodeId element) {
  const NodeId slicing = run.child(element, name::slicing);
  if (slicing == no_node) {
    return;
  }
  const std::string_view sliced = run.child_text(element, name::path);
  for (const NodeId at : named(run.tree, slicing, name::discriminator)) {
    const std::string_view path = run.child_text(at, name::path);
    const bool outer = PathFinder(run).find(sliced).known;
    const std::string whole = std::string(sliced).append(1, '.').append(path);
    if (outer && !leaves_element(path) && !PathFinder(run).find(whole).known) {
      run.report(at, id<"discriminator-path-unknown">, {std::string(path), std::string(sliced)});
    }
  }
}

void check_element_types(Run& run, NodeId element) {
  bool known = false;
  bool binding = false;
  bool range = false;
  bool length = false;
  std::vector<std::string_view> names;
  for (const NodeId type : named(run.tree, element, name::type)) {
    const std::string_view code = run.child_text(type, name::code);
    names.push_back(code);
    if (const Characteristics* const found = characteristics_of(code); found != nullptr) {
      known = true;
      binding = binding || found->binding;
      range = range || found->range;
      length = length || found->length;
    }
  }
  if (!known) {
    return;
  }
  const auto demand = [&](bool allowed, Symbol name, std::string_view label) {
    if (!allowed && run.child(element, name) != no_node) {
      run.report(element, id<"element-constraint-type">, {std::string(label), joined(names)});
    }
  };
  demand(binding, name::binding, "a binding");
  demand(length, name::max_length, "maxLength");
  demand(range, name::min_value, "minValue");
  demand(range, name::max_value, "maxValue");
}

/// A code from outside a required value set leaves the definition without a meaning.
NodeId invalid_code(const Run& run, NodeId node) {
  for (const NodeId at : run.tree.children(node)) {
    const definition::TypeId parent = run.tree[node].type;
    const definition::Child* const row =
        parent == definition::no_type ? nullptr : run.definitions.child(parent, run.tree[at].name);
    if (row != nullptr && run.type_name(at) == "code" && run.tree[at].length > 0) {
      const TypePlan& plan = run.state.plans.type(parent);
      const definition::Binding& binding =
          plan.elements[plan.children[static_cast<std::size_t>(row - plan.rows)].element].binding;
      if (binding.strength == definition::Strength::required &&
          binding.set != definition::no_value_set &&
          run.definitions.contains(binding.set, {}, run.tree[at].text()) ==
              definition::Membership::no) {
        return at;
      }
    }
    if (const NodeId below = invalid_code(run, at); below != no_node) {
      return below;
    }
  }
  return no_node;
}

struct Profile {
  Run& run;
  NodeId resource;
  NodeId differential;
  std::string_view type;

  void unusable(const std::string& why) const {
    run.report(resource, id<"profile-unusable">, {why});
  }
};

/// Elements that stand before an element which the base puts first are never reached when the
/// profile is applied.
void check_order(const Profile& profile, const std::vector<NodeId>& elements,
                 const std::vector<Position>& positions) {
  std::size_t lost = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    bool overtaken = false;
    for (std::size_t j = i + 1; j < elements.size() && !overtaken; ++j) {
      overtaken = positions[j].order < positions[i].order;
    }
    if (overtaken) {
      ++lost;
      profile.run.report(elements[i], id<"differential-element-lost">,
                         {std::string(profile.run.child_text(elements[i], name::path))});
    }
  }
  if (lost > 0) {
    profile.unusable(std::to_string(lost) + " elements of the differential are out of order");
  }
}

bool check_paths(const Profile& profile, const std::vector<NodeId>& elements) {
  Run& run = profile.run;
  const PathFinder finder(run);
  Occurrences occurrences;
  std::vector<Position> positions;
  for (const NodeId element : elements) {
    const std::string_view path = run.child_text(element, name::path);
    positions.push_back(finder.find(path));
    if (!positions.back().known) {
      profile.unusable(positions.back().fault);
      return false;
    }
    occurrences.apply(positions.back());
  }
  check_order(profile, elements, positions);
  return true;
}

/// The slicings that a differential brings to elements which the base does not slice: their slices
/// may repeat them. To slice a slice otherwise takes a profile of its own (re-slicing).
class Slicings {
 public:
  Slicings(const Profile& profile, ElementId base) : profile_(profile), base_(base) {}

  void check(NodeId element) {
    const Run& run = profile_.run;
    const std::string path(run.child_text(element, name::path));
    std::erase_if(open_, [&](const auto& row) { return row.first.starts_with(path + '.'); });
    const NodeId slicing = run.child(element, name::slicing);
    if (slicing == no_node) {
      return;
    }
    const std::string_view slice = run.child_text(element, name::slice_name);
    if (slice.empty()) {
      const ElementId inherited = element_at(run.definitions, base_, path);
      if (inherited == no_element || !run.definitions.element(inherited).sliced) {
        open_[path] = slicing;
      }
    } else if (const auto found = open_.find(path);
               found != open_.end() && changes(found->second, slicing)) {
      profile_.unusable("the slice '" + std::string(slice) + "' of " + path +
                        " has a slicing of its own beside the one that it is a slice of");
    }
  }

 private:
  [[nodiscard]] bool changes(NodeId slicing, NodeId again) const {
    const Run& run = profile_.run;
    for (const Symbol part : {name::ordered, name::rules}) {
      const std::string_view text = run.child_text(again, part);
      if (!text.empty() && text != run.child_text(slicing, part)) {
        return true;
      }
    }
    return discriminators(slicing) != discriminators(again);
  }

  [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> discriminators(
      NodeId slicing) const {
    std::vector<std::pair<std::string_view, std::string_view>> list;
    for (const NodeId at : named(profile_.run.tree, slicing, name::discriminator)) {
      list.emplace_back(profile_.run.child_text(at, name::type),
                        profile_.run.child_text(at, name::path));
    }
    return list;
  }

  const Profile& profile_;
  ElementId base_;
  std::map<std::string, NodeId> open_;  ///< by path
};

bool on_type(std::string_view path, std::string_view type) {
  return path == type || (path.starts_with(type) && path[type.size()] == '.');
}

void check_differential(const Profile& profile, ElementId base) {
  Run& run = profile.run;
  Slicings slicings(profile, base);
  const std::vector<NodeId> elements = all_named(run.tree, profile.differential, name::element);
  bool usable = true;
  for (const NodeId element : elements) {
    const std::string_view path = run.child_text(element, name::path);
    if (!path.empty() && !on_type(path, profile.type)) {
      run.report(element, id<"differential-path-type">,
                 {std::string(path), std::string(profile.type)});
      usable = false;
    }
    if (path.find('.') == std::string_view::npos && run.child(element, name::slicing) != no_node) {
      run.report(element, id<"slicing-on-root">, {std::string(path)});
      profile.unusable("the root element is sliced");
      usable = false;
    }
    check_element_types(run, element);
    check_type_references(run, element);
    check_discriminators(run, element);
    slicings.check(element);
  }
  if (const NodeId code = usable ? invalid_code(run, profile.differential) : no_node;
      code != no_node) {
    profile.unusable("the code '" + std::string(run.tree[code].text()) + "' is unknown");
  } else if (usable) {
    check_paths(profile, elements);
  }
}

void check_extension_url(Run& run, NodeId resource, NodeId differential) {
  const std::string_view url = run.child_text(resource, name::url);
  std::string_view fixed;
  for (const NodeId element : named(run.tree, differential, name::element)) {
    if (run.child_text(element, name::path) == "Extension.url") {
      fixed = run.child_text(element, name::fixed);
    }
  }
  if (!url.empty() && fixed != url) {
    run.report(resource, id<"extension-definition-url">, {std::string(url), std::string(fixed)});
  }
}

/// The fixed value of the base's element, as JSON; empty: none.
std::string_view fixed_in_base(const Run& run, definition::ElementId root, std::string_view path) {
  const auto first =
      root == definition::no_element ? root : run.definitions.element(root).first_child;
  for (definition::ElementId id = first; id != definition::no_element;) {
    const definition::Element element = run.definitions.element(id);
    if (element.path == path && element.slice_name.empty()) {
      return element.fixed;
    }
    id = element.next;
  }
  return {};
}

/// What the base fixes stays fixed: of its primitives directly below the root.
void check_fixed_stay(Run& run, NodeId differential, const definition::Structure& base) {
  for (const NodeId element : named(run.tree, differential, name::element)) {
    const NodeId fixed = run.child(element, name::fixed);
    if (fixed == no_node || run.tree[fixed].kind == tree::Kind::object) {
      continue;
    }
    const std::string_view json =
        fixed_in_base(run, base.root, run.child_text(element, name::path));
    const std::string before =
        json.empty() ? std::string() : read_expected(json, run.state.symbols).text;
    if (!before.empty() && before != run.tree[fixed].text()) {
      run.report(fixed, id<"fixed-value">,
                 {std::string(run.tree[fixed].text()), before, std::string(base.url)});
    }
  }
}

void check_context(Run& run, NodeId resource, std::string_view type) {
  for (const NodeId context : named(run.tree, resource, name::context)) {
    if (type != "Extension") {
      run.report(context, id<"context-without-extension">, {std::string(type)});
    }
  }
}

}  // namespace

void check_structure_definition(Run& run, NodeId resource) {
  const std::string_view base_url = run.child_text(resource, name::base_definition);
  const std::string_view type = run.child_text(resource, name::type);
  check_context(run, resource, type);
  check_obligation_base(run, resource, base_url);
  const definition::StructureId base =
      base_url.empty() ? definition::no_structure : run.definitions.structure(base_url);
  if (base == definition::no_structure) {
    if (!base_url.empty()) {
      run.report(resource, id<"base-not-here">, {std::string(base_url)});
    }
    return;
  }
  // Since R5 a constraint says so (sdf-27).
  if (run.child(resource, name::derivation) == no_node && run.definitions.fhir_version() < "5") {
    run.report(resource, id<"derivation-missing">, {std::string(base_url)});
    return;
  }
  if (run.child_text(resource, name::derivation) != "constraint") {
    return;
  }
  const definition::Structure info = run.definitions.structure_info(base);
  if (!type.empty() && type != info.type) {
    run.report(resource, id<"profile-type-differs">, {std::string(type), std::string(info.type)});
    return;
  }
  check_kind(run, resource, info);
  const NodeId differential = run.child(resource, name::differential);
  if (differential == no_node) {
    return;
  }
  check_differential({run, resource, differential, type}, info.root);
  check_fixed_stay(run, differential, info);
  check_constraint_keys(run, differential, info);
  check_obligation_profile(run, resource, differential, info);
  if (info.url == "http://hl7.org/fhir/StructureDefinition/Extension") {
    check_extension_url(run, resource, differential);
  }
}

}  // namespace lhcr::validate
