// SPDX-License-Identifier: Apache-2.0
/// A record while a policy works on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/date_time.hpp"
#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "privacy/policy.hpp"
#include "privacy/rule_path.hpp"
#include "tree/paths.hpp"
#include "tree/tree.hpp"

namespace lhcr::privacy {

/// What a method did to a node; the order is that of the labels in meta.security.
enum class Effect : std::uint8_t {
  redacted,
  abstracted,
  hashed,
  encrypted,
  perturbed,
  substituted,
  generalized,
  none,
};

/// The types that methods treat in a way of their own.
struct KnownTypes {
  KnownTypes() = default;
  explicit KnownTypes(const definition::Definitions& definitions);
  definition::TypeId date = definition::no_type;
  definition::TypeId date_time = definition::no_type;
  definition::TypeId instant = definition::no_type;
  definition::TypeId age = definition::no_type;
  definition::TypeId address = definition::no_type;
};

/// The element names that methods look for.
struct KnownNames {
  explicit KnownNames(const tree::Tree& tree);
  Symbol id, reference, full_url, entry, resource, contained, meta, security, system, code, value,
      postal_code, url;
};

struct CompiledRule {
  const Rule* rule = nullptr;
  RulePath path;
  std::unique_ptr<fhirpath::Expression> before;  ///< null: the resource itself
  std::unique_ptr<fhirpath::Expression> after;   ///< null: the node itself
  definition::TypeId resource_type = definition::no_type;
  definition::TypeId search_type = definition::no_type;
  Symbol search_name = no_symbol;
  std::vector<std::pair<fhirpath::Expression, fhirpath::Expression>> cases;
};

/// What methods see of a run.
struct Work {
  Work(tree::Tree& tree_, const definition::Definitions& definitions_, const Policy& policy_,
       const Keys& keys_, fhirpath::Evaluator& evaluator_)
      : tree(tree_),
        definitions(definitions_),
        policy(policy_),
        keys(keys_),
        evaluator(evaluator_),
        types(definitions_),
        names(tree_),
        paths(tree_),
        touched(tree_.size(), 0) {}

  tree::Tree& tree;
  const definition::Definitions& definitions;
  const Policy& policy;
  const Keys& keys;
  fhirpath::Evaluator& evaluator;
  KnownTypes types;
  KnownNames names;
  tree::Paths paths;
  DateTime today;
  std::vector<std::uint8_t> touched;  ///< by node: 1 when a rule has touched it
  tree::NodeId resource = tree::root_node;
  std::string patient;  ///< whose dates move together: an id as it came in
  std::unordered_map<std::string_view, std::string_view> listed;  ///< fullUrl to id, of a Bundle

  [[nodiscard]] bool is_touched(tree::NodeId node) const {
    return node < touched.size() && touched[node] != 0;
  }
  void touch(tree::NodeId node);
  /// A primitive with a value.
  [[nodiscard]] bool has_value(tree::NodeId node) const;
  [[nodiscard]] std::string_view text(tree::NodeId node) const { return tree[node].text(); }
  void set_text(tree::NodeId node, std::string_view text);
  /// As set_text(), for text that is no longer of the element's type.
  void set_string(tree::NodeId node, std::string_view text);
  void clear(tree::NodeId node);
  /// Takes the children of `parent` that `gone` says yes to out of the tree.
  template <typename Gone>
  void unlink_children(tree::NodeId parent, const Gone& gone);
};

template <typename Gone>
void Work::unlink_children(tree::NodeId parent, const Gone& gone) {
  tree::NodeId kept = tree::no_node;
  for (tree::NodeId id = tree[parent].child; id != tree::no_node;) {
    const tree::NodeId next = tree[id].next;
    if (!gone(id)) {
      kept = id;
    } else if (kept == tree::no_node) {
      tree[parent].child = next;
    } else {
      tree[kept].next = next;
    }
    id = next;
  }
  paths.forget(parent);
}

/// A method's work on one node. Methods that only change values leave other nodes alone.
using MethodFunction = Effect (*)(Work&, const CompiledRule&, tree::NodeId);
/// nullptr for `keep`.
[[nodiscard]] MethodFunction method_function(Method method);

Effect redact(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect hash(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect encrypt_value(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect shift_date(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect generalize(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect perturb(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect substitute(Work& work, const CompiledRule& rule, tree::NodeId node);
Effect pseudonymise(Work& work, const CompiledRule& rule, tree::NodeId node);

/// Fills Work::listed.
void list_full_urls(Work& work);
/// The id of the patient a resource is about, as it came in; empty when it does not say.
[[nodiscard]] std::string patient_of(const Work& work, tree::NodeId resource);

/// Adds `{"system", "code", "display"}` rows of what was done to the resource's meta.security.
void add_labels(Work& work, tree::NodeId resource, std::uint32_t effects);
/// Takes out what has become empty; resources stay. Leaves data-absent-reason in required elements
/// when the policy says so.
void remove_empty(Work& work);

/// A reference's parts: what stays and the id in it. `id` is empty when no part is an id.
struct ReferenceParts {
  std::string_view before;
  std::string_view id;
  std::string_view after;
};
[[nodiscard]] ReferenceParts split_reference(std::string_view reference,
                                             const definition::Definitions& definitions);

/// Adds what `json` says below `node`, but not members that are there.
void add_json(Work& work, tree::NodeId node, std::string_view json);

}  // namespace lhcr::privacy
