// SPDX-License-Identifier: Apache-2.0
// Where a value goes: into what is there, beside it, or nowhere.
#include <algorithm>

#include "base/names.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {

bool Run::occupied_equal(tree::NodeId there, tree::NodeId draft) const {
  return tree::equal(target_, there, target_, draft);
}

/// Whether two CodeableConcepts begin with the same code.
bool Run::same_code(tree::NodeId there, tree::NodeId draft) const {
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

/// Moves the children of `draft` to `into` unless one of them is there already.
bool Run::merge(tree::NodeId into, tree::NodeId draft) {
  if (target_[into].length > 0 || target_[draft].length > 0 ||
      target_[draft].child == tree::no_node) {
    return false;
  }
  const auto there = [&](tree::NodeId child) {
    const bool list =
        target_[child].element == name::extension || target_[child].element == name::translation;
    return list ? tree::no_node : target_.child(into, target_[child].element);
  };
  const auto is_said = [&](tree::NodeId child) {
    return there(child) != tree::no_node && target_[child].is(tree::Flag::attribute) &&
           target_[there(child)].text() == target_[child].text();
  };
  for (const tree::NodeId child : target_.children(draft)) {
    if (there(child) != tree::no_node && !is_said(child)) {
      return false;
    }
  }
  for (tree::NodeId child = target_[draft].child; child != tree::no_node;) {
    const tree::NodeId next = target_[child].next;
    if (!is_said(child)) {
      attach(into, child);
    }
    child = next;
  }
  target_[draft].child = tree::no_node;
  if (!pending_.empty() && pending_.back().first == draft) {
    pending_.back().first = into;
  }
  return true;
}

bool Run::place(const Path& path, Places& places, tree::NodeId draft) {
  const tree::NodeId parent = start(path, places, !forward_);
  if (parent == tree::no_node) {
    return false;
  }
  return path.steps.empty() ? merge(parent, draft) : place_at(path, 0, parent, draft);
}

/// Whether an element may hold what a step means: an entryRelationship or a component has one
/// statement.
bool Run::has_room(tree::NodeId holder, const Step& step) const {
  if (forward_ || !is_statement(target_.name(step.name))) {
    return true;
  }
  const auto children = target_.children(holder);
  return std::none_of(children.begin(), children.end(), [&](tree::NodeId child) {
    return target_[child].name != step.name && !target_[child].is(tree::Flag::attribute) &&
           is_statement(target_.name_of(child));
  });
}

bool Run::place_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft) {
  const Step& want = path.steps[step];
  const bool last = step + 1 == path.steps.size();
  if (last && want.list && !merging_) {
    return create_at(path, step, parent, draft);  // a section may have ten thousand entries
  }
  bool occupied = false;
  for (const tree::NodeId child : target_.children(parent)) {
    if (target_[child].element != want.element) {
      continue;
    }
    occupied = true;
    if (!last && step_fits(want, target_, child) && has_room(child, path.steps[step + 1]) &&
        place_at(path, step + 1, child, draft)) {
      return true;
    }
    if (last && (merging_ || !want.list)) {
      target_[draft].name = want.name;
      target_[draft].element = want.element;
      if (want.attribute) {
        target_[draft].flags =
            static_cast<std::uint8_t>(target_[draft].flags | tree::Flag::attribute);
      }
      if (occupied_equal(child, draft) || (merging_ && same_code(child, draft)) ||
          (!want.list && !is_own(child) && step_fits(want, target_, child) &&
           merge(child, draft))) {
        return true;
      }
    }
  }
  return (!occupied || want.list) && create_at(path, step, parent, draft);
}

/// Two matches of one row are two things: CDA has no place that holds parts of both.
bool Run::is_own(tree::NodeId node) const {
  return !forward_ && std::find(placed_.begin(), placed_.end(), node) != placed_.end();
}

bool Run::create_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft) {
  const Step& want = path.steps[step];
  const bool last = step + 1 == path.steps.size();
  const tree::NodeId made = last ? draft : fresh(want.name);
  target_[made].name = want.name;
  target_[made].element = want.element;
  if (want.attribute) {
    target_[made].flags = static_cast<std::uint8_t>(target_[made].flags | tree::Flag::attribute);
  }
  write_tests(want, made);
  if (!last && !place_at(path, step + 1, made, draft)) {
    return false;
  }
  if (last && !forward_ && !want.list) {
    placed_.push_back(made);
  }
  attach(parent, made);
  return true;
}

/// The child that a step means; of extensions that of its url.
tree::NodeId Run::there(const Step& step, tree::NodeId parent) const {
  if (step.element != name::extension) {
    return target_.child(parent, step.element);
  }
  for (const tree::NodeId child : target_.children(parent)) {
    if (target_[child].element == step.element && step_fits(step, target_, child)) {
      return child;
    }
  }
  return tree::no_node;
}

bool Run::has_child(const Path& path, const Places& places) const {
  tree::NodeId node = start(path, places, !forward_);
  const std::size_t depth =
      path.steps.size() > 1 && path.steps.back().attribute ? path.steps.size() - 1 : 1;
  for (std::size_t i = 0; i < depth && node != tree::no_node && !path.steps.empty(); ++i) {
    node = there(path.steps[i], node);
  }
  return node != tree::no_node && !path.steps.empty();
}

}  // namespace lhcr::map
