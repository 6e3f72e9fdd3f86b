// SPDX-License-Identifier: Apache-2.0
#include "diff/report.hpp"

#include <algorithm>
#include <map>

#include "diff/describe.hpp"
#include "diff/names.hpp"
#include "format/format.hpp"
#include "format/json/json_part.hpp"

namespace lhcr::diff {

namespace {

/// The resource around a node that is not contained in another one.
NodeId outer_resource(const Tree& tree, NodeId node) {
  NodeId found = tree.enclosing_resource(node);
  while (found != tree::root_node && tree.name_of(found) == "contained") {
    found = tree.enclosing_resource(tree[found].parent);
  }
  return found;
}

std::string id_of(const Tree& tree, NodeId resource) {
  for (const NodeId child : tree.children(resource)) {
    if (tree.name_of(child) == "id") return std::string(tree[child].text());
  }
  return {};
}

Section section_about(const Tree& tree, NodeId resource, const Rules& rules,
                      record::References& references) {
  Section made;
  made.type = tree.resource_type(resource);
  made.label = label_of(tree, resource, rules);
  made.id = id_of(tree, resource);
  Gist gist = gist_of(tree, resource, rules, references);
  made.value = std::move(gist.value);
  made.date = std::move(gist.date);
  made.who = std::move(gist.who);
  return made;
}

/// A section for a resource that is there on one side only.
Section whole_section(What what, tree::Paths& paths, NodeId resource, const Rules& rules,
                      record::References& references) {
  const Tree& tree = paths.tree();
  Section made = section_about(tree, resource, rules, references);
  made.what = what;
  Line line;
  line.what = what;
  line.full_path = paths.of(resource);
  line.pointer = json_pointer(paths, resource);
  (what == What::added ? line.after : line.before) = short_text(tree, resource, rules);
  (what == What::added ? line.after_json : line.before_json) = json_of(tree, resource);
  made.lines.push_back(std::move(line));
  return made;
}

/// The resource that a list item is or holds.
NodeId held_resource(const Tree& tree, NodeId node) {
  if (tree[node].is(tree::resource)) return node;
  for (const NodeId child : tree.children(node)) {
    if (tree[child].is(tree::resource)) return child;
  }
  return no_node;
}

class Teller {
 public:
  Teller(const Script& script, const Rules& rules, std::string_view record, Result& result)
      : left_(*script.left.tree),
        right_(*script.right.tree),
        left_paths_(left_),
        right_paths_(right_),
        rules_(rules),
        record_(record),
        result_(result),
        left_references_(&rules.definitions()),
        right_references_(&rules.definitions()) {
    left_references_.reset(left_);
    right_references_.reset(right_);
  }

  void tell(const Change& change) {
    if (change.what == What::rewrite || tell_whole(change)) return;
    Line line;
    line.what = change.what;
    line.why = change.why;
    line.level = change.level;
    line.before_json = json_of(left_, change.left);
    line.after_json = json_of(right_, change.right);
    if (change.left != no_node) line.before = short_text(left_, change.left, rules_);
    if (change.right != no_node) line.after = short_text(right_, change.right, rules_);
    set_paths(change, line);
    Section& section = section_of(change);
    widen(change, line);
    if (line.whole) tell_once(section.lines, line);
    section.lines.push_back(std::move(line));
  }

 private:
  /// An entry that appears or vanishes is a section of its own.
  bool tell_whole(const Change& change) {
    if (change.what != What::added && change.what != What::removed) return false;
    const bool added = change.what == What::added;
    const Tree& tree = added ? right_ : left_;
    const NodeId node = added ? change.right : change.left;
    const NodeId resource = held_resource(tree, node);
    if (resource == no_node || tree.name_of(node) == "contained") return false;
    result_.sections.push_back(whole_section(change.what, added ? right_paths_ : left_paths_,
                                             resource, rules_,
                                             added ? right_references_ : left_references_));
    result_.sections.back().record = record_;
    return true;
  }

  /// Of several changes of one value the gravest is told, with all of the value.
  static void tell_once(std::vector<Line>& lines, Line& line) {
    for (auto other = lines.rbegin(); other != lines.rend(); ++other) {
      if (!other->whole || other->path != line.path) return;
      if (other->repeated) continue;
      (line.level > other->level ? *other : line).repeated = true;
      return;
    }
  }

  /// A number alone says nothing to people: what is told is the Quantity around it.
  void widen(const Change& change, Line& line) {
    NodeId left = no_node;
    NodeId right = no_node;
    NodeId one = change.left_parent;
    NodeId other = change.right_parent;
    while (one != no_node && other != no_node && rules_.whole(left_[one].type) &&
           rules_.whole(right_[other].type)) {
      left = one;
      right = other;
      one = left_[one].parent;
      other = right_[other].parent;
    }
    if (left == no_node) return;
    std::string before = short_text(left_, left, rules_);
    std::string after = short_text(right_, right, rules_);
    // What is not in the text would be hidden behind what is: the code of a unit.
    const bool told = (change.left == no_node || is_told(left_, change.left, left, rules_)) &&
                      (change.right == no_node || is_told(right_, change.right, right, rules_));
    if (before == after || !told) return;
    line.whole = true;
    line.before = std::move(before);
    line.after = std::move(after);
    line.path = shown_path(left_paths_, left);
  }

  void set_paths(const Change& change, Line& line) {
    const bool left = change.left != no_node;
    tree::Paths& paths = left ? left_paths_ : right_paths_;
    const NodeId node = left ? change.left : change.right;
    line.full_path = paths.of(node);
    line.pointer = json_pointer(paths, node);
    line.path = shown_path(paths, node);
  }

  /// The path below the resource, without the types of choices, which are for programs.
  static std::string shown_path(tree::Paths& paths, NodeId node) {
    const Tree& tree = paths.tree();
    std::string path = paths.of(node);
    const NodeId around = tree[node].parent == no_node ? node : tree[node].parent;
    const std::string prefix = paths.of(outer_resource(tree, around)) + '.';
    if (path.starts_with(prefix)) path.erase(0, prefix.size());
    for (std::size_t at = path.find(".ofType("); at != std::string::npos;
         at = path.find(".ofType(")) {
      path.erase(at, path.find(')', at) + 1 - at);
    }
    return path;
  }

  /// Sections are by the left record's resource; it always is there around a change.
  Section& section_of(const Change& change) {
    const NodeId around = change.left != no_node && change.left != tree::root_node
                              ? left_[change.left].parent
                              : change.left_parent;
    const NodeId resource = outer_resource(left_, around == no_node ? tree::root_node : around);
    const auto [known, is_new] = sections_.emplace(resource, result_.sections.size());
    if (is_new) {
      result_.sections.push_back(section_about(left_, resource, rules_, left_references_));
      result_.sections.back().record = record_;
    }
    return result_.sections[known->second];
  }

  const Tree& left_;
  const Tree& right_;
  tree::Paths left_paths_;
  tree::Paths right_paths_;
  const Rules& rules_;
  std::string record_;
  Result& result_;
  record::References left_references_;
  record::References right_references_;
  std::map<NodeId, std::size_t> sections_;
};

}  // namespace

bool Result::differs() const {
  return std::any_of(sections.begin(), sections.end(), [](const Section& section) {
    return section.what != What::changed ||
           std::any_of(section.lines.begin(), section.lines.end(),
                       [](const Line& line) { return line.level != Level::same; });
  });
}

void add_sections(const Script& script, const Rules& rules, std::string_view record,
                  Result& result) {
  Teller teller(script, rules, record, result);
  for (const Change& change : script.changes) teller.tell(change);
}

void add_whole(What what, const Record& record, const Rules& rules, std::string_view name,
               Result& result) {
  record::References references(&rules.definitions());
  references.reset(*record.tree);
  tree::Paths paths(*record.tree);
  result.sections.push_back(whole_section(what, paths, record.node, rules, references));
  result.sections.back().record = name;
}

std::string_view word(What what) {
  switch (what) {
    case What::added:
      return "added";
    case What::removed:
      return "removed";
    case What::moved:
      return "moved";
    default:
      return "changed";
  }
}

std::string_view word(Why why) {
  switch (why) {
    case Why::precision:
      return "precision";
    case Why::display:
      return "display";
    case Why::instant:
      return "same instant";
    case Why::reference:
      return "reference";
    case Why::type:
      return "type";
    case Why::order:
      return "order";
    default:
      return "value";
  }
}

std::string_view word(Level level) {
  switch (level) {
    case Level::same:
      return "same";
    case Level::minor:
      return "minor";
    default:
      return "change";
  }
}

}  // namespace lhcr::diff
