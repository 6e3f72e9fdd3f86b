// SPDX-License-Identifier: Apache-2.0
/// References (FHIR R4, 2.3).
#include "base/text_rules.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

bool is_resource_type(std::string_view name, const definition::Definitions& definitions) {
  const definition::TypeId type = definitions.type(name);
  return type != definition::no_type &&
         definitions.info(type).kind == definition::TypeKind::resource;
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

}  // namespace lhcr::privacy
