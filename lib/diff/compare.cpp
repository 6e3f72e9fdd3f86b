// SPDX-License-Identifier: Apache-2.0
/// The walk over two records that makes the script.
#include <algorithm>
#include <utility>

#include "base/reference_text.hpp"
#include "diff/diff.hpp"
#include "diff/match.hpp"
#include "diff/names.hpp"
#include "diff/order.hpp"
#include "diff/side.hpp"
#include "diff/values.hpp"

namespace lhcr::diff {

namespace {

/// Siblings of one element.
struct Group {
  Hash key = 0;
  std::vector<NodeId> nodes;
};

class Walk {
 public:
  Walk(Side& left, Side& right, const Rules& rules, bool strict)
      : left_(left), right_(right), rules_(rules), strict_(strict) {}

  std::vector<Change> run() {
    if (left_.tree().resource_type(left_.top()) != right_.tree().resource_type(right_.top())) {
      replace(left_.top(), right_.top());
    } else if (left_.hash(left_.top()) != right_.hash(right_.top())) {
      objects(left_.top(), right_.top());
    }
    return std::move(changes_);
  }

 private:
  static std::vector<Group> groups(const Side& side, NodeId node) {
    std::vector<Group> found;
    for (const NodeId child : side.tree().children(node)) {
      const Hash key = side.element_key(child);
      auto group = std::find_if(found.begin(), found.end(),
                                [key](const Group& known) { return known.key == key; });
      if (group == found.end()) group = found.insert(found.end(), Group{key, {}});
      group->nodes.push_back(child);
    }
    return found;
  }

  void objects(NodeId left, NodeId right) {
    std::vector<Group> lefts = groups(left_, left);
    std::vector<Group> rights = groups(right_, right);
    std::vector<std::pair<Group*, Group*>> pairs;
    pairs.reserve(lefts.size() + rights.size());
    for (Group& group : lefts) pairs.emplace_back(&group, nullptr);
    for (Group& group : rights) {
      const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) {
        return pair.first != nullptr && pair.first->key == group.key;
      });
      if (found == pairs.end()) {
        pairs.emplace_back(nullptr, &group);
      } else {
        found->second = &group;
      }
    }
    // References to contained resources need to know which is which.
    std::stable_partition(pairs.begin(), pairs.end(), [this](const auto& pair) {
      return pair.first != nullptr && left_.tree()[pair.first->nodes.front()].is(Flag::resource);
    });
    const Group none;
    for (const auto& [one, other] : pairs) {
      group({left, right}, one != nullptr ? one->nodes : none.nodes,
            other != nullptr ? other->nodes : none.nodes);
    }
  }

  struct Parents {
    NodeId left;
    NodeId right;
  };

  static bool lists(const tree::Tree& tree, const std::vector<NodeId>& nodes) {
    return nodes.size() > 1 || (!nodes.empty() && tree[nodes.front()].is(Flag::list));
  }

  void group(Parents parents, const std::vector<NodeId>& lefts, const std::vector<NodeId>& rights) {
    if (lists(left_.tree(), lefts) || lists(right_.tree(), rights)) {
      list(parents, lefts, rights);
    } else {
      bool has_left = !lefts.empty() && !left_.ignored(lefts.front());
      bool has_right = !rights.empty() && !right_.ignored(rights.front());
      // Narrative that counts on one side is compared with that of the other.
      if (has_left && !rights.empty()) has_right = has_right || right_.is_noise(rights.front());
      if (has_right && !lefts.empty()) has_left = has_left || left_.is_noise(lefts.front());
      if (has_left && has_right) {
        single(lefts.front(), rights.front());
      } else if (has_left) {
        remove(lefts.front(), parents.right);
        cover(changes_.size() - 1, parents, lefts.front(), no_node);
      } else if (has_right) {
        add(rights.front(), parents, 0, 0);
        cover(changes_.size() - 1, parents, no_node, rights.front());
      }
    }
  }

  [[nodiscard]] static bool is_value(const Node& node) { return node.kind != Kind::object; }
  [[nodiscard]] static bool has_part(const Node& node) {
    return is_value(node) && node.child != no_node;
  }

  /// Two nodes that are one element.
  void single(NodeId left, NodeId right) {
    if (left_.hash(left) == right_.hash(right) && same_name(left, right)) return;
    const Node& one = left_.tree()[left];
    const Node& other = right_.tree()[right];
    const bool types_differ = !same_name(left, right) || left_.tree().resource_type(left) !=
                                                             right_.tree().resource_type(right);
    if (types_differ || is_value(one) != is_value(other)) {
      replace(left, right);
    } else if (is_value(one)) {
      values(left, right);
    } else {
      objects(left, right);
    }
  }

  [[nodiscard]] bool same_name(NodeId left, NodeId right) const {
    return left_.name_key(left_.tree()[left].name) == right_.name_key(right_.tree()[right].name);
  }

  void replace(NodeId left, NodeId right) {
    const std::size_t start = changes_.size();
    push(What::changed, left, right, {Why::type, Level::change});
    if (left != left_.top() && !left_.tree()[left].is(Flag::list)) {
      cover(start, {left_.tree()[left].parent, right_.tree()[right].parent}, left, right);
    }
  }

  void values(NodeId left, NodeId right) {
    const std::size_t start = changes_.size();
    objects(left, right);
    const std::size_t inside = changes_.size();
    const Node& one = left_.tree()[left];
    const Node& other = right_.tree()[right];
    if (const auto difference = compare_leaves(left, right)) {
      for (std::size_t at = start; at < inside; ++at) changes_[at].fhirpath_covered = true;
      push(What::changed, left, right, *difference);
    }
    if (changes_.size() > start && has_part(one) != has_part(other) && !one.is(Flag::list)) {
      cover(start, {one.parent, other.parent}, left, right);
    }
  }

  [[nodiscard]] std::optional<Difference> compare_leaves(NodeId left, NodeId right) const {
    const Node& one = left_.tree()[left];
    const Node& other = right_.tree()[right];
    const bool both = one.kind != Kind::null && other.kind != Kind::null;
    if (strict_ || !both) {
      const bool same = one.kind == other.kind && one.text() == other.text();
      if (same) return std::nullopt;
      return strict_ ? strict_difference(one, other) : Difference{};
    }
    if (is_reference(left)) return compare_references(left, right);
    const auto difference = compare_values(one.text(), other.text(), rules_.leaf(one.type));
    if (difference && rules_.minor(left_.tree()[one.parent].type, one.element)) {
      return Difference{Why::display, Level::minor};
    }
    return difference;
  }

  /// Under --strict the reason is told, but everything counts.
  [[nodiscard]] Difference strict_difference(const Node& one, const Node& other) const {
    const auto difference = compare_values(one.text(), other.text(), rules_.leaf(one.type));
    return {difference ? difference->why : Why::value, Level::change};
  }

  [[nodiscard]] bool is_reference(NodeId node) const {
    const tree::Tree& tree = left_.tree();
    return tree[tree[node].parent].type == rules_.reference_type() &&
           tree.name(tree[node].element) == "reference";
  }

  [[nodiscard]] std::optional<Difference> compare_references(NodeId left, NodeId right) const {
    const std::string_view one = left_.tree()[left].text();
    const std::string_view other = right_.tree()[right].text();
    const NodeId target = left_.resolve(left, one);
    const NodeId other_target = right_.resolve(right, other);
    const Difference changed{Why::reference, Level::change};
    if (target != no_node && other_target != no_node) {
      const auto number = left_.pair(target);
      if (number && number == right_.pair(other_target)) return std::nullopt;
      return number || right_.pair(other_target) || one != other ? std::optional(changed)
                                                                 : std::nullopt;
    }
    const auto number = left_.outside(one);
    const auto other_number = right_.outside(other);
    if (number && other_number) {
      return *number == *other_number ? std::nullopt : std::optional(changed);
    }
    if (one == other) return std::nullopt;
    const std::string_view name = cut_reference(one).type_and_id();
    const bool one_is_relative = one == name || other == name;
    const bool same_name = !name.empty() && name == cut_reference(other).type_and_id();
    return one_is_relative && same_name ? std::nullopt : std::optional(changed);
  }

  // --- lists ---

  static std::vector<NodeId> counted(const Side& side, const std::vector<NodeId>& nodes) {
    std::vector<NodeId> found;
    std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(found),
                 [&side](NodeId node) { return !side.ignored(node); });
    return found;
  }

  void list(Parents parents, const std::vector<NodeId>& lefts, const std::vector<NodeId>& rights) {
    const std::size_t start = changes_.size();
    const Pairing pairing =
        pair_items(left_, right_, counted(left_, lefts), counted(right_, rights), rules_);
    if (pairing.left.empty() && pairing.right.empty()) return;
    number_resources(pairing);
    for (std::size_t at = 0; at < pairing.left.size(); ++at) {
      const std::uint32_t partner = pairing.partner_of_left[at];
      if (partner != Pairing::alone) single(pairing.left[at], pairing.right[partner]);
    }
    remove_lonely(pairing, parents);
    if (!lefts.empty() && !rights.empty() && left_.ordered(lefts.front())) {
      move(pairing, parents);
    }
    add_lonely(pairing, parents, lefts.size());
    const bool flags_differ =
        strict_ && !lefts.empty() && !rights.empty() &&
        left_.tree()[lefts.front()].is(Flag::list) != right_.tree()[rights.front()].is(Flag::list);
    if (flags_differ && changes_.size() == start) {
      push(What::changed, lefts.front(), rights.front(), {Why::type, Level::change});
    }
    if (changes_.size() > start && (flags_differ || needs_rewrite(lefts, rights, pairing))) {
      cover(start, parents, lefts.empty() ? no_node : lefts.front(),
            pairing.right.empty() ? no_node : rights.front());
    }
  }

  /// Arrays that appear, vanish, or have a second one with the parts of primitives.
  [[nodiscard]] bool needs_rewrite(const std::vector<NodeId>& lefts,
                                   const std::vector<NodeId>& rights,
                                   const Pairing& pairing) const {
    if (pairing.right.empty()) return pairing.left.size() == lefts.size();
    if (lefts.empty()) return true;
    const auto part = [](const tree::Tree& tree) {
      return [&tree](NodeId node) { return has_part(tree[node]) || tree[node].kind == Kind::null; };
    };
    const bool parts = std::any_of(lefts.begin(), lefts.end(), part(left_.tree())) ||
                       std::any_of(rights.begin(), rights.end(), part(right_.tree()));
    const bool one_is_no_array = !left_.tree()[lefts.front()].is(Flag::list) && lefts.size() == 1;
    return parts || one_is_no_array || !same_name(lefts.front(), rights.front());
  }

  void number_resources(const Pairing& pairing) {
    for (std::size_t at = 0; at < pairing.left.size(); ++at) {
      const std::uint32_t partner = pairing.partner_of_left[at];
      if (partner == Pairing::alone) continue;
      const NodeId one = left_.resource_of(pairing.left[at]);
      const NodeId other = right_.resource_of(pairing.right[partner]);
      if (one == no_node || other == no_node || left_.pair(one) || right_.pair(other)) continue;
      const Hash number = (Hash{1} << 40U) + one;
      left_.set_pair(one, number);
      right_.set_pair(other, number);
    }
  }

  void remove_lonely(const Pairing& pairing, Parents parents) {
    for (std::size_t at = pairing.left.size(); at-- > 0;) {
      if (pairing.partner_of_left[at] == Pairing::alone) remove(pairing.left[at], parents.right);
    }
  }

  void add_lonely(const Pairing& pairing, Parents parents, std::size_t size) {
    size -= static_cast<std::size_t>(
        std::count(pairing.partner_of_left.begin(), pairing.partner_of_left.end(), Pairing::alone));
    for (std::size_t at = 0; at < pairing.right.size(); ++at) {
      if (pairing.partner_of_right[at] != Pairing::alone) continue;
      add(pairing.right[at], parents, std::min(at, size), size);
      ++size;
    }
  }

  void move(const Pairing& pairing, Parents parents) {
    std::vector<std::uint32_t> targets;
    std::vector<NodeId> items;
    for (std::size_t at = 0; at < pairing.left.size(); ++at) {
      if (pairing.partner_of_left[at] == Pairing::alone) continue;
      targets.push_back(pairing.partner_of_left[at]);
      items.push_back(pairing.left[at]);
    }
    for (const Move& step : moves_to_sort(targets)) {
      Change change;
      change.what = What::moved;
      change.why = Why::order;
      change.list = true;
      change.left = items[step.item];
      change.right = pairing.right[targets[step.item]];
      change.left_parent = parents.left;
      change.right_parent = parents.right;
      change.from = step.from;
      change.to = step.to;
      changes_.push_back(change);
    }
  }

  // --- the script ---

  void push(What what, NodeId left, NodeId right, Difference difference) {
    Change change;
    change.what = what;
    change.why = difference.why;
    change.level = difference.level;
    change.left = left;
    change.right = right;
    change.left_parent = left_.tree()[left].parent;
    change.right_parent = right_.tree()[right].parent;
    changes_.push_back(change);
  }

  [[nodiscard]] Level level_of(const Side& side, NodeId node) const {
    const tree::Tree& tree = side.tree();
    return !strict_ && rules_.minor(tree[tree[node].parent].type, tree[node].element)
               ? Level::minor
               : Level::change;
  }

  void remove(NodeId node, NodeId right_parent) {
    Change change;
    change.what = What::removed;
    change.level = level_of(left_, node);
    change.left = node;
    change.left_parent = left_.tree()[node].parent;
    change.right_parent = right_parent;
    changes_.push_back(change);
  }

  void add(NodeId node, Parents parents, std::size_t to, std::size_t size) {
    Change change;
    change.what = What::added;
    change.level = level_of(right_, node);
    change.right = node;
    change.left_parent = parents.left;
    change.right_parent = parents.right;
    change.to = static_cast<std::uint32_t>(to);
    change.size = static_cast<std::uint32_t>(size);
    change.list = right_.tree()[node].is(Flag::list);
    changes_.push_back(change);
  }

  /// Makes JSON Patch carry the changes from `start` on by setting the whole member.
  void cover(std::size_t start, Parents parents, NodeId left, NodeId right) {
    for (std::size_t at = start; at < changes_.size(); ++at) changes_[at].json_covered = true;
    Change change;
    change.what = What::rewrite;
    change.level = Level::same;
    change.fhirpath_covered = true;
    change.left = left;
    change.right = right;
    change.left_parent = parents.left;
    change.right_parent = parents.right;
    changes_.push_back(change);
  }

  Side& left_;
  Side& right_;
  const Rules& rules_;
  bool strict_;
  std::vector<Change> changes_;
};

}  // namespace

Comparer::Comparer(const definition::Definitions& definitions, const SymbolTable& symbols,
                   const Options& options)
    : options_(options), rules_(std::make_unique<const Rules>(definitions, symbols)) {}

Comparer::~Comparer() = default;

std::vector<Change> Comparer::compare(const Record& left, const Record& right) const {
  Side one(left, *rules_, options_);
  Side other(right, *rules_, options_);
  pair_resources(one, other, *rules_);
  one.hash_all();
  other.hash_all();
  return Walk(one, other, *rules_, options_.strict).run();
}

bool differs(std::span<const Change> changes) {
  return std::any_of(changes.begin(), changes.end(),
                     [](const Change& change) { return change.level != Level::same; });
}

}  // namespace lhcr::diff
