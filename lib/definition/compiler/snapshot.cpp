// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/snapshot.hpp"

#include <algorithm>
#include <utility>

#include "base/words.hpp"
#include "definition/compiler/merge.hpp"

namespace lhcr::definition::compiler {
namespace {

constexpr std::string_view core_prefix = "http://hl7.org/fhir/StructureDefinition/";

/// One step of an element's id: "category:VSCat".
struct Step {
  std::string name;
  std::string slice;
  bool operator==(const Step&) const = default;
};

/// Applies a differential to the tree of its base.
class Differential {
 public:
  Differential(Snapshots& snapshots, StructureModel& structure, ElementTree root)
      : snapshots_(snapshots), structure_(structure), root_(std::move(root)) {}

  std::vector<ElementModel> run() {
    ids_tell_slices_ =
        std::none_of(structure_.differential.begin(), structure_.differential.end(),
                     [](const ElementModel& change) {
                       return !change.slice_name.empty() && change.id.find(':') == change.id.npos;
                     });
    for (const ElementModel& change : structure_.differential) {
      steps_.push_back(steps_of(change));
    }
    for (std::size_t at = 0; at < steps_.size(); ++at) {
      apply(structure_.differential[at], steps_[at]);
    }
    return flatten(root_);
  }

 private:
  void apply(const ElementModel& change, const std::vector<Step>& steps) {
    ElementTree* at = &root_;
    for (std::size_t depth = 1; depth < steps.size() && at != nullptr; ++depth) {
      const bool last = depth + 1 == steps.size();
      at = step(*at, steps, depth, last ? &change : nullptr);
    }
    if (at == nullptr) {
      if (structure_.problem.empty()) {
        structure_.problem = "its element " + (change.id.empty() ? change.path : change.id) +
                             " has no place in its base";
      }
      return;
    }
    const bool renamed = is_renamed_choice(*at, change.slice_name);
    merge(change, *at);
    if (renamed) {
      at->element.slice_name.clear();
    }
    take_extension_cardinality(change, at->element);
  }

  /// The element that STU3 renames after its type, valueQuantity, may carry that name for a slice's
  /// too, and is none.
  static bool is_renamed_choice(const ElementTree& tree, std::string_view slice) {
    const std::string_view name = last_step(tree.element.path);
    if (!tree.element.slice_name.empty() || tree.element.types.size() != 1 ||
        !image::equal_folded(name, slice)) {
      return false;
    }
    const std::string_view type = tree.element.types.front().code;
    const std::size_t stem = name.size() - std::min(name.size(), type.size());
    return stem > 0 && name[stem] >= 'A' && name[stem] <= 'Z' &&
           image::equal_folded(name.substr(stem), type);
  }

  /// What an extension's definition says of how often it may come counts where a profile says
  /// nothing.
  void take_extension_cardinality(const ElementModel& change, ElementModel& element) {
    if (change.slice_name.empty() || change.types.size() != 1 ||
        change.types.front().profiles.size() != 1) {
      return;
    }
    const StructureModel* const definition = snapshots_.find(change.types.front().profiles.front());
    if (definition == nullptr || definition->elements.empty() ||
        definition->kind != TypeKind::complex) {
      return;
    }
    const ElementModel& root = definition->elements.front();
    if (!change.has_min) {
      element.min = std::max(element.min, root.min);
    }
    if (!change.has_max) {
      element.max = std::min(element.max, root.max);
    }
  }

  /// The steps of an element: from its id where that agrees with the path; slices that only the
  /// order of the differential tells are those of the elements before it.
  [[nodiscard]] std::vector<Step> steps_of(const ElementModel& change) const {
    const std::vector<std::string_view> names = split(change.path, '.');
    const std::vector<std::string_view> ids = split(change.id, '.');
    std::vector<Step> steps;
    const bool useful = ids.size() == names.size() && ids_tell_slices_;
    static const std::vector<Step> nothing;
    const std::vector<Step>& latest = steps_.empty() ? nothing : steps_.back();
    bool same = true;
    for (std::size_t at = 0; at < names.size(); ++at) {
      Step step{std::string(names[at]), {}};
      same = same && at < latest.size() && latest[at].name == names[at];
      if (useful && at > 0) {
        const std::size_t colon = ids[at].find(':');
        step.slice =
            colon == std::string_view::npos ? std::string_view() : ids[at].substr(colon + 1);
      } else if (same && at + 1 < names.size()) {
        step.slice = latest[at].slice;
      }
      if (at + 1 == names.size() && at > 0) {
        step.slice = change.slice_name.empty() && useful ? step.slice : change.slice_name;
      }
      steps.push_back(std::move(step));
    }
    return steps;
  }

  /// One step down; unfolds what is not there yet. `change`: what the last step is about.
  ElementTree* step(ElementTree& from, const std::vector<Step>& steps, std::size_t depth,
                    const ElementModel* change) {
    const Step& step = steps[depth];
    if (from.children.empty()) {
      unfold(from);
    }
    ElementTree* found = from.child(step.name);
    if (found == nullptr && (found = choice_of(from, step.name)) != nullptr) {
      return narrow_choice(*found, steps, depth);
    }
    if (found == nullptr && change != nullptr && !structure_.constraint && step.slice.empty()) {
      return &define(from, *change);
    }
    if (found == nullptr || step.slice.empty() || is_renamed_choice(*found, step.slice) ||
        image::equal_folded(found->element.slice_name, step.slice)) {
      return found;
    }
    return &slice(*found, step.slice);
  }

  /// A new element of a specialization.
  static ElementTree& define(ElementTree& parent, const ElementModel& change) {
    ElementTree& added = parent.children.emplace_back();
    added.element.path = change.path;
    added.element.max = change.max;
    added.element.base_max = change.max;
    added.element.has_base = true;
    return added;
  }

  ElementTree& slice(ElementTree& sliced, const std::string& name) {
    if (ElementTree* const known = sliced.slice(name); known != nullptr) {
      return *known;
    }
    const std::size_t slash = name.rfind('/');
    ElementTree& whole = slash == std::string::npos ? sliced : slice(sliced, name.substr(0, slash));
    imply_slicing(whole.element);
    ElementTree made;
    made.element = whole.element;
    made.children = whole.children;
    made.element.slice_name = name;
    made.element.sliced = false;
    made.element.discriminators.clear();
    made.element.slicing_rules.clear();
    made.element.slicing_ordered = false;
    made.element.min = 0;
    if (const TypeRefModel* const type = type_of_slice(made.element, name); type != nullptr) {
      made.element.types = {TypeRefModel(*type)};
    }
    return whole.slices.emplace_back(std::move(made));
  }

  // Extensions are sliced by url and choices by type, said or not.
  static void imply_slicing(ElementModel& element) {
    const std::string_view name = last_step(element.path);
    const bool extension = name == "extension" || name == "modifierExtension";
    if (!element.sliced && (extension || element.choice())) {
      element.sliced = true;
      element.slicing_rules = "open";
      element.discriminators = {extension ? DiscriminatorModel{"value", "url"}
                                          : DiscriminatorModel{"type", "$this"}};
    }
  }

  /// The type that the name of a slice of a choice spells: valueQuantity of value[x].
  static const TypeRefModel* type_of_slice(const ElementModel& element, std::string_view name) {
    const std::string_view stem = element.name();
    return element.choice() && name.starts_with(stem)
               ? type_named(element, name.substr(stem.size()))
               : nullptr;
  }

  /// The choice element that `name` spells with one of its types: valueQuantity of value[x].
  static ElementTree* choice_of(ElementTree& parent, std::string_view name) {
    for (ElementTree& child : parent.children) {
      const std::string_view stem = child.element.name();
      if (child.element.choice() && name.starts_with(stem) &&
          type_named(child.element, name.substr(stem.size())) != nullptr) {
        return &child;
      }
    }
    return nullptr;
  }

  static const TypeRefModel* type_named(const ElementModel& element, std::string_view suffix) {
    const auto found =
        std::find_if(element.types.begin(), element.types.end(), [&](const TypeRefModel& type) {
          return type.code.size() == suffix.size() && !suffix.empty() &&
                 std::string_view(type.code).substr(1) == suffix.substr(1) &&
                 (type.code[0] | 0x20) == (suffix[0] | 0x20);
        });
    return found == element.types.end() ? nullptr : &*found;
  }

  /// Whether the differential names no other type of the choice beside the one at `depth`.
  [[nodiscard]] bool is_only_type(const ElementModel& choice, const std::vector<Step>& steps,
                                  std::size_t depth) const {
    return std::none_of(steps_.begin(), steps_.end(), [&](const std::vector<Step>& other) {
      const std::string_view stem = choice.name();
      return other.size() > depth &&
             std::equal(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(depth),
                        steps.begin()) &&
             other[depth].name != steps[depth].name && other[depth].name.starts_with(stem) &&
             type_named(choice, std::string_view(other[depth].name).substr(stem.size())) != nullptr;
    });
  }

  /// valueQuantity: STU3 renames the element, later versions slice it; the only type that is named
  /// is the only one left.
  ElementTree* narrow_choice(ElementTree& choice, const std::vector<Step>& steps,
                             std::size_t depth) {
    const Step& step = steps[depth];
    const std::string_view suffix =
        std::string_view(step.name).substr(choice.element.name().size());
    const TypeRefModel type = *type_named(choice.element, suffix);
    const bool only = is_only_type(choice.element, steps, depth);
    if (only && choice.slices.empty()) {
      choice.element.types = {type};
    }
    if (only && structure_.fhir_version.starts_with("3.")) {
      choice.element.path = step.name;
      return &choice;
    }
    const std::string name = step.slice.empty() ? step.name : step.slice;
    if (ElementTree* const known = choice.slice(name); known != nullptr) {
      return known;
    }
    if (!choice.element.sliced) {
      choice.element.sliced = true;
      choice.element.slicing_rules = only ? "closed" : "open";
      choice.element.discriminators = {{"type", "$this"}};
    }
    ElementTree& made = slice(choice, name);
    made.element.types = {type};
    return &made;
  }

  /// Gives an element the children of its type, of its type's profile or of what it refers to.
  void unfold(ElementTree& tree) {
    if (!tree.element.content_reference.empty()) {
      const ElementTree whole = type_root();
      if (const ElementTree* const target = referenced(whole, tree.element.content_reference);
          target != nullptr) {
        tree.children = target->children;
        tree.element.content_reference.clear();
        tree.element.types = target->element.types;
      }
      return;
    }
    const StructureModel* const source = source_of(tree.element);
    if (source != nullptr && !source->elements.empty()) {
      tree.children = grow(source->elements).children;
    }
  }

  /// The type that is constrained, as it is defined: a content reference means the element there,
  /// and not what a profile makes of it (R4 ElementDefinition.contentReference). A new type is its
  /// own.
  ElementTree type_root() {
    const StructureModel* const type = structure_.constraint ? find_type(structure_.type) : nullptr;
    return type != nullptr && !type->elements.empty() ? grow(type->elements) : root_;
  }

  const StructureModel* source_of(const ElementModel& element) {
    if (element.types.empty()) {
      return nullptr;
    }
    const TypeRefModel& type = element.types.front();
    if (element.types.size() > 1) {
      return find_type("Element");
    }
    for (const std::string& profile : type.profiles) {
      const StructureModel* const found =
          type.profiles.size() == 1 ? snapshots_.find(profile) : nullptr;
      if (found != nullptr && !found->elements.empty()) {
        return found;
      }
    }
    return find_type(type.code);
  }

  const StructureModel* find_type(const std::string& code) {
    const bool url = code.find(':') != std::string::npos;
    return snapshots_.find(url ? code : std::string(core_prefix) + code);
  }

  static const ElementTree* referenced(const ElementTree& tree, const std::string& reference) {
    if (tree.element.path == reference || tree.element.id == reference) {
      return &tree;
    }
    for (const ElementTree& child : tree.children) {
      if (const ElementTree* const found = referenced(child, reference); found != nullptr) {
        return found;
      }
    }
    return nullptr;
  }

  Snapshots& snapshots_;
  StructureModel& structure_;
  ElementTree root_;
  std::vector<std::vector<Step>> steps_;  // per element of the differential
  bool ids_tell_slices_ = true;
};

/// The base under the name of the type that is derived from it.
void rename(ElementTree& root, const StructureModel& structure) {
  const std::string_view type = structure.differential.empty()
                                    ? std::string_view(structure.type)
                                    : std::string_view(structure.differential.front().path);
  const std::string_view name = type.substr(0, type.find('.'));
  root.element.path = name.substr(name.rfind('/') + 1);
}

}  // namespace

Snapshots::Snapshots(std::vector<StructureModel>& structures, Below& below)
    : structures_(structures), below_(below), states_(structures.size(), State::none) {}

void Snapshots::fill() {
  for (std::size_t at = 0; at < structures_.size(); ++at) {
    fill(at);
  }
}

void Snapshots::fill(std::size_t at) {
  StructureModel& structure = structures_[at];
  if (states_[at] != State::none) {
    return;
  }
  states_[at] = State::busy;
  if (structure.elements.empty()) {
    structure.elements = generate(structure);
  }
  states_[at] = State::done;
}

const StructureModel* Snapshots::find(std::string_view canonical) {
  const std::size_t bar = canonical.find('|');
  const std::string_view url = canonical.substr(0, bar);
  // Sorted by url.
  auto found = std::lower_bound(
      structures_.begin(), structures_.end(), url,
      [](const StructureModel& left, std::string_view right) { return left.url < right; });
  while (bar != std::string_view::npos && found != structures_.end() && found->url == url &&
         found->version != canonical.substr(bar + 1)) {
    ++found;
  }
  if (found == structures_.end() || found->url != url) {
    return below_.structure(canonical);
  }
  fill(static_cast<std::size_t>(found - structures_.begin()));
  return &*found;
}

std::vector<ElementModel> Snapshots::generate(StructureModel& structure) {
  if (structure.base.empty()) {
    structure.problem = "it has neither a snapshot nor a base";
    return {};
  }
  const StructureModel* const base = find(structure.base);
  if (base == nullptr || base == &structure) {
    structure.problem = "its base " + structure.base + " is not here";
    return {};
  }
  if (base->elements.empty()) {
    structure.problem = "its base " + structure.base + " has no snapshot" +
                        (base->problem.empty() ? "" : ": " + base->problem);
    return {};
  }
  ElementTree root = grow(base->elements);
  rename(root, structure);
  return Differential(*this, structure, std::move(root)).run();
}

}  // namespace lhcr::definition::compiler
