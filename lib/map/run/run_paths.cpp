// SPDX-License-Identifier: Apache-2.0
// Paths: read in the source tree, written in the target tree.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

/// Data types that read as another one, and what an element without xsi:type must have to be of a
/// type.
struct Alias {
  std::string_view asked;
  std::string_view found;
};
constexpr std::array<Alias, 7> aliases{{{"RTO_PQ_PQ", "RTO"},
                                        {"CD", "CE"},
                                        {"CD", "CV"},
                                        {"CD", "CO"},
                                        {"CD", "CS"},
                                        {"ST", "ED"},
                                        {"IVL_TS", "IVXB_TS"}}};
struct Shape {
  std::string_view type;
  std::string_view child;
};
constexpr std::array<Shape, 7> shapes{{{"IVL_TS", "low"},
                                       {"IVL_TS", "high"},
                                       {"IVL_TS", "center"},
                                       {"IVL_TS", "width"},
                                       {"PIVL_TS", "period"},
                                       {"EIVL_TS", "event"},
                                       {"TS", "value"}}};

bool type_fits(const tree::Tree& tree, tree::NodeId node, tree::NodeId type,
               std::string_view asked) {
  if (type != tree::no_node) {
    for (const Alias& alias : aliases) {
      if (alias.asked == asked && alias.found == tree[type].text()) {
        return true;
      }
    }
    return false;
  }
  for (const Shape& shape : shapes) {
    if (shape.type == asked && tree.child(node, tree.find(shape.child)) != tree::no_node) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool Run::test_holds(const Test& test, const tree::Tree& tree, tree::NodeId node,
                     std::size_t at) const {
  bool found = false;
  bool skipped = !test.skips_first || at + 1 < test.path.size();
  for (const tree::NodeId child : tree.children(node)) {
    if (tree[child].name != test.path[at] && tree[child].element != test.path[at]) {
      continue;
    }
    if (!skipped) {
      skipped = true;
      continue;
    }
    if (at + 1 < test.path.size()) {
      found = found || test_holds(test, tree, child, at + 1);
    } else {
      found = found || test.kind == Test::Kind::exists || test.kind == Test::Kind::missing ||
              tree[child].text() == test.value;
    }
  }
  if (!found && test.by_default && &tree == &source_) {
    return tree.child(node, test.path[0]) == tree::no_node;
  }
  if (!found && at == 0 && test.path[0] == name::xsi_type) {
    found = type_fits(tree, node, tree.child(node, name::xsi_type), test.value);
  }
  return found;
}

bool Run::holds(const std::vector<Test>& tests, tree::NodeId node) const {
  for (const Test& test : tests) {
    const bool found = test_holds(test, source_, node, 0);
    if (found != (test.kind == Test::Kind::equal || test.kind == Test::Kind::exists)) {
      return false;
    }
  }
  return true;
}

bool Run::step_fits(const Step& step, const tree::Tree& tree, tree::NodeId node) const {
  if (step.name == no_symbol
          ? tree[node].is(tree::Flag::attribute) || tree[node].kind == tree::Kind::text
          : tree[node].name != step.name) {
    return false;
  }
  for (const Test& test : step.tests) {
    const bool found = test_holds(test, tree, node, 0) ||
                       (step.is_template && &tree == &source_ && stands_for(test, node));
    if (found != (test.kind == Test::Kind::equal || test.kind == Test::Kind::exists)) {
      return false;
    }
  }
  return true;
}

/// Whether an element says by another family's templateId what a test of a templateId asks for;
/// one whose templates nobody knows is taken for what its place and codes say.
bool Run::stands_for(const Test& test, tree::NodeId node) const {
  if (test.path.size() != 2 || test.path[0] != name::template_id) {
    return false;
  }
  if (statements_.is_strange(node)) {
    return true;
  }
  for (const tree::NodeId child : source_.children(node)) {
    if (!statements_.has_alias(node) || source_[child].name != name::template_id) {
      continue;
    }
    const auto alias = map_.aliases.find(std::string(peek(child, name::root)));
    if (alias != map_.aliases.end() && alias->second == test.value) {
      return true;
    }
  }
  return false;
}

/// Whether the FHIR side is a Bundle and not one resource alone.
bool Run::in_bundle() const {
  constexpr std::string_view bundle = "Bundle";
  return (forward_ ? target_ : source_).resource_type(bundle_) == bundle;
}

tree::NodeId Run::start(const Path& path, const Places& places, bool left) const {
  switch (path.root) {
    case Root::wrapper:
      return places.wrapper;
    case Root::section:
      return places.section;
    case Root::entry:
      return places.entry;
    case Root::document:
      return document_;
    case Root::link:
      return places.link;
    case Root::resource:
      return places.resource;
    case Root::patient:
      return left || patient_ == npos ? tree::no_node : resources_[patient_].node;
    case Root::bundle:
      return left || !in_bundle() ? tree::no_node : bundle_;
    default:
      return left ? places.left : places.right;
  }
}

/// Whether a row that reads into a statement would overlook what turns its meaning.
bool Run::is_turned(const Step& step, tree::NodeId node) const {
  const ModifierMask said = step.says | (said_.self & statements_.inherited());
  return (statements_.turned(node) & ~said) != 0;
}

void Run::walk(const Path& path, std::size_t step, tree::NodeId node, Visit each) {
  if (step == path.steps.size()) {
    each(node);
    return;
  }
  const Step& wanted = path.steps[step];
  for (const tree::NodeId child : source_.children(node)) {
    if ((wanted.name == no_symbol || source_[child].name == wanted.name) &&
        !(wanted.guard && is_turned(wanted, child)) && step_fits(wanted, source_, child)) {
      walk(path, step + 1, child, each);
      if (wanted.first) {
        return;
      }
    }
  }
}

/// Whether a path's own tests hold. Those of a section are asked for each of its statements, and it
/// may have thousands.
bool Run::starts_well(const Path& path, tree::NodeId node) {
  if (path.root != Root::section || path.tests.empty()) {
    return holds(path.tests, node);
  }
  auto& [section, known] = section_tests_[&path];
  if (section != node) {
    section = node;
    known = holds(path.tests, node);
  }
  return known;
}

void Run::each(const Path& path, const Places& places, Visit each) {
  if (path.root == Root::provenance) {
    const auto found = provenance_.find(places.resource);
    if (found != provenance_.end()) {
      for (const tree::NodeId node : found->second) {
        if (holds(path.tests, node)) {
          walk(path, 0, node, each);
        }
      }
    }
    return;
  }
  const tree::NodeId node = start(path, places, forward_);
  if (node != tree::no_node && starts_well(path, node)) {
    walk(path, 0, node, each);
  }
  if (path.root == Root::link && !forward_ && places.resource != tree::no_node) {
    if (const tree::NodeId meta = source_.child(places.resource, name::meta);
        meta != tree::no_node) {
      walk(path, 0, meta, each);
    }
  }
}

bool Run::take_test(const Test& test, tree::NodeId node, std::size_t at) {
  bool any = false;
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != test.path[at] && source_[child].element != test.path[at]) {
      continue;
    }
    const bool last = at + 1 == test.path.size();
    if (last ? source_[child].text() == test.value : take_test(test, child, at + 1)) {
      take(child);
      any = true;
    }
  }
  return any;
}

void Run::take_tests(const std::vector<Test>& tests, tree::NodeId node) {
  for (const Test& test : tests) {
    if (test.kind != Test::Kind::equal) {
      continue;
    }
    take_test(test, node, 0);
    if (test.path.size() == 2 && test.path[0] == name::template_id) {
      take_template(test.value, node);
    }
  }
}

void Run::take_template(std::string_view root, tree::NodeId node) {
  const auto known = map_.template_versions.find(std::string(root));
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != name::template_id || peek(child, name::root) != root) {
      continue;
    }
    const std::string_view version = peek(child, name::extension);
    if (version.empty() || (known != map_.template_versions.end() && known->second == version)) {
      take_all(child);
    } else {
      undo_taken(child);
    }
  }
}

void Run::adopt(const Run& other) {
  ledger_.adopt(other.ledger_);
  unsaid_.insert(unsaid_.begin(), other.unsaid_.begin(), other.unsaid_.end());
  strangers_.insert(strangers_.begin(), other.strangers_.begin(), other.strangers_.end());
}

void Run::undo_taken(tree::NodeId node) {
  ledger_.set(node, Booked::lost);
  for (const tree::NodeId child : source_.children(node)) {
    undo_taken(child);
  }
}

void Run::take_upwards(tree::NodeId node, tree::NodeId stop) {
  for (; node != stop && node != tree::no_node; node = source_[node].parent) {
    take(node);
  }
}

void Run::take_all(tree::NodeId node) {
  take(node);
  for (const tree::NodeId child : source_.children(node)) {
    take_all(child);
  }
}

// --- writing ---

/// Nothing that was made since then hangs anywhere.
void Run::forget(tree::NodeId size) {
  target_.truncate(size);
  while (!pending_.empty() && pending_.back().first >= size) {
    pending_.pop_back();
  }
  last_.erase(last_.lower_bound(size), last_.end());
}

tree::NodeId Run::fresh(Symbol name) {
  tree::Node node;
  node.name = node.element = name;
  node.flags = tree::Flag::generated;
  const tree::NodeId id = target_.insert(tree::no_node, tree::no_node, node);
  target_[tree::no_node].child = tree::no_node;
  target_[id].next = tree::no_node;
  return id;
}

/// Whether a node is another one or stands above it.
bool Run::is_above(tree::NodeId node, tree::NodeId below) const {
  while (below != tree::no_node && below != node) {
    below = target_[below].parent;
  }
  return below == node;
}

/// Nothing is attached below itself, so that the result is a tree whatever the rows say.
void Run::attach(tree::NodeId parent, tree::NodeId child) {
  if (target_[child].child != tree::no_node && is_above(child, parent)) {
    return;
  }
  constexpr int many = 16;
  tree::NodeId last = tree::no_node;
  int seen = 0;
  for (tree::NodeId at = target_[parent].child; at != tree::no_node; at = target_[at].next) {
    last = at;
    if (++seen == many) {
      const auto known = last_.find(parent);
      at = last = known != last_.end() ? known->second : at;
    }
  }
  if (last == child) {
    return;
  }
  target_[child].parent = parent;
  target_[child].next = tree::no_node;
  (last == tree::no_node ? target_[parent].child : target_[last].next) = child;
  if (seen >= many) {
    last_[parent] = child;
  }
}

void Run::detach(tree::NodeId parent, tree::NodeId child) {
  tree::NodeId previous = tree::no_node;
  for (const tree::NodeId at : target_.children(parent)) {
    if (target_[at].next == child) {
      previous = at;
    }
  }
  (previous == tree::no_node ? target_[parent].child : target_[previous].next) =
      target_[child].next;
  last_.erase(parent);
}

void Run::set_text(tree::NodeId node, std::string_view text) {
  target_[node].bytes = text.data();
  target_[node].length = static_cast<std::uint32_t>(text.size());
  target_[node].kind = tree::Kind::string;
}

void Run::set_copy(tree::NodeId node, std::string_view text) {
  set_text(node, target_.arena().copy(text));
}

/// XML has an attribute once.
bool Run::has_attribute(tree::NodeId node, Symbol name) const {
  const auto children = target_.children(node);
  return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
    return target_[child].name == name && target_[child].is(tree::Flag::attribute);
  });
}

tree::NodeId Run::add(tree::NodeId parent, Symbol name, std::string_view text, bool attribute) {
  if (text.empty() || (attribute && has_attribute(parent, name))) {
    return tree::no_node;
  }
  const tree::NodeId node = fresh(name);
  set_text(node, text);
  if (attribute) {
    target_[node].flags = static_cast<std::uint8_t>(target_[node].flags | tree::Flag::attribute);
  }
  attach(parent, node);
  return node;
}

tree::NodeId Run::add_copy(tree::NodeId parent, Symbol name, std::string_view text,
                           bool attribute) {
  return text.empty() ? tree::no_node : add(parent, name, target_.arena().copy(text), attribute);
}

bool Run::contradicts(const Test& test, tree::NodeId node) const {
  if (test.path[0] == name::template_id) {
    return false;
  }
  tree::NodeId at = node;
  for (std::size_t i = 0; i < test.path.size() && at != tree::no_node; ++i) {
    at = target_.child(at, test.path[i]);
    if (at != tree::no_node && target_.child(at, name::null_flavor) != tree::no_node) {
      return true;
    }
  }
  return at != tree::no_node;
}

void Run::write_tests(const std::vector<Test>& tests, tree::NodeId node) {
  for (const Test& test : tests) {
    const bool typed =
        test.path[0] != name::xsi_type || target_.child(node, name::xsi_type) != tree::no_node;
    if (test.kind != Test::Kind::equal || (typed && test_holds(test, target_, node, 0))) {
      continue;
    }
    if (contradicts(test, node)) {
      continue;
    }
    tree::NodeId at = node;
    for (std::size_t i = 0; i < test.path.size(); ++i) {
      const bool last = i + 1 == test.path.size();
      const tree::NodeId known = last ? tree::no_node : target_.child(at, test.path[i]);
      if (last) {
        add(at, test.path[i], test.value, test.attribute[i]);
      } else if (known != tree::no_node && test.path[i] != name::template_id) {
        at = known;
      } else {
        const tree::NodeId made = fresh(test.path[i]);
        attach(at, made);
        at = made;
      }
    }
  }
}

void Run::write_templates(const Step& step, tree::NodeId node) {
  for (const Test& test : step.tests) {
    if (test.path.size() != 2 || test.path[0] != name::template_id) {
      continue;
    }
    const auto known = map_.template_versions.find(test.value);
    const std::string_view version = known != map_.template_versions.end()
                                         ? std::string_view(known->second)
                                         : std::string_view(step.template_extension);
    if (!version.empty()) {
      const tree::NodeId made = fresh(name::template_id);
      add(made, name::root, test.value, true);
      add(made, name::extension, version, true);
      attach(node, made);
    }
    const tree::NodeId bare = fresh(name::template_id);
    add(bare, name::root, test.value, true);
    attach(node, bare);
  }
}

void Run::write_tests(const Step& step, tree::NodeId node) {
  if (step.is_template) {
    write_templates(step, node);
  }
  write_tests(step.tests, node);
}

}  // namespace lhcr::map
