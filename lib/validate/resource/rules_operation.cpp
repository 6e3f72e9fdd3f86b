// SPDX-License-Identifier: Apache-2.0
/// OperationDefinition.inputProfile and outputProfile: a profile of Parameters "shall not conflict
/// with what is specified in the parameters", though it may constrain more.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/names.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::ElementId;
using definition::no_element;
using finding::id;
using tree::no_node;
using tree::NodeId;

struct Side {
  std::string_view profile;  ///< the element that names it
  std::string_view use;      ///< of the parameters that it is about
};
constexpr std::array sides = {Side{"inputProfile", "in"}, Side{"outputProfile", "out"}};

constexpr std::uint32_t unbounded = std::numeric_limits<std::uint32_t>::max();

std::uint32_t number(std::string_view text, std::uint32_t missing) {
  std::from_chars(text.data(), text.data() + text.size(), missing);
  return missing;
}

std::string range(std::uint32_t min, std::uint32_t max) {
  return std::to_string(min) + ".." + (max == unbounded ? "*" : std::to_string(max));
}

/// The child of an element with a name, slices aside; no_element when it has none.
ElementId child_element(const Run& run, ElementId parent, Symbol name) {
  for (ElementId at = run.definitions.element(parent).first_child; at != no_element;) {
    const definition::Element element = run.definitions.element(at);
    if (element.slice_name.empty() && element.name == name) {
      return at;
    }
    at = element.next;
  }
  return no_element;
}

/// The slice of Parameters.parameter whose name is fixed to `name`; no_element when there is none.
ElementId slice_for(const Run& run, ElementId root, std::string_view name) {
  for (ElementId at = run.definitions.element(root).first_child; at != no_element;) {
    const definition::Element element = run.definitions.element(at);
    const ElementId own =
        element.slice_name.empty() ? no_element : child_element(run, at, name::name);
    if (own != no_element && element.path == "Parameters.parameter") {
      const definition::Element known = run.definitions.element(own);
      const std::string_view json = known.fixed.empty() ? known.pattern : known.fixed;
      if (!json.empty() && read_expected(json, run.state.symbols).text == name) {
        return at;
      }
    }
    at = element.next;
  }
  return no_element;
}

/// The types of what a slice of Parameters.parameter may hold: its value, or its resource.
std::vector<definition::TypeRef> permitted_types(const Run& run, ElementId slice) {
  std::vector<definition::TypeRef> types;
  for (const Symbol part : {name::value, name::resource}) {
    const ElementId at = child_element(run, slice, part);
    if (at != no_element && run.definitions.element(at).max > 0) {
      const std::vector<definition::TypeRef> more = run.definitions.element_types(at);
      types.insert(types.end(), more.begin(), more.end());
    }
  }
  return types;
}

/// A parameter of an operation beside the slice that a profile has for it.
class Beside {
 public:
  Beside(Run& run, NodeId parameter, ElementId slice, std::string_view profile)
      : run_(run), parameter_(parameter), slice_(slice), profile_(profile) {}

  void check() const {
    const definition::Element slice = run_.definitions.element(slice_);
    const std::uint32_t min = number(run_.child_text(parameter_, name::min), 0);
    const std::uint32_t max = number(run_.child_text(parameter_, name::max), unbounded);
    if (slice.min > max || slice.max < min) {
      say("it occurs " + range(slice.min, slice.max) + " there, and " + range(min, max) + " here");
    }
    check_type();
  }

 private:
  void say(const std::string& what) const {
    run_.report(
        parameter_, id<"parameter-profile-conflict">,
        {std::string(run_.child_text(parameter_, name::name)), std::string(profile_), what});
  }

  /// One of the types that the profile permits is the parameter's, or a kind of it, or it of
  /// theirs.
  void check_type() const {
    const std::string_view type = run_.child_text(parameter_, name::type);
    const definition::TypeId wanted = run_.definitions.type(type);
    const std::vector<definition::TypeRef> permitted = permitted_types(run_, slice_);
    if (wanted == definition::no_type || permitted.empty()) {
      return;
    }
    std::string names;
    for (const definition::TypeRef& one : permitted) {
      if (one.type == definition::no_type || run_.definitions.derives(one.type, wanted) ||
          run_.definitions.derives(wanted, one.type)) {
        return;
      }
      names.append(names.empty() ? "" : ", ").append(one.code);
    }
    say("its type is " + names + " there, and " + std::string(type) + " here");
  }

  Run& run_;
  NodeId parameter_;
  ElementId slice_;
  std::string_view profile_;
};

void check_side(Run& run, NodeId resource, const Side& side) {
  const NodeId at = run.child(resource, run.tree.find(side.profile));
  const std::string_view url = at == no_node ? std::string_view{} : run.tree[at].text();
  if (url.empty()) {
    return;
  }
  const definition::StructureId structure = run.definitions.structure(url);
  const ElementId root = structure == definition::no_structure
                             ? no_element
                             : run.definitions.structure_info(structure).root;
  if (root == no_element) {
    run.report(at, id<"profile-not-checked">, {std::string(url)});
    return;
  }
  for (const NodeId parameter : named(run.tree, resource, name::parameter)) {
    const ElementId slice = run.child_text(parameter, name::use) == side.use
                                ? slice_for(run, root, run.child_text(parameter, name::name))
                                : no_element;
    if (slice != no_element) {
      Beside(run, parameter, slice, url).check();
    }
  }
}

}  // namespace

void check_operation_definition(Run& run, NodeId resource) {
  for (const Side& side : sides) {
    check_side(run, resource, side);
  }
}

}  // namespace lhcr::validate
