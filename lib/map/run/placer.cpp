// SPDX-License-Identifier: Apache-2.0
#include "map/run/placer.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "map/run/statements.hpp"

namespace lhcr::map {

Placer::RowWork& Placer::work() {
  if (row_ == nullptr) {
    row_ = std::make_unique<RowWork>();
  }
  return *row_;
}

/// Whether two CodeableConcepts begin with the same code.
bool Placer::same_code(tree::NodeId there, tree::NodeId draft) const {
  const tree::NodeId left = target_.child(there, name::coding);
  const tree::NodeId right = target_.child(draft, name::coding);
  if (left == tree::no_node || right == tree::no_node) {
    return false;
  }
  for (const Symbol part : {name::system, name::code}) {
    const tree::NodeId a = target_.child(left, part);
    const tree::NodeId b = target_.child(right, part);
    if (a == tree::no_node || b == tree::no_node || target_[a].text() != target_[b].text()) {
      return false;
    }
  }
  return true;
}

/// What of `into` a child of a draft would stand beside; nothing where the element repeats.
tree::NodeId Placer::counterpart(tree::NodeId into, tree::NodeId child) const {
  const bool list =
      target_[child].element == name::extension || target_[child].element == name::translation;
  return list ? tree::no_node : target_.child(into, target_[child].element);
}

/// Whether an attribute is there already with the same text.
bool Placer::is_said(tree::NodeId into, tree::NodeId child) const {
  const tree::NodeId there = counterpart(into, child);
  return there != tree::no_node && target_[child].is(tree::Flag::attribute) &&
         target_[there].text() == target_[child].text();
}

/// Moves the children of `draft` to `into` unless one of them is there already: an element that
/// had parts of two things would say what neither does.
bool Placer::merge(tree::NodeId into, tree::NodeId draft) {
  if (target_[into].length > 0 || target_[draft].length > 0 ||
      target_[draft].child == tree::no_node) {
    return false;
  }
  for (const tree::NodeId child : target_.children(draft)) {
    if (counterpart(into, child) != tree::no_node && !is_said(into, child)) {
      return false;
    }
  }
  for (tree::NodeId child = target_[draft].child; child != tree::no_node;) {
    const tree::NodeId next = target_[child].next;
    if (!is_said(into, child)) {
      out_.attach(into, child);
    }
    child = next;
  }
  target_[draft].child = tree::no_node;
  out_.moved(draft, into);
  return true;
}

bool Placer::place(const Path& path, const Places& places, tree::NodeId draft) {
  const tree::NodeId parent = anchors_.start(path, places, !forward_);
  if (parent == tree::no_node) {
    return false;
  }
  return path.steps.empty() ? merge(parent, draft) : place_at(path, 0, parent, draft);
}

/// Whether an element may hold what a step means: an entryRelationship or a component has one
/// statement.
bool Placer::has_room(tree::NodeId holder, const Step& step) const {
  if (forward_ || !is_statement(target_.name(step.name))) {
    return true;
  }
  const auto children = target_.children(holder);
  return std::none_of(children.begin(), children.end(), [&](tree::NodeId child) {
    return target_[child].name != step.name && !target_[child].is(tree::Flag::attribute) &&
           is_statement(target_.name_of(child));
  });
}

/// A draft becomes what a step means.
void Placer::name(const Step& step, tree::NodeId node) {
  target_[node].name = step.name;
  target_[node].element = step.element;
  if (step.attribute) {
    out_.set_flag(node, tree::Flag::attribute);
  }
}

/// Whether a draft is, or has become, part of an element that stands in its place.
bool Placer::goes_into(const Step& want, tree::NodeId there, tree::NodeId draft) {
  name(want, draft);
  return tree::equal(target_, there, target_, draft) || (merging_ && same_code(there, draft)) ||
         (!want.list && !is_own(there) && matcher_.step_fits(want, target_, there) &&
          merge(there, draft));
}

/// Whether holders of a step that have no room are remembered, so that ten thousand components are
/// not asked again for each one more.
bool Placer::remembers_full(const Path& path, std::size_t step) const {
  return !forward_ && !merging_ && path.steps[step].list && step + 2 == path.steps.size() &&
         !path.steps[step + 1].list;
}

/// Whether such a holder has no room for the next step, nor gets any while the row runs. Of two
/// matches of one row each has its own, even if they say the same.
bool Placer::stays_full(const Step& next, tree::NodeId holder) const {
  if (!has_room(holder, next)) {
    return true;
  }
  const tree::NodeId there = target_.child(holder, next.element);
  return there != tree::no_node && is_own(there);
}

bool Placer::place_in_holder(const Path& path, std::size_t step, tree::NodeId holder,
                             tree::NodeId draft) {
  return matcher_.step_fits(path.steps[step], target_, holder) &&
         has_room(holder, path.steps[step + 1]) && place_at(path, step + 1, holder, draft);
}

bool Placer::place_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft) {
  const Step& want = path.steps[step];
  const bool last = step + 1 == path.steps.size();
  if (last && want.list && !merging_) {
    return create_at(path, step, parent, draft);  // a section may have ten thousand entries
  }
  return place_in_one(path, step, parent, draft) ||
         ((want.list || target_.child(parent, want.element) == tree::no_node) &&
          create_at(path, step, parent, draft));
}

/// Of the holders that are there the first with room gets it: two rows that write parts of one
/// element (a low and a high) meet in it. Only when none has room, and where the element may
/// repeat, a new one is made.
bool Placer::place_in_one(const Path& path, std::size_t step, tree::NodeId parent,
                          tree::NodeId draft) {
  const Step& want = path.steps[step];
  const bool last = step + 1 == path.steps.size();
  const bool remembers = remembers_full(path, step);
  tree::NodeId none = tree::no_node;
  tree::NodeId& full =
      remembers ? work().full.try_emplace({&want, parent}, none).first->second : none;
  bool all_full = remembers;
  for (tree::NodeId child = full == tree::no_node ? target_[parent].child : target_[full].next;
       child != tree::no_node; child = target_[child].next) {
    const bool holds = target_[child].element == want.element;
    const bool is_full = holds && remembers && stays_full(path.steps[step + 1], child);
    if (holds && !is_full &&
        (last ? (merging_ || !want.list) && goes_into(want, child, draft)
              : place_in_holder(path, step, child, draft))) {
      return true;
    }
    all_full = all_full && (!holds || is_full);
    full = all_full ? child : full;
  }
  return false;
}

/// Two matches of one row are two things: CDA has no place that holds parts of both.
bool Placer::is_own(tree::NodeId node) const {
  return !forward_ && row_ != nullptr && row_->placed.contains(node);
}

bool Placer::create_at(const Path& path, std::size_t step, tree::NodeId parent,
                       tree::NodeId draft) {
  const Step& want = path.steps[step];
  const bool last = step + 1 == path.steps.size();
  const tree::NodeId made = last ? draft : out_.fresh(want.name);
  name(want, made);
  write_tests(want, made);
  if (!last && !place_at(path, step + 1, made, draft)) {
    return false;
  }
  if (last && !forward_ && !want.list) {
    work().placed.insert(made);
  }
  out_.attach(parent, made);
  return true;
}

/// The child that a step means; of extensions that of its url.
tree::NodeId Placer::there(const Step& step, tree::NodeId parent) const {
  if (step.element != name::extension) {
    return target_.child(parent, step.element);
  }
  for (const tree::NodeId child : target_.children(parent)) {
    if (target_[child].element == step.element && matcher_.step_fits(step, target_, child)) {
      return child;
    }
  }
  return tree::no_node;
}

/// Of a path that ends in an attribute all of it, of others the first step.
bool Placer::has_child(const Path& path, const Places& places) const {
  tree::NodeId node = anchors_.start(path, places, !forward_);
  const std::size_t depth =
      path.steps.size() > 1 && path.steps.back().attribute ? path.steps.size() - 1 : 1;
  for (std::size_t i = 0; i < depth && node != tree::no_node && !path.steps.empty(); ++i) {
    node = there(path.steps[i], node);
  }
  return node != tree::no_node && !path.steps.empty();
}

// --- what the tests of a step say ---

/// Whether an element says something else already, or why it says nothing.
bool Placer::contradicts(const Test& test, tree::NodeId node) const {
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

void Placer::write_tests(const std::vector<Test>& tests, tree::NodeId node) {
  for (const Test& test : tests) {
    if (test.kind != Test::Kind::equal) {
      continue;
    }
    // Without xsi:type an element seems to be of a type; it has to be written all the same.
    const bool typed =
        test.path[0] != name::xsi_type || target_.child(node, name::xsi_type) != tree::no_node;
    if (!(typed && matcher_.test_holds(test, target_, node)) && !contradicts(test, node)) {
      write_test(test, node);
    }
  }
}

void Placer::write_test(const Test& test, tree::NodeId node) {
  tree::NodeId at = node;
  for (std::size_t i = 0; i < test.path.size(); ++i) {
    const bool last = i + 1 == test.path.size();
    const tree::NodeId known = last ? tree::no_node : target_.child(at, test.path[i]);
    if (last) {
      out_.add(at, test.path[i], test.value, test.attribute[i]);
    } else if (known != tree::no_node && test.path[i] != name::template_id) {
      at = known;
    } else {
      const tree::NodeId made = out_.fresh(test.path[i]);
      out_.attach(at, made);
      at = made;
    }
  }
}

/// A template is claimed in its version, and bare for readers of the first release, as C-CDA asks.
void Placer::write_templates(const Step& step, tree::NodeId node) {
  for (const Test& test : step.tests) {
    if (test.path.size() != 2 || test.path[0] != name::template_id) {
      continue;
    }
    const auto known = map_.template_versions.find(test.value);
    const std::string_view version = known != map_.template_versions.end()
                                         ? std::string_view(known->second)
                                         : std::string_view(step.template_extension);
    if (!version.empty()) {
      const tree::NodeId made = out_.fresh(name::template_id);
      out_.add(made, name::root, test.value, true);
      out_.add(made, name::extension, version, true);
      out_.attach(node, made);
    }
    const tree::NodeId bare = out_.fresh(name::template_id);
    out_.add(bare, name::root, test.value, true);
    out_.attach(node, bare);
  }
}

void Placer::write_tests(const Step& step, tree::NodeId node) {
  if (step.is_template) {
    write_templates(step, node);
  }
  write_tests(step.tests, node);
}

}  // namespace lhcr::map
