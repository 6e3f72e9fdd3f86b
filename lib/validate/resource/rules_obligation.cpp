// SPDX-License-Identifier: Apache-2.0
/// Obligations: which profile they are inherited from, and what a profile that only adds them may
/// say (HL7 extensions inherit-obligations and obligation-profile-flag).
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "definition/words.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"

namespace lhcr::validate {
namespace {

using definition::ElementId;
using definition::no_element;
using definition::Strength;
using finding::id;
using tree::no_node;
using tree::NodeId;

/// The flag had another name, and stood among HL7's tools, before.
constexpr std::array<std::string_view, 3> flags = {
    "http://hl7.org/fhir/StructureDefinition/obligation-profile-flag",
    "http://hl7.org/fhir/StructureDefinition/obligation-profile",
    "http://hl7.org/fhir/tools/StructureDefinition/obligation-profile"};
constexpr std::array<std::string_view, 2> obligations = {
    "http://hl7.org/fhir/StructureDefinition/obligation",
    "http://hl7.org/fhir/tools/StructureDefinition/obligation"};
constexpr std::array<std::string_view, 2> additional_bindings = {
    "http://hl7.org/fhir/StructureDefinition/additional-binding",
    "http://hl7.org/fhir/tools/StructureDefinition/additional-binding"};
/// What else may be said of an element, and of its binding.
constexpr std::array<std::string_view, 6> element_parts = {"id",  "path", "sliceName",
                                                           "min", "max",  "mustSupport"};
constexpr std::array<std::string_view, 2> binding_parts = {"id", "additional"};

/// The word for a strength, also for that of an element without a binding.
std::string_view name_of(Strength strength) {
  const std::string_view word = definition::word_for(definition::strength_words, strength);
  return word.empty() ? "none" : word;
}

template <typename List>
bool among(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool adds_obligations_only(const Run& run, NodeId resource) {
  for (const NodeId at : named(run.tree, resource, name::extension)) {
    if (among(flags, run.child_text(at, name::url))) {
      return run.child_text(at, name::value) == "true";
    }
  }
  return false;
}

/// One element of a profile that only adds obligations, beside the base's.
class AddedTo {
 public:
  /// `base`: the element with the same id there, no_element when it has none.
  AddedTo(Run& run, NodeId element, ElementId base) : run_(run), element_(element), base_(base) {}

  void check() const {
    if (base_ == no_element) {
      say(element_, "its base has no such element");
      return;
    }
    for (const NodeId at : run_.tree.children(element_)) {
      const std::string_view part = run_.tree.name_of(at);
      if (part == "extension") {
        check_extension(at, obligations, "");
      } else if (part == "binding") {
        check_binding(at);
      } else if (!among(element_parts, part)) {
        say(at, "it has " + std::string(part));
      }
    }
  }

 private:
  void say(NodeId at, const std::string& what) const {
    const std::string_view own = run_.child_text(element_, name::id);
    run_.report(at, id<"obligation-profile-element">,
                {std::string(own.empty() ? run_.child_text(element_, name::path) : own), what});
  }

  template <typename List>
  void check_extension(NodeId at, const List& allowed, const std::string& where) const {
    const std::string_view url = run_.child_text(at, name::url);
    if (!among(allowed, url)) {
      say(at, "it has the extension '" + std::string(url) + "'" + where);
    }
  }

  void check_binding(NodeId binding) const {
    const definition::Binding base = run_.definitions.element(base_).binding;
    for (const NodeId at : run_.tree.children(binding)) {
      const std::string_view part = run_.tree.name_of(at);
      const std::string_view text = run_.tree[at].text();
      if (part == "extension") {
        check_extension(at, additional_bindings, " in its binding");
      } else if (part == "strength") {
        if (text != name_of(base.strength)) {
          say(at, "the strength of its binding is " + std::string(text) + ", and " +
                      std::string(name_of(base.strength)) + " in the base");
        }
      } else if (part == "valueSet") {
        if (without_version(text) != without_version(base.value_set)) {
          say(at, "it is bound to " + std::string(text) + ", and to " +
                      (base.value_set.empty() ? "nothing" : std::string(base.value_set)) +
                      " in the base");
        }
      } else if (!among(binding_parts, part)) {
        say(at, "its binding has " + std::string(part));
      }
    }
  }

  Run& run_;
  NodeId element_;
  ElementId base_;
};

/// The element of a snapshot with an id; no_element when it is not in it.
ElementId element_with_id(const definition::Definitions& definitions, ElementId root,
                          std::string_view wanted) {
  for (ElementId at = root; at != no_element;) {
    const definition::Element element = definitions.element(at);
    if (element.id == wanted) {
      return at;
    }
    const bool above = wanted.size() > element.id.size() && wanted.starts_with(element.id) &&
                       wanted[element.id.size()] == '.';
    at = above ? element.first_child : element.next;
  }
  return no_element;
}

}  // namespace

void check_obligation_base(Run& run, NodeId resource, std::string_view base_url) {
  constexpr std::string_view inherit =
      "http://hl7.org/fhir/StructureDefinition/inherit-obligations";
  for (const NodeId at : named(run.tree, resource, name::extension)) {
    const std::string_view url =
        run.child_text(at, name::url) == inherit ? run.child_text(at, name::value) : "";
    const definition::StructureId other =
        url.empty() ? definition::no_structure : run.definitions.structure(url);
    if (other == definition::no_structure) {
      continue;
    }
    const std::string_view base = run.definitions.structure_info(other).base;
    if (without_version(base) != without_version(base_url)) {
      run.report(at, id<"obligation-base">,
                 {std::string(url), std::string(base), std::string(base_url)});
    }
  }
}

void check_obligation_profile(Run& run, NodeId resource, NodeId differential,
                              const definition::Structure& base) {
  if (!adds_obligations_only(run, resource) || base.root == no_element) {
    return;
  }
  for (const NodeId element : named(run.tree, differential, name::element)) {
    const std::string_view own = run.child_text(element, name::id);
    const ElementId known =
        own.empty() ? element_at(run.definitions, base.root, run.child_text(element, name::path))
                    : element_with_id(run.definitions, base.root, own);
    AddedTo(run, element, known).check();
  }
}

}  // namespace lhcr::validate
