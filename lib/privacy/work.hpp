// SPDX-License-Identifier: Apache-2.0
/// A record while a policy works on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/date_time.hpp"
#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "privacy/policy.hpp"
#include "privacy/published.hpp"
#include "privacy/rule_path.hpp"
#include "tree/nodes.hpp"
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
  definition::TypeId code = definition::no_type;
  definition::TypeId coding = definition::no_type;
  definition::TypeId quantity = definition::no_type;
  definition::TypeId address = definition::no_type;
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
  /// What outlives the record.
  struct Tools {
    const definition::Definitions& definitions;
    fhirpath::Evaluator& evaluator;
    Published& published;
  };
  Work(tree::Tree& tree_, const Policy& policy_, const Keys& keys_, const Tools& tools)
      : tree(tree_),
        definitions(tools.definitions),
        policy(policy_),
        keys(keys_),
        evaluator(tools.evaluator),
        published(tools.published),
        types(tools.definitions),
        paths(tree_),
        touched(tree_.size(), 0) {}

  tree::Tree& tree;
  const definition::Definitions& definitions;
  const Policy& policy;
  const Keys& keys;
  fhirpath::Evaluator& evaluator;
  Published& published;
  KnownTypes types;
  tree::Paths paths;
  DateTime today;
  std::vector<std::uint8_t> touched;  ///< by node: 1 when a rule has touched it
  tree::NodeId resource = tree::root_node;
  std::string patient;  ///< whose dates move together: an id as it came in
  std::unordered_map<std::string_view, std::string_view> listed;  ///< fullUrl to id, of a Bundle
  /// Whose identifiers are known in the record: what identifier_key() makes of them, to
  /// Work::patient.
  std::unordered_map<std::string, std::string> people;
  /// The values of `people`.
  std::unordered_set<std::string> people_ids;
  /// Contained resources with an identifier: that of each, by container and id.
  std::unordered_map<std::string, std::string> contained;
  /// Parts of a resource that are about somebody of their own.
  std::unordered_map<tree::NodeId, std::string> persons;
  /// The urls of modifier extensions as they came in.
  std::unordered_map<tree::NodeId, std::string_view> modifier_urls;
  std::uint64_t masked_modifiers = 0;

  [[nodiscard]] bool is_touched(tree::NodeId node) const {
    return node < touched.size() && touched[node] != 0;
  }
  void touch(tree::NodeId node);
  /// A primitive with a value.
  [[nodiscard]] bool has_value(tree::NodeId node) const;
  [[nodiscard]] std::string_view text(tree::NodeId node) const { return tree[node].text(); }
  /// The text of a child, or empty.
  [[nodiscard]] std::string_view child_text(tree::NodeId node, Symbol element) const {
    return tree::child_text(tree, node, element);
  }
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
Effect keep_coded(Work& work, const CompiledRule& rule, tree::NodeId node);

/// What is left of the number of a Quantity, or of a number: an age from 90 years on is 90 years,
/// and a number of many digits is rounded.
Effect coarsen_number(Work& work, tree::NodeId node);
/// Ages from 90 years on become 90 years, whatever their unit; what is no age stays.
Effect band_age(Work& work, tree::NodeId value, std::string_view usual_unit);

/// Stands in an element whose value may not be told.
constexpr std::string_view masked =
    R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]})";

/// What the url of a modifier extension becomes whose content went: itself when it is published,
/// else a urn:uuid, so that a reader still meets a modifier that it cannot ignore.
[[nodiscard]] std::string modifier_url(const Work& work, std::string_view url);

/// Writes the NHS number's system as it is registered where an Identifier spells it otherwise, so
/// that rules, pseudonyms and links find it.
void spell_systems(Work& work);
/// Fills Work::listed, Work::people and Work::contained.
void list_people(Work& work);
/// Fills Work::persons for the parts of `resource`.
void list_persons(Work& work, tree::NodeId resource);
/// Who a resource is about: the id of the patient, or what else tells one from another, as it came
/// in; empty when it does not say.
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
