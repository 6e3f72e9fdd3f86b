// SPDX-License-Identifier: Apache-2.0
#include "definition/fit.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace lhcr::definition {
namespace {

using tree::Flag;
using tree::Kind;
using tree::Node;
using tree::NodeId;
using tree::Tree;

class Fitting {
 public:
  Fitting(const Tree& tree, const Definitions& definitions)
      : tree_(tree),
        definitions_(definitions),
        meta_(tree.find("meta")),
        profile_(tree.find("profile")),
        uri_(definitions.type("uri")),
        types_(tree.size(), no_type) {}

  /// Stops as soon as the fit cannot be as good as `rival`.
  void run(const Fit& rival) {
    if (tree_.empty()) {
      return;
    }
    types_[tree::root_node] = definitions_.type(tree_.resource_type(tree::root_node));
    fit_.misfits += types_[tree::root_node] == no_type ? 1U : 0U;
    // A child's id is larger than its parent's, so the parent's type is known in time.
    for (NodeId at = tree::root_node + 1; at < tree_.size() && !fit_.hopeless(rival); ++at) {
      const Node& node = tree_[at];
      if (!node.is(Flag::meta) && node.kind != Kind::text && types_[node.parent] != no_type) {
        place(at, node);
      }
    }
  }

  /// Counts once what tells equal fits apart, along the walk that run() has made.
  void count_canonicals() {
    if (std::exchange(counted_, true)) {
      return;
    }
    for (NodeId at = tree::root_node + 1; at < tree_.size(); ++at) {
      if (types_[at] != no_type && tree_[at].length > 0 && definitions_.derives(types_[at], uri_)) {
        count_canonical(tree_[at]);
      }
    }
  }

  [[nodiscard]] const Fit& fit() const { return fit_; }
  [[nodiscard]] const Definitions& definitions() const { return definitions_; }

 private:
  void place(NodeId id, const Node& node) {
    const Child* row = definitions_.child(types_[node.parent], node.name);
    if (row == nullptr) {
      ++fit_.misfits;
      return;
    }
    types_[id] =
        (row->flags & child_resource) != 0 ? definitions_.type(tree_.resource_type(id)) : row->type;
    fit_.misfits += form_differs(*row, node) ? 1U : 0U;
    if (node.name == profile_ && tree_[node.parent].name == meta_ &&
        tree_[tree_[node.parent].parent].is(Flag::resource)) {
      fit_.unknown_profiles += definitions_.structure(node.text()) == no_structure ? 1U : 0U;
      fit_.profiles_of_others += is_of_other_release(node.text()) ? 1U : 0U;
    }
  }

  /// Versions of FHIR file the same code system under different urls.
  void count_canonical(const Node& node) {
    fit_.known_canonicals += definitions_.canonical_type(node.text()).empty() ? 0U : 1U;
  }

  /// Publishers put the release into the path of canonicals.
  [[nodiscard]] bool is_of_other_release(std::string_view canonical) const {
    struct Step {
      std::string_view step;
      std::string_view version;
    };
    constexpr Step steps[] = {{"/STU3/", "3."}, {"/R4/", "4."}, {"/UKCore-", "4."}};
    return std::any_of(std::begin(steps), std::end(steps), [&](const Step& step) {
      return canonical.find(step.step) != std::string_view::npos &&
             !definitions_.fhir_version().starts_with(step.version);
    });
  }

  /// An array where there is none, or a primitive in the place of an object, as far as the reader
  /// can tell.
  [[nodiscard]] bool form_differs(const Child& row, const Node& node) const {
    const bool list = (row.flags & child_list) != 0;
    const bool primitive = definitions_.info(row.type).kind == TypeKind::primitive;
    const bool was_primitive = node.kind != Kind::object;
    if (tree_.kinds_are_open()) {
      return was_primitive != primitive && node.kind != Kind::object;
    }
    return list != node.is(Flag::list) || primitive != was_primitive;
  }

  const Tree& tree_;
  const Definitions& definitions_;
  Symbol meta_, profile_;
  TypeId uri_;
  std::vector<TypeId> types_;
  Fit fit_;
  bool counted_ = false;
};

}  // namespace

const Definitions& best_fit(const Tree& tree, std::span<const Definitions* const> versions) {
  std::optional<Fitting> best;
  for (const Definitions* const version : versions) {
    Fitting other(tree, *version);
    if (best) {
      other.run(best->fit());
    } else {
      other.run({.unknown_profiles = Fit::any, .misfits = Fit::any});
    }
    if (best && !other.fit().hopeless(best->fit()) && !other.fit().better_than(best->fit())) {
      best->count_canonicals();  // equal so far
      other.count_canonicals();
    }
    if (!best || (!other.fit().hopeless(best->fit()) && other.fit().better_than(best->fit()))) {
      best.emplace(std::move(other));
    }
  }
  return best->definitions();
}

}  // namespace lhcr::definition
