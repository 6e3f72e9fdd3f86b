// SPDX-License-Identifier: Apache-2.0
/// SearchParameter, and what HL7 asks of resources that it publishes.
#include <array>

#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"

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
    if (run.tree[at].element == run.names.extension && run.child_text(at, run.names.url) == url) {
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

}  // namespace

void check_search_parameter(Run& run, NodeId resource) {
  std::size_t components = 0;
  for (const NodeId at : run.tree.children(resource)) {
    components += run.tree[at].element == run.names.component ? 1U : 0U;
  }
  if (run.child_text(resource, run.names.type) == "composite" && components < 2) {
    run.report(resource, id<"search-parameter-components">, {std::to_string(components)});
  }
}

void check_publication(Run& run, NodeId resource) {
  const std::string_view url = run.child_text(resource, run.names.url);
  if (!hl7_url(url) || run.child(resource, run.names.status) == no_node ||
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
