// SPDX-License-Identifier: Apache-2.0
/// References (FHIR R4, 2.3).
#include "base/reference_text.hpp"
#include "base/text_rules.hpp"
#include "definition/version/releases.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
// Pseudonyms are of what a reference says, whether its target is here or not, so that the index of
// record::References has no say; only what is surely an id may be replaced.
ReferenceParts split_reference(std::string_view text, const definition::Definitions& definitions) {
  for (const std::string_view scheme : {"#", "urn:uuid:", "urn:oid:"}) {
    if (text.starts_with(scheme)) {
      const std::string_view id = text.substr(scheme.size());
      return is_id(id) ? ReferenceParts{text.substr(0, scheme.size()), id, {}} : ReferenceParts{};
    }
  }
  const ReferenceText cut = cut_reference(text);
  const bool known_base =
      cut.base.empty() || cut.base.starts_with("http://") || cut.base.starts_with("https://");
  const bool whole = text.find('#') == std::string_view::npos;
  if (!whole || !known_base || !is_id(cut.id) || !definition::is_resource(definitions, cut.type))
    return {};
  const std::size_t head = cut.without_version().size();
  return {text.substr(0, head - cut.id.size()), cut.id, text.substr(head)};
}

}  // namespace lhcr::privacy
