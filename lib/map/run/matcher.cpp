// SPDX-License-Identifier: Apache-2.0
#include "map/run/matcher.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"

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

bool Matcher::test_holds(const Test& test, const tree::Tree& tree, tree::NodeId node,
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
  // An element without xsi:type has the type that its class gives it, which its children show.
  if (!found && at == 0 && test.path[0] == name::xsi_type) {
    found = type_fits(tree, node, tree.child(node, name::xsi_type), test.value);
  }
  return found;
}

bool Matcher::holds(const std::vector<Test>& tests, tree::NodeId node) const {
  for (const Test& test : tests) {
    const bool found = test_holds(test, source_, node, 0);
    if (found != (test.kind == Test::Kind::equal || test.kind == Test::Kind::exists)) {
      return false;
    }
  }
  return true;
}

bool Matcher::step_fits(const Step& step, const tree::Tree& tree, tree::NodeId node) const {
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
bool Matcher::stands_for(const Test& test, tree::NodeId node) const {
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
    const auto alias = map_.aliases.find(std::string(in_.peek(child, name::root)));
    if (alias != map_.aliases.end() && alias->second == test.value) {
      return true;
    }
  }
  return false;
}

void Matcher::walk(const Path& path, std::size_t step, tree::NodeId node, Visit each) const {
  if (step == path.steps.size()) {
    each(node);
    return;
  }
  const Step& wanted = path.steps[step];
  for (const tree::NodeId child : source_.children(node)) {
    if ((wanted.name == no_symbol || source_[child].name == wanted.name) &&
        walk_child(path, step, child, each) && wanted.first) {
      return;
    }
  }
}

void Matcher::walk_children(const Path& path, const std::vector<tree::NodeId>& children,
                            Visit each) const {
  for (const tree::NodeId child : children) {
    if (walk_child(path, 0, child, each) && path.steps[0].first) {
      return;
    }
  }
}

/// Whether a statement that is taken for what its place says stands in a relationship that says it
/// the other way round: what has the statement around for its subject is not the subject of it.
bool Matcher::is_inverse(const Path& path, std::size_t step, tree::NodeId child) const {
  if (step == 0 || !path.steps[step].is_template || !statements_.is_strange(child) ||
      in_.peek(source_[child].parent, name::inversion_ind) != "true") {
    return false;
  }
  const std::vector<Test>& around = path.steps[step - 1].tests;
  return std::none_of(around.begin(), around.end(),
                      [](const Test& test) { return test.path[0] == name::inversion_ind; });
}

/// Goes on below a child that is what a step means.
bool Matcher::walk_child(const Path& path, std::size_t step, tree::NodeId child, Visit each) const {
  const Step& wanted = path.steps[step];
  if ((wanted.guard && said_.is_turned(wanted, child)) || !step_fits(wanted, source_, child) ||
      is_inverse(path, step, child)) {
    return false;
  }
  walk(path, step + 1, child, each);
  return true;
}

bool Matcher::has_match(const Path& path, std::size_t step, tree::NodeId node) const {
  if (step == path.steps.size()) {
    return true;
  }
  for (const tree::NodeId child : source_.children(node)) {
    if (step_fits(path.steps[step], source_, child) && !is_inverse(path, step, child) &&
        has_match(path, step + 1, child)) {
      return true;
    }
  }
  return false;
}

bool Matcher::take_test(const Test& test, tree::NodeId node, std::size_t at) {
  bool any = false;
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != test.path[at] && source_[child].element != test.path[at]) {
      continue;
    }
    const bool last = at + 1 == test.path.size();
    if (last ? source_[child].text() == test.value : take_test(test, child, at + 1)) {
      in_.take(child);
      any = true;
    }
  }
  return any;
}

void Matcher::take_tests(const std::vector<Test>& tests, tree::NodeId node) {
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

/// A templateId is carried by the block that it chose only in the version that the way back writes;
/// another version is a statement of its own, for a row to carry or to be told as lost.
void Matcher::take_template(std::string_view root, tree::NodeId node) {
  const auto known = map_.template_versions.find(std::string(root));
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != name::template_id || in_.peek(child, name::root) != root) {
      continue;
    }
    const std::string_view version = in_.peek(child, name::extension);
    if (version.empty() || (known != map_.template_versions.end() && known->second == version)) {
      in_.take_all(child);
    } else {
      in_.lose(child);
    }
  }
}

void Matcher::take_path(const Path& path, tree::NodeId end) {
  tree::NodeId at = end;
  for (std::size_t i = path.steps.size(); i > 0; --i, at = source_[at].parent) {
    in_.take(at);
    take_tests(path.steps[i - 1].tests, at);
  }
}

}  // namespace lhcr::map
