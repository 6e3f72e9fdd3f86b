// SPDX-License-Identifier: Apache-2.0
/// References (FHIR R4, 2.3) and whom a resource is about.
#include <array>

#include "base/text_rules.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

bool is_resource_type(std::string_view name, const definition::Definitions& definitions) {
  const definition::TypeId type = definitions.type(name);
  return type != definition::no_type &&
         definitions.info(type).kind == definition::TypeKind::resource;
}

/// Where a reference says whose record a resource is part of. The first that a resource has counts.
struct PatientLink {
  std::string_view resource_type;  ///< empty: any
  std::string_view element;
};
constexpr std::array patient_links{
#define LHCR_PATIENT_LINK(type, element) PatientLink{type, element},
#include "privacy/patient_links.def"
#undef LHCR_PATIENT_LINK
};

std::string_view last_part(std::string_view reference, const definition::Definitions& definitions) {
  const ReferenceParts parts = split_reference(reference, definitions);
  return parts.id.empty() ? reference : parts.id;
}

}  // namespace

// Pseudonyms are of what a reference says, whether its target is here or not, so that the index of
// record::References has no say; only what is surely an id may be replaced.
ReferenceParts split_reference(std::string_view text, const definition::Definitions& definitions) {
  for (const std::string_view scheme : {"#", "urn:uuid:", "urn:oid:"}) {
    if (text.starts_with(scheme)) {
      const std::string_view id = text.substr(scheme.size());
      return is_id(id) ? ReferenceParts{text.substr(0, scheme.size()), id, {}} : ReferenceParts{};
    }
  }
  const std::size_t history = text.find("/_history/");
  const std::string_view head = text.substr(0, history);
  const std::size_t slash = head.rfind('/');
  if (slash == std::string_view::npos || !is_id(head.substr(slash + 1))) return {};
  const std::string_view type_path = head.substr(0, slash);
  const std::size_t type_at = type_path.rfind('/') + 1;
  const std::string_view base = type_path.substr(0, type_at);
  const bool known_base =
      base.empty() || base.starts_with("http://") || base.starts_with("https://");
  if (!known_base || !is_resource_type(type_path.substr(type_at), definitions)) return {};
  return {head.substr(0, slash + 1), head.substr(slash + 1), text.substr(head.size())};
}

void list_full_urls(Work& work) {
  const tree::Tree& tree = work.tree;
  for (const tree::NodeId entry : tree.children(tree::root_node)) {
    if (tree[entry].element != work.names.entry) continue;
    const tree::NodeId full_url = tree.child(entry, work.names.full_url);
    const tree::NodeId resource = tree.child(entry, work.names.resource);
    if (full_url == tree::no_node || resource == tree::no_node) continue;
    const tree::NodeId id = tree.child(resource, work.names.id);
    if (id != tree::no_node) work.listed.emplace(work.text(full_url), work.text(id));
  }
}

std::string patient_of(const Work& work, tree::NodeId resource) {
  const tree::Tree& tree = work.tree;
  const std::string_view type = tree.resource_type(resource);
  for (const PatientLink& link : patient_links) {
    if (!link.resource_type.empty() && link.resource_type != type) continue;
    const Symbol element = tree.find(link.element);
    const tree::NodeId found = element == no_symbol ? tree::no_node : tree.child(resource, element);
    if (found == tree::no_node) continue;
    if (work.has_value(found)) return std::string(work.text(found));
    const tree::NodeId reference = tree.child(found, work.names.reference);
    if (reference == tree::no_node) continue;
    // A urn:uuid need not be the id of what it leads to.
    const auto listed = work.listed.find(work.text(reference));
    return std::string(listed != work.listed.end()
                           ? listed->second
                           : last_part(work.text(reference), work.definitions));
  }
  return {};
}

}  // namespace lhcr::privacy
