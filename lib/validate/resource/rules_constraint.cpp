// SPDX-License-Identifier: Apache-2.0
/// The keys of constraints in a differential: a key names one constraint (R4
/// elementdefinition.html, constraint.key), so that what is inherited, or said before, is not said
/// anew with another expression.
#include <string>
#include <unordered_map>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"

namespace lhcr::validate {
namespace {

using definition::ElementId;
using definition::no_element;
using finding::id;
using tree::NodeId;

/// The expressions of constraints by key: where each was said first.
class Keys {
 public:
  Keys(Run& run, const definition::Structure& base) : run_(run), base_(base) {}

  void check(NodeId element) {
    const ElementId inherited =
        element_at(run_.definitions, base_.root, run_.child_text(element, name::path));
    for (const NodeId at : named(run_.tree, element, name::constraint)) {
      const std::string key(run_.child_text(at, name::key));
      const std::string expression(trim(run_.child_text(at, name::expression)));
      if (key.empty() || expression.empty()) {
        continue;
      }
      std::string known = from_base(inherited, key);
      if (known.empty()) {
        known = said_.try_emplace(key, expression).first->second;
      }
      if (known != expression) {
        run_.report(at, id<"constraint-key-differs">, {key, known});
      }
    }
  }

 private:
  /// Of the element in the base, and of its type.
  [[nodiscard]] std::string from_base(ElementId element, std::string_view key) const {
    if (element == no_element) {
      return {};
    }
    if (std::string found = expression_of(element, key); !found.empty()) {
      return found;
    }
    for (const definition::TypeRef& type : run_.definitions.element_types(element)) {
      const ElementId root =
          type.type == definition::no_type ? no_element : run_.definitions.info(type.type).root;
      std::string found = root == no_element ? std::string() : expression_of(root, key);
      if (!found.empty()) {
        return found;
      }
    }
    return {};
  }

  [[nodiscard]] std::string expression_of(ElementId element, std::string_view key) const {
    for (const definition::Invariant& invariant : run_.definitions.element_invariants(element)) {
      if (invariant.key == key) {
        return std::string(trim(invariant.expression));
      }
    }
    return {};
  }

  Run& run_;
  const definition::Structure& base_;
  std::unordered_map<std::string, std::string> said_;
};

}  // namespace

ElementId element_at(const definition::Definitions& definitions, ElementId root,
                     std::string_view path) {
  for (ElementId at = root; at != no_element;) {
    const definition::Element element = definitions.element(at);
    const bool above = path.size() > element.path.size() && path.starts_with(element.path) &&
                       path[element.path.size()] == '.';
    if (element.slice_name.empty() && element.path == path) {
      return at;
    }
    at = above && element.slice_name.empty() ? element.first_child : element.next;
  }
  return no_element;
}

void check_constraint_keys(Run& run, NodeId differential, const definition::Structure& base) {
  Keys keys(run, base);
  for (const NodeId element : named(run.tree, differential, name::element)) {
    keys.check(element);
  }
}

}  // namespace lhcr::validate
