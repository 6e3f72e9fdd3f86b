// SPDX-License-Identifier: Apache-2.0
/// ValueSets that a Questionnaire names: contained ones, read where they stand, and those of the
/// definitions.
#include <algorithm>

#include "base/names.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/element/released_sets.hpp"
#include "validate/resource/form.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::Membership;
using tree::no_node;
using tree::NodeId;

/// One code against a ValueSet in a tree.
class TreeSet {
 public:
  TreeSet(const Run& run, const Form& form, Code code) : run_(run), form_(form), code_(code) {}

  [[nodiscard]] Membership contains(NodeId set) const {
    const NodeId compose = form_.tree().child(set, name::compose);
    if (compose == no_node) {
      return Membership::unknown;
    }
    const Membership in = any(all_named(form_.tree(), compose, name::include));
    const Membership out = any(all_named(form_.tree(), compose, name::exclude));
    if (in == Membership::yes && out != Membership::no) {
      return out == Membership::yes ? Membership::no : Membership::unknown;
    }
    return in;
  }

 private:
  /// yes, then unknown, then no.
  [[nodiscard]] Membership any(const std::vector<NodeId>& includes) const {
    Membership best = Membership::no;
    for (const NodeId include : includes) {
      const Membership found = included(include);
      best = found == Membership::yes || best == Membership::no ? found : best;
      if (best == Membership::yes) {
        return best;
      }
    }
    return best;
  }

  /// An include takes what is in its system and in each of its sets.
  [[nodiscard]] Membership included(NodeId include) const {
    Membership all = in_system(include);
    for (const NodeId set : named(form_.tree(), include, name::value_set)) {
      const Membership found = in_set(form_.tree()[set].text());
      all = found == Membership::no || all == Membership::yes ? found : all;
    }
    return all;
  }

  [[nodiscard]] Membership in_set(std::string_view canonical) const {
    const definition::ValueSetId set = run_.definitions.value_set(canonical);
    return set == definition::no_value_set
               ? Membership::unknown
               : run_.state.sets->contains(set, code_.system, code_.code);
  }

  [[nodiscard]] Membership in_system(NodeId include) const {
    const NodeId system = form_.tree().child(include, name::system);
    if (system == no_node) {
      return Membership::yes;
    }
    if (form_.tree()[system].text() != code_.system) {
      return Membership::no;
    }
    const std::vector<NodeId> concepts = all_named(form_.tree(), include, name::concept_);
    if (!concepts.empty()) {
      const bool listed = std::any_of(concepts.begin(), concepts.end(), [&](NodeId at) {
        return form_.text(at, name::code) == code_.code;
      });
      return listed ? Membership::yes : Membership::no;
    }
    return form_.tree().child(include, name::filter) == no_node ? in_whole_system()
                                                                : Membership::unknown;
  }

  [[nodiscard]] Membership in_whole_system() const {
    const definition::CodeSystemId system = run_.definitions.code_system(code_.system);
    if (system == definition::no_code_system) {
      return Membership::unknown_system;
    }
    if (run_.definitions.code_system_has(system, code_.code)) {
      return Membership::yes;
    }
    return run_.definitions.code_system_complete(system) ? Membership::no
                                                         : Membership::unknown_system;
  }

  const Run& run_;
  const Form& form_;
  Code code_;
};

}  // namespace

Membership member_of_set(const Run& run, const Form& form, std::string_view canonical,
                         const Code& code) {
  if (canonical.starts_with("#")) {
    const NodeId set = form.contained(canonical.substr(1));
    return set == no_node ? Membership::unknown : TreeSet(run, form, code).contains(set);
  }
  const definition::ValueSetId set = run.definitions.value_set(canonical);
  return set == definition::no_value_set ? Membership::unknown
                                         : run.state.sets->contains(set, code.system, code.code);
}

}  // namespace lhcr::validate
