// SPDX-License-Identifier: Apache-2.0
/// Slicing: from discriminators to tests.
#include <algorithm>
#include <cctype>
#include <span>

#include "validate/plan/profile.hpp"

namespace lhcr::validate {
namespace {

using definition::Definitions;
using definition::Element;
using definition::ElementId;

/// The text between the quotes or parentheses of a function call.
std::string argument_of(std::string_view call) {
  const std::size_t open = call.find('(');
  std::string_view inside = call.substr(open + 1, call.size() - open - 2);
  if (inside.size() >= 2 && (inside.front() == '\'' || inside.front() == '"')) {
    inside = inside.substr(1, inside.size() - 2);
  }
  return std::string(inside);
}

/// Where the step that starts at `from` ends: at the next dot outside quotes and parentheses.
std::size_t step_end(std::string_view path, std::size_t from) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = from; at < path.size(); ++at) {
    const char c = path[at];
    quoted = quoted != (c == '\'');
    depth += quoted ? 0 : (c == '(' ? 1 : (c == ')' ? -1 : 0));
    if (c == '.' && depth == 0 && !quoted) {
      return at;
    }
  }
  return path.size();
}

PathStep make_step(std::string_view text, const SymbolTable& symbols) {
  PathStep step;
  if (text.starts_with("extension(")) {
    step.kind = PathStep::Kind::extension;
    step.argument = argument_of(text);
  } else if (text.starts_with("resolve(")) {
    step.kind = PathStep::Kind::resolve;
  } else if (text.starts_with("ofType(")) {
    step.kind = PathStep::Kind::of_type;
    step.argument = argument_of(text);
  } else {
    const std::size_t bracket = text.find('[');
    step.argument = std::string(text.substr(0, bracket));
    step.name = symbols.find(step.argument);
  }
  return step;
}

std::vector<PathStep> parse_path(std::string_view path, const SymbolTable& symbols) {
  std::vector<PathStep> steps;
  for (std::size_t from = 0; from < path.size();) {
    const std::size_t end = step_end(path, from);
    const std::string_view text = path.substr(from, end - from);
    if (text != "$this" && !text.empty()) {
      steps.push_back(make_step(text, symbols));
    }
    from = end + 1;
  }
  return steps;
}

/// What the definitions say about the end of a path that starts at a slice.
struct Criteria {
  bool found = false;
  Element element;
  std::vector<definition::TypeRef> types;
  std::optional<Expected>
      inherited;  // the part of an outer pattern or fixed value that falls on the path
};

class CriteriaFinder {
 public:
  CriteriaFinder(const Definitions& definitions, const SymbolTable& symbols)
      : definitions_(definitions), symbols_(symbols) {}

  /// The criteria at the end of the path: of several (a sliced element on the way) the first that
  /// fixes a value, else the first.
  [[nodiscard]] Criteria find(ElementId start, std::span<const PathStep> steps) const {
    return walk(criteria(start), steps);
  }

 private:
  [[nodiscard]] Criteria criteria(ElementId id) const {
    Criteria made;
    made.found = id != definition::no_element;
    if (made.found) {
      made.element = definitions_.element(id);
      made.types = definitions_.element_types(id);
    }
    return made;
  }

  static std::optional<Expected> part(const std::optional<Expected>& whole, const PathStep& step) {
    if (whole) {
      for (const Expected& child : whole->children) {
        if (child.label == step.argument) {
          return child;
        }
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Expected> own_value(const Criteria& at) const {
    if (!at.element.fixed.empty()) {
      return read_expected(at.element.fixed, symbols_);
    }
    if (!at.element.pattern.empty()) {
      return read_expected(at.element.pattern, symbols_);
    }
    return at.inherited;
  }

  [[nodiscard]] Criteria walk(const Criteria& at, std::span<const PathStep> steps) const {
    while (!steps.empty() && (steps.front().kind == PathStep::Kind::resolve ||
                              steps.front().kind == PathStep::Kind::of_type)) {
      steps = steps.subspan(1);
    }
    if (steps.empty() || !at.found) {
      return at;
    }
    Criteria first;
    for (const ElementId child : children_of(at, steps.front())) {
      Criteria next = criteria(child);
      next.inherited = part(own_value(at), steps.front());
      Criteria end = walk(next, steps.subspan(1));
      if (end.found && own_value(end)) {
        return end;
      }
      // A slice of a choice that must be there says which of its types it is.
      if (!first.found ||
          (steps.size() == 1 && end.element.min > 0 && end.types.size() < first.types.size())) {
        first = end;
      }
    }
    if (!first.found) {
      first.inherited = part(own_value(at), steps.front());
      first.found = first.inherited.has_value();
      first = first.found ? walk(first, steps.subspan(1)) : first;
    }
    return first;
  }

  [[nodiscard]] std::vector<ElementId> children_of(const Criteria& from,
                                                   const PathStep& step) const {
    const definition::TypeId owner =
        from.types.size() == 1 ? from.types.front().type : definition::no_type;
    std::vector<ElementId> found = search(owner, from.element.first_child, step);
    for (std::size_t i = 0; found.empty() && i < from.types.size(); ++i) {
      found = in_type(from.types[i], step);
    }
    return found;
  }

  [[nodiscard]] std::vector<ElementId> in_type(const definition::TypeRef& type,
                                               const PathStep& step) const {
    std::vector<ElementId> found;
    for (const std::string_view profile : type.profiles) {
      const definition::StructureId id = definitions_.structure(profile);
      if (id != definition::no_structure && found.empty()) {
        found = search(type.type, first_child(definitions_.structure_info(id).root), step);
      }
    }
    if (found.empty() && type.type != definition::no_type) {
      found = search(type.type, first_child(definitions_.info(type.type).root), step);
    }
    return found;
  }

  [[nodiscard]] ElementId first_child(ElementId root) const {
    return root == definition::no_element ? root : definitions_.element(root).first_child;
  }

  [[nodiscard]] bool is_extension_slice(const Element& element, ElementId id,
                                        std::string_view url) const {
    for (const definition::TypeRef& type : definitions_.element_types(id)) {
      if (std::find(type.profiles.begin(), type.profiles.end(), url) != type.profiles.end()) {
        return true;
      }
    }
    return element.slice_name == url;
  }

  [[nodiscard]] bool is_named(definition::TypeId owner, const Element& element, Symbol name) const {
    if (element.name == name) {
      return true;
    }
    const definition::Child* const choice = spelled_choice(definitions_, symbols_, owner, element);
    return choice != nullptr && choice->element == name;
  }

  /// The element that the step names and, after it, its slices. `owner`: the type they belong to.
  [[nodiscard]] std::vector<ElementId> search(definition::TypeId owner, ElementId first,
                                              const PathStep& step) const {
    std::vector<ElementId> found;
    for (ElementId id = first; id != definition::no_element;) {
      const Element element = definitions_.element(id);
      const bool wanted = step.kind == PathStep::Kind::extension
                              ? is_extension_slice(element, id, step.argument)
                              : is_named(owner, element, step.name);
      if (wanted) {
        found.push_back(id);
      }
      id = element.next;
    }
    return found;
  }

  const Definitions& definitions_;
  const SymbolTable& symbols_;
};

void add_names(SliceTest& test, const Criteria& criteria, bool profiles, bool resolves) {
  for (const definition::TypeRef& type : criteria.types) {
    if (!profiles && !resolves) {
      test.names.push_back(type.code);
      continue;
    }
    const auto& from = resolves ? type.targets : type.profiles;
    test.names.insert(test.names.end(), from.begin(), from.end());
  }
}

bool ends_in_resolve(const std::vector<PathStep>& path) {
  return !path.empty() && path.back().kind == PathStep::Kind::resolve;
}

SliceTest value_test(const Criteria& criteria, const SymbolTable& symbols) {
  SliceTest test;
  const Element& element = criteria.element;
  if (!element.fixed.empty()) {
    test.kind = SliceTest::Kind::fixed;
    test.expected = read_expected(element.fixed, symbols);
  } else if (!element.pattern.empty()) {
    test.kind = SliceTest::Kind::pattern;
    test.expected = read_expected(element.pattern, symbols);
  } else if (criteria.inherited) {
    test.kind = SliceTest::Kind::pattern;
    test.expected = *criteria.inherited;
  } else if (element.binding.strength == definition::Strength::required) {
    test.kind = SliceTest::Kind::binding;
    test.set = element.binding.set;
    test.value_set = element.binding.value_set;
  }
  return test;
}

SliceTest make_test(const Element::Discriminator& discriminator, const Criteria& criteria,
                    const std::vector<PathStep>& path, const SymbolTable& symbols) {
  SliceTest test;
  if (criteria.element.max == 0) {
    test.kind = SliceTest::Kind::absent;
  } else if (discriminator.type == "type") {
    test.kind = SliceTest::Kind::type;
    add_names(test, criteria, false, ends_in_resolve(path));
  } else if (discriminator.type == "profile") {
    test.kind = SliceTest::Kind::profile;
    add_names(test, criteria, true, ends_in_resolve(path));
    test.kind = test.names.empty() ? SliceTest::Kind::none : test.kind;
  } else if (discriminator.type == "exists") {
    test.kind = criteria.element.min > 0 ? SliceTest::Kind::exists : SliceTest::Kind::none;
  } else {
    test = value_test(criteria, symbols);
  }
  test.path = path;
  return test;
}

}  // namespace

std::vector<SliceTest> compile_slice(const Definitions& definitions, const SymbolTable& symbols,
                                     const Element& sliced, ElementId slice) {
  std::vector<SliceTest> tests;
  const CriteriaFinder finder(definitions, symbols);
  for (const Element::Discriminator& discriminator : sliced.discriminators) {
    const std::vector<PathStep> path = parse_path(discriminator.path, symbols);
    const Criteria criteria = finder.find(slice, path);
    if (!criteria.found) {
      continue;
    }
    SliceTest test = make_test(discriminator, criteria, path, symbols);
    if (test.kind != SliceTest::Kind::none) {
      tests.push_back(std::move(test));
    }
  }
  return tests;
}

}  // namespace lhcr::validate
