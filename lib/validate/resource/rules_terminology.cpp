// SPDX-License-Identifier: Apache-2.0
/// CodeSystem, ValueSet and ConceptMap.
#include <algorithm>
#include <array>
#include <charconv>

#include <re2/re2.h>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "finding/id.hpp"
#include "terminology/ecl.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/code_system.hpp"
#include "validate/resource/rules.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

struct KnownProperty {
  std::string_view code;
  std::string_view type;
};
constexpr std::array known_properties = {
#define LHCR_CONCEPT_PROPERTY(code, type) KnownProperty{code, type},
#include "validate/resource/concept_properties.def"
#undef LHCR_CONCEPT_PROPERTY
};
constexpr std::string_view property_base = "http://hl7.org/fhir/concept-properties#";

const KnownProperty* known_property(std::string_view code) {
  const auto* const found =
      std::find_if(known_properties.begin(), known_properties.end(),
                   [&](const KnownProperty& known) { return known.code == code; });
  return found == known_properties.end() ? nullptr : found;
}

/// A property that the code system declares.
struct Declared {
  std::string_view code;
  std::string_view uri;
  std::string_view type;
};

void check_property_uri(Run& run, NodeId node, const Declared& property) {
  const KnownProperty* const by_uri =
      property.uri.starts_with(property_base)
          ? known_property(property.uri.substr(property_base.size()))
          : nullptr;
  const KnownProperty* const by_code = known_property(property.code);
  if (by_uri != nullptr) {
    if (by_code != nullptr && by_code != by_uri) {
      run.report(
          node, id<"property-code-unusual">,
          {std::string(property.uri), std::string(by_uri->code), std::string(property.code)});
    }
    if (by_uri->type != property.type) {
      run.report(
          node, id<"property-type-wrong">,
          {std::string(property.type), std::string(property.uri), std::string(by_uri->type)});
    }
  } else if (by_code != nullptr && property.uri.empty()) {
    run.report(node, Severity::warning, id<"property-without-uri">, {std::string(property.code)});
  }
}

std::vector<Declared> check_properties(Run& run, NodeId resource) {
  std::vector<Declared> seen;
  for (const NodeId at : named(run.tree, resource, name::property)) {
    const Declared property{run.child_text(at, name::code), run.child_text(at, name::uri),
                            run.child_text(at, name::type)};
    for (const Declared& before : seen) {
      if (!property.code.empty() && before.code == property.code) {
        run.report(at, id<"property-repeated">, {std::string(property.code)});
      }
      if (!property.uri.empty() && before.uri == property.uri) {
        run.report(at, id<"property-repeated">, {std::string(property.uri)});
      }
    }
    check_property_uri(run, at, property);
    seen.push_back(property);
  }
  return seen;
}

void check_concept_property(Run& run, NodeId node, const std::vector<Declared>& declared) {
  const std::string_view code = run.child_text(node, name::code);
  const NodeId value = run.child(node, name::value);
  const auto found = std::find_if(declared.begin(), declared.end(),
                                  [&](const Declared& property) { return property.code == code; });
  if (found == declared.end() || value == no_node || found->type.empty()) {
    return;
  }
  const std::string_view actual = run.type_name(value);
  if (actual != found->type) {
    run.report(node, id<"property-value-type">,
               {std::string(code), std::string(actual), std::string(found->type)});
  }
}

/// Checks the concepts below `node` and returns how many there are.
std::size_t check_concepts(Run& run, NodeId node, const std::vector<Declared>& declared) {
  std::size_t count = 0;
  for (const NodeId at : named(run.tree, node, name::concept_)) {
    for (const NodeId property : named(run.tree, at, name::property)) {
      check_concept_property(run, property, declared);
    }
    count += 1 + check_concepts(run, at, declared);
  }
  return count;
}

void check_count(Run& run, NodeId resource, std::size_t actual) {
  const NodeId node = run.child(resource, name::count);
  const std::string_view text = node == no_node ? std::string_view{} : run.tree[node].text();
  std::size_t stated = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), stated);
  if (!text.empty() && read.ec == std::errc{} && stated != actual &&
      run.child_text(resource, name::content) == "complete") {
    run.report(node, id<"concept-count-wrong">, {std::to_string(actual), std::to_string(stated)});
  }
}

void check_supplement(Run& run, NodeId resource) {
  const bool supplement = run.child(resource, name::supplements) != no_node;
  const NodeId content = run.child(resource, name::content);
  const bool says_so = content != no_node && run.tree[content].text() == "supplement";
  if (content != no_node && supplement != says_so) {
    run.report(content, id<"supplement-content">, {std::string(run.tree[content].text())});
  }
}

/// Concepts of a supplement exist in the code system that it supplements.
void check_supplemented(Run& run, NodeId node, std::string_view url,
                        definition::CodeSystemId system) {
  for (const NodeId at : named(run.tree, node, name::concept_)) {
    const std::string_view code = run.child_text(at, name::code);
    if (!code.empty() && !run.definitions.code_system_has(system, code)) {
      run.report(at, id<"code-unknown">, {std::string(code), std::string(url)});
    }
    check_supplemented(run, at, url, system);
  }
}

void check_supplemented_codes(Run& run, NodeId resource) {
  const std::string_view url = run.child_text(resource, name::supplements);
  const definition::CodeSystemId system =
      url.empty() ? definition::no_code_system : run.definitions.code_system(without_version(url));
  if (system != definition::no_code_system && run.definitions.code_system_complete(system)) {
    check_supplemented(run, resource, url, system);
  }
}

// --- ValueSet ---

void check_contained_system(Run& run, NodeId include, std::string_view system) {
  const NodeId root = run.frame != nullptr ? run.frame->node : tree::root_node;
  std::size_t found = 0;
  for (const NodeId at : named(run.tree, root, name::contained)) {
    if (run.child_text(at, name::id) == system.substr(1)) {
      ++found;
      if (run.tree.resource_type(at) != "CodeSystem") {
        run.report(include, id<"include-system-not-code-system">, {std::string(system)});
      }
    }
  }
  if (found == 0) {
    run.report(include, id<"include-system-missing">, {std::string(system)});
    run.report_following(run.child(include, name::system), id<"reference-contained-missing">,
                         {std::string(system)});
  }
}

void check_system_version(Run& run, NodeId include, std::string_view system) {
  const std::size_t bar = system.find('|');
  if (bar != std::string_view::npos && bar + 1 < system.size()) {
    run.report(include, id<"include-system-version">, {std::string(system)});
  }
}

/// Operators that a SNOMED CT filter may have, by property, and whether its value is an expression
/// constraint.
struct FilterRule {
  std::string_view system;
  std::string_view property;
  std::string_view operators;  ///< space separated, empty: any
  bool constraint;
};
constexpr std::array filter_rules = {
    FilterRule{"http://snomed.info/sct", "constraint", "=", true},
    FilterRule{"http://snomed.info/sct", "expression", "=", true},
    FilterRule{"http://snomed.info/sct", "concept", "is-a descendent-of in =", false},
    FilterRule{"http://snomed.info/sct", "expressions", "=", false},
};

void check_constraint(Run& run, NodeId filter, std::string_view value, std::string_view property) {
  terminology::EclFault fault;
  if (!terminology::parse_ecl(value, &fault)) {
    const std::size_t at = characters(value.substr(0, fault.at)) + 1;
    run.report(filter, id<"filter-value">,
               {std::string(value), std::string(property), std::to_string(at), fault.expected});
  }
}

void check_filter(Run& run, NodeId filter, std::string_view system) {
  const std::string_view property = run.child_text(filter, name::property);
  const std::string_view op = run.child_text(filter, name::op);
  const std::string_view value = run.child_text(filter, name::value);
  for (const FilterRule& rule : filter_rules) {
    if (rule.system != system || rule.property != property) {
      continue;
    }
    if (!op.empty() && !has_word(rule.operators, op)) {
      run.report(filter, id<"filter-operator">,
                 {std::string(op), std::string(property), std::string(rule.operators)});
    } else if (rule.constraint && !value.empty()) {
      check_constraint(run, filter, value, property);
    }
  }
}

/// What the value of a filter is, by its operator (R4, valueset-filter-operator).
enum class FilterValue : std::uint8_t { any, code, boolean, expression };

struct OperatorRule {
  std::string_view op;
  FilterValue value;
};
constexpr std::array operator_rules = {
    OperatorRule{"is-a", FilterValue::code},
    OperatorRule{"is-not-a", FilterValue::code},
    OperatorRule{"descendent-of", FilterValue::code},
    OperatorRule{"generalizes", FilterValue::code},
    OperatorRule{"child-of", FilterValue::code},
    OperatorRule{"descendent-leaf", FilterValue::code},
    OperatorRule{"exists", FilterValue::boolean},
    OperatorRule{"regex", FilterValue::expression},
};

/// Properties whose values are codes of the system itself.
bool about_codes(std::string_view property) {
  constexpr std::array<std::string_view, 2> names = {"concept", "code"};
  return std::find(names.begin(), names.end(), property) != names.end();
}

/// False for what no dialect reads; RE2 itself knows neither back references nor looking around.
bool is_expression(std::string_view value) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  switch (re2::RE2(re2::StringPiece(value.data(), value.size()), options).error_code()) {
    case re2::RE2::ErrorMissingBracket:
    case re2::RE2::ErrorMissingParen:
    case re2::RE2::ErrorUnexpectedParen:
    case re2::RE2::ErrorTrailingBackslash:
    case re2::RE2::ErrorRepeatArgument:
    case re2::RE2::ErrorBadCharRange:
      return false;
    default:
      return true;
  }
}

void check_filter_value(Run& run, NodeId filter, std::string_view system) {
  const std::string_view op = run.child_text(filter, name::op);
  const std::string_view value = run.child_text(filter, name::value);
  const auto* const rule = std::find_if(operator_rules.begin(), operator_rules.end(),
                                        [&](const OperatorRule& row) { return row.op == op; });
  if (rule == operator_rules.end() || value.empty()) {
    return;
  }
  const auto wrong = [&](std::string_view wanted) {
    run.report(filter, id<"filter-value-kind">,
               {std::string(value), std::string(op), std::string(wanted)});
  };
  if (rule->value == FilterValue::boolean && value != "true" && value != "false") {
    wrong("true or false");
  } else if (rule->value == FilterValue::expression && !is_expression(value)) {
    wrong("a regular expression");
  } else if (rule->value == FilterValue::code &&
             about_codes(run.child_text(filter, name::property)) &&
             !code_exists(run, system, value)) {
    run.report(filter, id<"code-unknown">, {std::string(value), std::string(system)});
  }
}

/// A filter on a property of type Coding names the coding by system and code.
void check_coding_filter(Run& run, NodeId filter, std::string_view system) {
  constexpr std::string_view one_value = "=";
  const std::string_view property = run.child_text(filter, name::property);
  const std::string_view value = run.child_text(filter, name::value);
  if (value.empty() || run.child_text(filter, name::op) != one_value ||
      !is_coding_property(run, system, property)) {
    return;
  }
  const std::size_t hash = value.find('#');
  if (hash == std::string_view::npos) {
    run.report(filter, id<"code-unknown">,
               {std::string(value), "that the filter names (its property " + std::string(property) +
                                        " is a Coding, so its value is system#code)"});
    return;
  }
  const std::string_view canonical = value.substr(0, hash);
  const std::string_view url = without_version(canonical);
  if (!code_exists(run, url, value.substr(hash + 1))) {
    run.report(filter, id<"code-unknown">, {std::string(value.substr(hash + 1)), std::string(url)});
  }
}

void check_include_concepts(Run& run, NodeId include, std::string_view system_url) {
  const definition::CodeSystemId system = run.definitions.code_system(system_url);
  if (system == definition::no_code_system || !run.definitions.code_system_complete(system)) {
    return;
  }
  for (const NodeId at : named(run.tree, include, name::concept_)) {
    const std::string_view code = run.child_text(at, name::code);
    if (!code.empty() && !run.definitions.code_system_has(system, code)) {
      run.report(at, Severity::warning, id<"code-unknown">,
                 {std::string(code), std::string(system_url)});
    }
  }
}

void check_include(Run& run, NodeId include) {
  const std::string_view system = run.child_text(include, name::system);
  if (system.empty()) {
    return;
  }
  check_system_version(run, include, system);
  if (!is_absolute_url(system)) {
    run.report(include, id<"include-system-relative">, {std::string(system)});
  }
  if (system.front() == '#') {
    check_contained_system(run, include, system);
  } else if (run.definitions.code_system(system) == definition::no_code_system &&
             run.definitions.value_set(system) != definition::no_value_set) {
    run.report(include, id<"coding-system-is-value-set">, {std::string(system)});
  }
  check_include_concepts(run, include, system);
  for (const NodeId filter : named(run.tree, include, name::filter)) {
    check_filter(run, filter, system);
    check_coding_filter(run, filter, system);
    check_filter_value(run, filter, system);
  }
}

}  // namespace

namespace {

/// The system of one side of a group; empty when it names a version, which need not be the one
/// here: STU3 and R4 have it beside the system, R5 behind a bar.
std::string_view system_of(const Run& run, NodeId group, Symbol side, Symbol version) {
  const std::string_view canonical = run.child_text(group, side);
  const bool one = run.child(group, version) != no_node || canonical.find('|') != canonical.npos;
  return one ? std::string_view{} : canonical;
}

/// A warning: maps that FHIR itself publishes have codes that their systems have no more, or not
/// yet.
void check_mapped_code(Run& run, NodeId node, std::string_view system) {
  const NodeId code = run.child(node, name::code);
  if (!system.empty() && run.has_text(code) && !code_exists(run, system, run.tree[code].text())) {
    run.report(code, Severity::warning, id<"code-unknown">,
               {std::string(run.tree[code].text()), std::string(system)});
  }
}

}  // namespace

void check_concept_map(Run& run, NodeId resource) {
  for (const NodeId group : named(run.tree, resource, name::group)) {
    const std::string_view source = system_of(run, group, name::source, name::source_version);
    const std::string_view target = system_of(run, group, name::target, name::target_version);
    for (const NodeId element : named(run.tree, group, name::element)) {
      check_mapped_code(run, element, source);
      for (const NodeId at : named(run.tree, element, name::target)) {
        check_mapped_code(run, at, target);
      }
    }
  }
}

void check_code_system(Run& run, NodeId resource) {
  const std::vector<Declared> declared = check_properties(run, resource);
  const std::size_t count = check_concepts(run, resource, declared);
  check_count(run, resource, count);
  check_supplement(run, resource);
  check_supplemented_codes(run, resource);
}

void check_value_set(Run& run, NodeId resource) {
  const NodeId compose = run.child(resource, name::compose);
  if (compose == no_node) {
    return;
  }
  for (const NodeId at : run.tree.children(compose)) {
    const Symbol name = run.tree[at].element;
    if (name == name::include || name == name::exclude) {
      check_include(run, at);
    }
  }
}

}  // namespace lhcr::validate
