// SPDX-License-Identifier: Apache-2.0
/// Questionnaire.derivedFrom: answers to the derived form are answers to the one that it comes from
/// (extension questionnaire-derivationType: extends, compliesWith).
#include <algorithm>
#include <array>
#include <optional>

#include "base/names.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/form.hpp"
#include "validate/resource/rules.hpp"

namespace lhcr::validate {
namespace {

using finding::id;
using tree::no_node;
using tree::NodeId;

constexpr std::string_view derivation_type =
    "http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType";

/// Types whose answers are answers of another type, too.
struct NarrowedType {
  std::string_view base;
  std::string_view derived;
};
constexpr std::array narrowed_types = {
    NarrowedType{"open-choice", "choice"},
    NarrowedType{"text", "string"},
};

bool type_kept(std::string_view base, std::string_view derived) {
  return base == derived ||
         std::any_of(narrowed_types.begin(), narrowed_types.end(), [&](const NarrowedType& row) {
           return row.base == base && row.derived == derived;
         });
}

/// A permitted answer as text: what a display says does not count.
std::string option_key(const Form& form, NodeId option) {
  const NodeId value = form.tree().child(option, name::value);
  if (value == no_node) {
    return {};
  }
  std::string key(form.tree().name_of(value));
  key.append(" ").append(form.tree()[value].text());
  for (const Symbol name : {name::system, name::code, name::reference}) {
    key.append("|").append(form.text(value, name));
  }
  return key;
}

/// Compares the items of a form with those of the form it is derived from.
class Derivation {
 public:
  /// `closed`: items of its own are not allowed (compliesWith).
  Derivation(Run& run, const Form& derived, const Form& base, std::string_view url, bool closed)
      : run_(run), derived_(derived), base_(base), url_(url), closed_(closed) {}

  void check() {
    check_items(derived_.root());
    check_required(base_.root());
  }

 private:
  void check_items(NodeId parent) {
    for (const NodeId item : derived_.all(parent, name::item)) {
      const std::string_view link_id = derived_.text(item, name::link_id);
      const NodeId base = link_id.empty() ? no_node : base_.item(link_id);
      if (base != no_node) {
        check_item(item, base);
      } else if (closed_ && !link_id.empty()) {
        run_.report(item, id<"derived-item-extra">, {std::string(link_id), url_});
      }
      check_items(item);
    }
  }

  void check_item(NodeId item, NodeId base) {
    const std::string_view type = derived_.text(item, name::type);
    const std::string_view base_type = base_.text(base, name::type);
    if (!type.empty() && !base_type.empty() && !type_kept(base_type, type)) {
      run_.report(run_.child(item, name::type), id<"derived-item-type">,
                  {std::string(type), std::string(base_type), url_});
    }
    check_flag(item, base, name::required, true);
    check_flag(item, base, name::repeats, false);
    check_options(item, base);
  }

  /// `kept`: the value which the base has that the derived form may not change.
  void check_flag(NodeId item, NodeId base, Symbol name, bool kept) {
    const bool value = derived_.is_true(item, name);
    if (value != kept && base_.is_true(base, name) == kept) {
      const NodeId at = run_.child(item, name);
      run_.report(at == no_node ? item : at, id<"derived-item-flag">,
                  {std::string(run_.tree.name(name)), value ? "true" : "false",
                   kept ? "true" : "false", url_});
    }
  }

  void check_options(NodeId item, NodeId base) {
    std::vector<std::string> permitted;
    for (const NodeId option : base_.options(base)) {
      permitted.push_back(option_key(base_, option));
    }
    if (permitted.empty()) {
      return;
    }
    for (const NodeId option : derived_.options(item)) {
      const std::string key = option_key(derived_, option);
      if (std::find(permitted.begin(), permitted.end(), key) == permitted.end()) {
        run_.report(option, id<"derived-item-option">, {url_});
      }
    }
  }

  /// An answer that the base demands cannot be given where the item is gone.
  void check_required(NodeId parent) {
    for (const NodeId item : base_.all(parent, name::item)) {
      const std::string_view link_id = base_.text(item, name::link_id);
      if (base_.is_true(item, name::required) && !link_id.empty() &&
          base_.all(item, name::enable_when).empty() && derived_.item(link_id) == no_node) {
        run_.report(derived_.root(), id<"derived-item-missing">, {std::string(link_id), url_});
      } else if (derived_.item(link_id) != no_node) {
        check_required(item);
      }
    }
  }

  Run& run_;
  const Form& derived_;
  const Form& base_;
  std::string url_;
  bool closed_;
};

/// The code of derivationType at a canonical; empty: not said, so that nothing is promised.
std::string_view derivation_code(const Run& run, NodeId canonical) {
  for (const NodeId at : named(run.tree, canonical, name::extension)) {
    const NodeId value =
        run.child_text(at, name::url) == derivation_type ? run.child(at, name::value) : no_node;
    if (value != no_node) {
      return run.child_text(value, name::code);
    }
  }
  return {};
}

}  // namespace

void check_derived_form(Run& run, NodeId resource) {
  const Form derived(run.tree, resource);
  for (const NodeId at : named(run.tree, resource, name::derived_from)) {
    const std::string_view code = derivation_code(run, at);
    const bool closed = code == "compliesWith";
    if (!closed && code != "extends") {
      continue;
    }
    const std::string_view url = run.tree[at].text();
    if (const Form* const base = run.form(resource, url); base == nullptr) {
      run.report(at, id<"derived-form-not-here">, {std::string(url)});
    } else {
      Derivation(run, derived, *base, url, closed).check();
    }
  }
}

}  // namespace lhcr::validate
