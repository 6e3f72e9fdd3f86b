// SPDX-License-Identifier: Apache-2.0
/// SearchParameter, ImplementationGuide, and what HL7 asks of resources that it publishes.
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "definition/resource.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

constexpr std::string_view work_group =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-wg";

bool has_extension(const Run& run, NodeId node, std::string_view url) {
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == name::extension && run.child_text(at, name::url) == url) {
      return true;
    }
  }
  return false;
}

bool hl7_url(std::string_view url) {
  constexpr std::array<std::string_view, 4> prefixes = {
      "http://hl7.org/fhir", "http://terminology.hl7.org", "https://hl7.org/fhir",
      "http://fhir.org/guides"};
  for (const std::string_view prefix : prefixes) {
    if (url.starts_with(prefix)) {
      return true;
    }
  }
  return false;
}

/// Elements that HL7's shareable profiles demand, by type.
struct PublicationNeed {
  std::string_view type;
  std::string_view element;
};
constexpr std::array publication_needs = {
    PublicationNeed{"CodeSystem", "version"},       PublicationNeed{"CodeSystem", "title"},
    PublicationNeed{"CodeSystem", "experimental"},  PublicationNeed{"CodeSystem", "description"},
    PublicationNeed{"CodeSystem", "caseSensitive"}, PublicationNeed{"ValueSet", "version"},
    PublicationNeed{"ValueSet", "title"},           PublicationNeed{"ValueSet", "experimental"},
    PublicationNeed{"ValueSet", "description"},
};

/// The types that a search parameter is for: of a package by its content. Of the specification's
/// own the url tells it ("SearchParameter/Location-address"); empty: not known.
std::vector<std::string> bases_of(const Run& run, std::string_view canonical) {
  std::vector<std::string> bases;
  if (const auto kept = definition::read_resource(run.definitions, run.state.symbols, canonical)) {
    for (const NodeId at : named(kept->tree, tree::root_node, name::base)) {
      bases.emplace_back(kept->tree[at].text());
    }
    return bases;
  }
  constexpr std::string_view published = "http://hl7.org/fhir/SearchParameter/";
  if (canonical.starts_with(published)) {
    const std::string_view tail = canonical.substr(published.size());
    const std::string_view type = tail.substr(0, tail.find('-'));
    if (definition::is_resource(run.definitions, type)) {
      bases.emplace_back(type);
    }
  }
  return bases;
}

/// "derivedFrom": what it is derived from is for its types, too.
void check_derived_bases(Run& run, NodeId resource) {
  constexpr std::array<std::string_view, 2> everything = {"Resource", "DomainResource"};
  const std::string_view origin = run.child_text(resource, name::derived_from);
  const std::vector<std::string> bases =
      origin.empty() ? std::vector<std::string>() : bases_of(run, origin);
  for (const NodeId at : named(run.tree, resource, name::base)) {
    const std::string_view base = run.tree[at].text();
    const bool among = std::any_of(bases.begin(), bases.end(), [&](const std::string& known) {
      return known == base ||
             std::find(everything.begin(), everything.end(), known) != everything.end();
    });
    if (!bases.empty() && !base.empty() && !among) {
      run.report(resource, id<"search-parameter-base">, {std::string(base), std::string(origin)});
    }
  }
}

/// The alternatives of an expression: what stands between its outermost bars.
std::vector<std::string_view> alternatives(std::string_view expression) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const char c = expression[at];
    quoted = quoted != (c == '\'');
    depth += quoted ? 0 : (c == '(' || c == '[' ? 1 : (c == ')' || c == ']' ? -1 : 0));
    if (c == '|' && depth == 0 && !quoted) {
      parts.push_back(expression.substr(from, at - from));
      from = at + 1;
    }
  }
  parts.push_back(expression.substr(from));
  return parts;
}

/// The resource type that an expression begins with, or empty.
std::string_view first_type(const Run& run, std::string_view expression) {
  const std::size_t begin = std::min(expression.find_first_not_of(" ("), expression.size());
  std::size_t end = begin;
  while (end < expression.size() && is_alphanumeric(expression[end])) {
    ++end;
  }
  const std::string_view word = expression.substr(begin, end - begin);
  return definition::is_resource(run.definitions, word) ? word : std::string_view{};
}

/// Why an expression has no meaning for a type; empty: it has one.
std::string expression_fault(const Run& run, std::string_view expression, std::string_view type) {
  fhirpath::CompileOptions options;
  options.start = run.definitions.type(type);
  options.strict = true;
  options.as_takes_lists = true;
  try {
    const fhirpath::Expression compiled(expression, run.definitions, run.state.symbols, options);
  } catch (const fhirpath::ExpressionError& error) {
    return error.what();
  }
  return {};
}

/// Each alternative has a meaning for one of the types.
void check_search_expression(Run& run, NodeId resource) {
  const NodeId node = run.child(resource, name::expression);
  const std::string_view text = run.child_text(resource, name::expression);
  if (all_space(text)) {
    return;
  }
  for (const std::string_view part : alternatives(text)) {
    std::string fault;
    const std::string_view own = first_type(run, part);
    if (!own.empty()) {
      fault = expression_fault(run, part, own);
    } else {
      for (const NodeId at : named(run.tree, resource, name::base)) {
        fault = expression_fault(run, part, run.tree[at].text());
        if (fault.empty()) {
          break;
        }
      }
    }
    if (!fault.empty()) {
      run.report(node, id<"search-parameter-expression">, {std::string(text), fault});
      return;
    }
  }
}

}  // namespace

void check_implementation_guide(Run& run, NodeId resource) {
  for (const NodeId at : named(run.tree, resource, name::depends_on)) {
    const NodeId uri = run.child(at, name::uri);
    const std::string_view text = uri == no_node ? std::string_view{} : run.tree[uri].text();
    const std::size_t bar = text.find('|');
    const std::string_view version = run.child_text(at, name::version);
    if (bar != std::string_view::npos && text.substr(bar + 1) != version) {
      run.report(at, id<"dependency-version">, {std::string(text), std::string(version)});
    }
  }
}

void check_search_parameter(Run& run, NodeId resource) {
  std::size_t components = 0;
  for (const NodeId at : run.tree.children(resource)) {
    components += run.tree[at].element == name::component ? 1U : 0U;
  }
  if (run.child_text(resource, name::type) == "composite" && components < 2) {
    run.report(resource, id<"search-parameter-components">, {std::to_string(components)});
  }
  check_derived_bases(run, resource);
  if (run.child_text(resource, name::type) != "composite") {
    check_search_expression(run, resource);
  }
}

void check_publication(Run& run, NodeId resource) {
  const std::string_view url = run.child_text(resource, name::url);
  if (!hl7_url(url) || run.child(resource, name::status) == no_node ||
      (run.frame != nullptr && run.frame->contained)) {
    return;
  }
  if (!has_extension(run, resource, work_group) &&
      url.find("http://hl7.org/fhir/sid") == std::string_view::npos) {
    run.report(resource, id<"publication-work-group">, {std::string(work_group)});
  }
  const std::string_view type = run.tree.resource_type(resource);
  for (const PublicationNeed& need : publication_needs) {
    if (need.type == type && run.child(resource, run.tree.find(need.element)) == no_node) {
      run.report(resource, id<"publication-element">, {std::string(need.element)});
    }
  }
}

}  // namespace lhcr::validate
