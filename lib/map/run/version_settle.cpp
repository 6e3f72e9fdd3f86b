// SPDX-License-Identifier: Apache-2.0
#include "map/run/version_settle.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "map/codec/codec_functions.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {
namespace {

using definition::Child;
using definition::Definitions;
using definition::Membership;
using definition::TypeId;
using tree::Flag;
using tree::NodeId;
using tree::Tree;

constexpr std::string_view alternate_url =
    "http://hl7.org/fhir/StructureDefinition/alternate-reference";

constexpr std::string_view stu3_reference_url =
    "http://hl7.org/fhir/3.0/StructureDefinition/extension-Reference.reference";
constexpr std::string_view r4_reference_url =
    "http://hl7.org/fhir/4.0/StructureDefinition/extension-Reference.reference";

/// What an element allows.
struct Allowed {
  definition::ValueSetId codes = definition::no_value_set;  ///< of a required binding
  std::vector<std::string_view> targets;                    ///< types of a Reference; empty: any
};

Allowed look_up(const Definitions& definitions, definition::ElementId id) {
  Allowed made;
  const definition::Element element = definitions.element(id);
  if (element.binding.strength == definition::Strength::required) made.codes = element.binding.set;
  for (const definition::TypeRef& type : definitions.element_types(id)) {
    if (type.code != "Reference") continue;
    for (const std::string_view target : type.targets) {
      made.targets.push_back(target.substr(target.rfind('/') + 1));
    }
  }
  const bool any =
      std::find(made.targets.begin(), made.targets.end(), "Resource") != made.targets.end();
  if (any) made.targets.clear();
  return made;
}

class VersionSettler {
 public:
  VersionSettler(const Map& map, const Versions& versions, const Restored& restored, Tree& tree)
      : map_(map),
        restored_(restored),
        reference_url_(versions.up ? stu3_reference_url : r4_reference_url),
        from_(versions.up ? versions.stu3 : versions.r4),
        to_(versions.up ? versions.r4 : versions.stu3),
        pairs_(versions.pairs),
        up_(versions.up),
        tree_(tree),
        reference_(to_.type("Reference")),
        code_(to_.type("code")),
        positive_(to_.type("positiveInt")),
        coding_(to_.type("Coding")) {}

  /// Whether anything has changed.
  bool run() {
    const NodeId end = tree_.size();
    for (NodeId node = tree::root_node + 1; node < end; ++node) {
      const TypeId type = tree_[node].type;
      if (type == reference_) {
        reference(node);
      } else if (type == coding_) {
        display(node);
      } else if (type == code_ && tree_[node].length > 0) {
        code(node);
      } else if (type == positive_ && tree_[node].text() == "0") {
        set_aside(node, "valueUnsignedInt");
      }
    }
    return changed_;
  }

 private:
  [[nodiscard]] const Child* row(NodeId node) const {
    return to_.child(tree_[tree_[node].parent].type, tree_[node].name);
  }

  const Allowed& allowed(definition::ElementId id) { return cached(to_, allowed_, id); }

  using Cache = std::unordered_map<definition::ElementId, Allowed>;
  static const Allowed& cached(const Definitions& definitions, Cache& cache,
                               definition::ElementId id) {
    const auto found = cache.find(id);
    return found != cache.end() ? found->second
                                : cache.emplace(id, look_up(definitions, id)).first->second;
  }

  // --- references ---

  void reference(NodeId node) {
    const Child* const place = row(node);
    if (place == nullptr) return;
    const std::vector<std::string_view>& targets = allowed(place->definition).targets;
    const auto takes = [&](std::string_view type) {
      return type.empty() || targets.empty() ||
             std::find(targets.begin(), targets.end(), type) != targets.end();
    };
    const NodeId own = tree_.child(node, name::reference);
    if (own != tree::no_node && !restored_.contains(own)) {
      const std::string type = target_type(node);
      const bool fits = takes(type);
      const bool wrong = !type.empty() && is_wrong_target(node, place->definition, type);
      if (!fits && !wrong) lower(node);
      if (fits && wrong) mark(node, own);
    }
    if (own != tree::no_node) return;
    const NodeId alternate = alternate_of(node);
    const NodeId value = alternate == tree::no_node ? alternate : value_of(alternate);
    if (value != tree::no_node && takes(target_type(value))) raise(node, alternate, value);
  }

  bool is_wrong_target(NodeId node, definition::ElementId element, std::string_view type) {
    const TypeId known = to_.type(type);
    if (known == definition::no_type) return is_wrong_already(node, type);
    const auto [found, added] = wrong_.try_emplace(std::uint64_t{element} << 32U | known);
    if (added) found->second = is_wrong_already(node, type);
    return found->second;
  }

  /// The version that was read does not allow the target; the way back puts it there again.
  void mark(NodeId node, NodeId reference) {
    if (has_extension(node, reference_url_)) return;
    const NodeId extension = add(node, "extension", {});
    tree_[extension].flags = Flag::list;
    add(extension, "url", reference_url_);
    add(extension, "valueString", tree_[reference].text());
    changed_ = true;
  }

  [[nodiscard]] bool has_extension(NodeId node, std::string_view wanted) const {
    const auto children = tree_.children(node);
    return std::any_of(children.begin(), children.end(), [&](NodeId child) {
      const NodeId url =
          tree_[child].name == name::extension ? tree_.child(child, name::url) : tree::no_node;
      return url != tree::no_node && tree_[url].text() == wanted;
    });
  }

  void lower(NodeId node) {
    const NodeId children = tree_[node].child;
    tree_[node].child = tree::no_node;
    const NodeId extension = add(node, "extension", {});
    tree_[extension].flags = Flag::list;
    add(extension, "url", alternate_url);
    const NodeId value = add(extension, "valueReference", {});
    tree_[value].child = children;
    adopt(value);
    changed_ = true;
  }

  void raise(NodeId node, NodeId alternate, NodeId value) {
    unlink(alternate);
    NodeId last = tree_[value].child;
    if (last == tree::no_node) return;
    while (tree_[last].next != tree::no_node) last = tree_[last].next;
    tree_[last].next = tree_[node].child;
    tree_[node].child = tree_[value].child;
    tree_[value].child = tree::no_node;
    adopt(node);
    changed_ = true;
  }

  [[nodiscard]] NodeId alternate_of(NodeId node) const {
    for (const NodeId child : tree::named(tree_, node, name::extension)) {
      const NodeId url = tree_.child(child, name::url);
      if (url != tree::no_node && tree_[url].text() == alternate_url) return child;
    }
    return tree::no_node;
  }

  [[nodiscard]] NodeId value_of(NodeId extension) const {
    for (const NodeId child : tree_.children(extension)) {
      if (tree_.name_of(child) == "valueReference") return child;
    }
    return tree::no_node;
  }

  /// The type that a Reference leads to, empty when the record does not tell.
  std::string target_type(NodeId holder) {
    const NodeId node = tree_.child(holder, name::reference);
    if (node == tree::no_node) return {};
    std::string_view text = tree_[node].text();
    if (text.starts_with('#')) return contained_type(holder, text.substr(1));
    if (text.starts_with("urn:")) return entry_type(text);
    text = cut_reference(text).type;
    const bool known =
        to_.type(text) != definition::no_type || from_.type(text) != definition::no_type;
    return known ? std::string(text) : std::string();
  }

  [[nodiscard]] std::string contained_type(NodeId from, std::string_view id) const {
    NodeId holder = tree_.enclosing_resource(from);
    if (tree_[holder].name == name::contained)
      holder = tree_.enclosing_resource(tree_[holder].parent);
    for (const NodeId child : tree::named(tree_, holder, name::contained)) {
      const NodeId own = tree_.child(child, name::id);
      if (own != tree::no_node && tree_[own].text() == id) {
        return std::string(tree_.resource_type(child));
      }
    }
    return {};
  }

  std::string entry_type(std::string_view url) {
    if (!indexed_) index_entries();
    const auto found = entries_.find(url);
    return found == entries_.end() ? std::string() : std::string(found->second);
  }

  void index_entries() {
    indexed_ = true;
    for (NodeId node = tree::root_node; node < tree_.size(); ++node) {
      if (tree_[node].name != name::full_url) continue;
      const NodeId held = tree_.child(tree_[node].parent, name::resource);
      if (held != tree::no_node) entries_.emplace(tree_[node].text(), tree_.resource_type(held));
    }
  }

  // --- codes ---

  void code(NodeId node) {
    const Child* const place = row(node);
    if (place == nullptr || place->definition == definition::no_element) return;
    const definition::ValueSetId set = allowed(place->definition).codes;
    const std::string_view text = tree_[node].text();
    if (set == definition::no_value_set || to_.contains(set, {}, text) != Membership::no ||
        is_wrong_already(node, text)) {
      return;
    }
    const Concepts::Target* const other = mapped(up_, text);
    if (other == nullptr || to_.contains(set, {}, other->code) != Membership::yes) {
      set_aside(node, "valueCode");
      return;
    }
    const Concepts::Target* const back = mapped(!up_, other->code);
    if ((back == nullptr || back->code != text) && !tree_[node].is(Flag::list)) {
      keep(node, "valueCode");
    }
    set_text(node, other->code);
    changed_ = true;
  }

  [[nodiscard]] const Concepts::Target* mapped(bool up, std::string_view code) const {
    const auto table = map_.concepts.find("version-codes");
    return table == map_.concepts.end() ? nullptr : table->second->find(up, {}, code);
  }

  /// Code systems that got another address may have got other displays with it. One that was not
  /// the system's own stays.
  void display(NodeId coding) {
    const NodeId system = tree_.child(coding, name::system);
    const NodeId code = tree_.child(coding, name::code);
    const NodeId shown = tree_.child(coding, name::display);
    if (system == tree::no_node || code == tree::no_node || shown == tree::no_node) return;
    const Concepts* const table = displays_of(tree_[system].text());
    if (table == nullptr) return;
    const std::string& old_system = up_ ? table->left_system : table->right_system;
    const std::string& new_system = up_ ? table->right_system : table->left_system;
    const Concepts::Target* const now = table->find(up_, old_system, tree_[code].text());
    const Concepts::Target* const before = table->find(!up_, new_system, tree_[code].text());
    if (now != nullptr && before != nullptr && before->display == tree_[shown].text()) {
      set_text(shown, now->display);
    }
  }

  /// The concepts whose system on the side that is written is `system`, of those that version-urls
  /// gave another address.
  [[nodiscard]] const Concepts* displays_of(std::string_view system) const {
    const auto urls = map_.concepts.find("version-urls");
    if (urls == map_.concepts.end() || urls->second->find(!up_, {}, system) == nullptr) {
      return nullptr;
    }
    for (const auto& [name, concepts] : map_.concepts) {
      if (name.starts_with("display-") &&
          (up_ ? concepts->right_system : concepts->left_system) == system) {
        return &*concepts;
      }
    }
    return nullptr;
  }

  /// A code or a type of target that the record's own version does not know there either stays as
  /// it is.
  [[nodiscard]] bool is_wrong_already(NodeId node, std::string_view value) {
    return pairs_.all_sources(tree_[tree_[node].parent].type, [&](TypeId type) {
      const Child* const place = from_.child(type, tree_[node].name);
      return place != nullptr && place->definition != definition::no_element &&
             is_wrong_in(*place, node, value);
    });
  }

  /// Whether a type of the version that is written was one of these in the other.
  [[nodiscard]] bool is_among(const std::vector<std::string_view>& targets,
                              std::string_view type) const {
    const auto has = [&](std::string_view name) {
      return std::find(targets.begin(), targets.end(), name) != targets.end();
    };
    const std::vector<TypeId>& before = pairs_.sources(to_.type(type));
    return has(type) || std::any_of(before.begin(), before.end(),
                                    [&](TypeId source) { return has(from_.info(source).name); });
  }

  [[nodiscard]] bool is_wrong_in(const Child& place, NodeId node, std::string_view value) {
    const Allowed& there = cached(from_, before_, place.definition);
    if (tree_[node].type == reference_) {
      return !there.targets.empty() && !is_among(there.targets, value);
    }
    return there.codes != definition::no_value_set &&
           from_.contains(there.codes, {}, value) == Membership::no;
  }

  /// Keeps a value in an extension only; an element that must be there says that it is not known.
  void set_aside(NodeId node, std::string_view value) {
    const Child* const place = row(node);
    if (place == nullptr || !keep(node, value)) return;
    if (tree_[node].is(Flag::list) || to_.element(place->definition).min == 0) {
      unlink(node);
      return;
    }
    tree_[node].bytes = nullptr;
    tree_[node].length = 0;
    tree_[node].kind = tree::Kind::null;
    const NodeId extension = add(node, "extension", {});
    tree_[extension].flags = Flag::list;
    add(extension, "url", absent_reason_url);
    add(extension, "valueCode", "unknown");
  }

  /// The extension that stands for an element of the version that was read; that of a modifier
  /// modifies where anything may be modified.
  bool keep(NodeId node, std::string_view value) {
    const NodeId parent = tree_[node].parent;
    const TypeId holder = tree_[parent].type;
    if (to_.child(holder, name::extension) == nullptr) return false;
    const bool modifies =
        is_modifier(node) && to_.child(holder, name::modifier_extension) != nullptr;
    const NodeId extension = add(parent, modifies ? "modifierExtension" : "extension", {});
    tree_[extension].flags = Flag::list;
    add(extension, "url", tree_.arena().copy(extension_url(node)));
    add(extension, value, tree_[node].text());
    return changed_ = true;
  }

  [[nodiscard]] bool is_modifier(NodeId node) const {
    const std::vector<TypeId>& sources = pairs_.sources(tree_[tree_[node].parent].type);
    return std::any_of(sources.begin(), sources.end(), [&](TypeId type) {
      return map::is_modifier(from_, type, tree_[node].name);
    });
  }

  [[nodiscard]] std::string extension_url(NodeId node) const {
    const NodeId holder = tree_.enclosing_resource(node);
    std::string path(tree_.name_of(node));
    for (NodeId at = tree_[node].parent; at != holder && at != tree::no_node;
         at = tree_[at].parent) {
      path.insert(0, 1, '.').insert(0, tree_.name_of(at));
    }
    return std::string("http://hl7.org/fhir/") + (up_ ? "3.0" : "4.0") +
           "/StructureDefinition/extension-" + std::string(tree_.resource_type(holder)) + "." +
           path;
  }

  // --- the tree ---

  NodeId add(NodeId parent, std::string_view name, std::string_view text) {
    tree::Node made;
    made.name = made.element = tree_.intern(name);
    made.flags = Flag::generated;
    if (!text.empty()) {
      made.kind = tree::Kind::string;
      made.bytes = text.data();
      made.length = static_cast<std::uint32_t>(text.size());
    }
    return tree_.append(parent, made);
  }

  void set_text(NodeId node, std::string_view text) {
    const std::string_view kept = tree_.arena().copy(text);
    tree_[node].bytes = kept.data();
    tree_[node].length = static_cast<std::uint32_t>(kept.size());
  }

  void adopt(NodeId parent) {
    for (NodeId at = tree_[parent].child; at != tree::no_node; at = tree_[at].next) {
      tree_[at].parent = parent;
    }
  }

  void unlink(NodeId node) {
    NodeId* link = &tree_[tree_[node].parent].child;
    while (*link != node && *link != tree::no_node) link = &tree_[*link].next;
    if (*link == node) *link = tree_[node].next;
  }

  const Map& map_;
  const Restored& restored_;
  std::string_view reference_url_;
  const Definitions& from_;
  const Definitions& to_;
  const TypePairs& pairs_;
  bool up_;
  Tree& tree_;
  TypeId reference_, code_, positive_, coding_;
  Cache allowed_;
  Cache before_;
  std::unordered_map<std::uint64_t, bool> wrong_;  // by element and type of target
  std::unordered_map<std::string_view, std::string_view> entries_;
  bool indexed_ = false;
  bool changed_ = false;
};

}  // namespace

void settle_version(const Map& map, const Versions& versions, const Restored& restored,
                    Tree& tree) {
  if (VersionSettler(map, versions, restored, tree).run()) {
    definition::attach_types(tree, versions.up ? versions.r4 : versions.stu3);
  }
}

bool is_modifier(const definition::Definitions& definitions, TypeId type, Symbol name) {
  const Child* const row = type == definition::no_type ? nullptr : definitions.child(type, name);
  return row != nullptr && row->definition != definition::no_element &&
         definitions.element(row->definition).modifier;
}

}  // namespace lhcr::map
