// SPDX-License-Identifier: Apache-2.0
#include "record/foreign.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "definition/cda_classes.hpp"
#include "finding/id.hpp"

namespace lhcr::record {
namespace {

using finding::Finding;
using finding::Id;
using finding::id;

constexpr std::size_t npos = std::string_view::npos;

struct Row {
  std::string_view key;
  std::string_view name;
  std::string_view hint;
  std::string_view value = {};
};
/// Of a literal with its zero bytes.
template <std::size_t size>
constexpr std::string_view bytes_of(const char (&literal)[size]) {
  return {literal, size - 1};
}
constexpr Row starts[] = {
#define LHCR_FOREIGN_START(start, name, hint) {bytes_of(start), name, hint},
#include "record/foreign.def"
};
constexpr Row namespaces[] = {
#define LHCR_FOREIGN_NAMESPACE(start, name, hint) {start, name, hint},
#include "record/foreign.def"
};
constexpr Row elements[] = {
#define LHCR_FOREIGN_ELEMENT(start, name, hint) {start, name, hint},
#include "record/foreign.def"
};
constexpr Row members[] = {
#define LHCR_FOREIGN_MEMBER(member, value, name, hint) {member, name, hint, value},
#include "record/foreign.def"
};

Finding made_of(const Row& row, finding::KindTaking<2> kind = id<"not-fhir-or-cda">) {
  return finding::made(kind.id, {std::string(row.name), std::string(row.hint)});
}

bool is_resource(std::string_view name, const definition::Library& library) {
  const auto versions = library.versions();
  return std::any_of(versions.begin(), versions.end(), [&](std::string_view version) {
    return library.version(version)->type(name) != definition::no_type;
  });
}

/// A message of HL7 V3 is named by its interaction: RCMR_IN030000UK06, PORX_IN020101UK31.
bool is_interaction(std::string_view name) {
  const std::size_t at = name.find("_IN");
  return at != npos && at + 3 < name.size() && is_digit(name[at + 3]);
}

const Row* row_for(const format::XmlRoot& element) {
  const auto* const space =
      std::find_if(std::begin(namespaces), std::end(namespaces),
                   [&](const Row& row) { return element.space.starts_with(row.key); });
  if (space != std::end(namespaces)) return space;
  const std::string lower = in_small_letters(element.name);
  const auto* const row = std::find_if(std::begin(elements), std::end(elements), [&](const Row& r) {
    return element.space.empty() && lower == r.key;
  });
  return row == std::end(elements) ? nullptr : row;
}

std::optional<Finding> foreign_xml(std::string_view bytes, Kind kind,
                                   const definition::Library& library) {
  const format::XmlRoot root = format::xml_root(bytes);
  const auto& [name, space] = root;
  if (name.empty()) return {};
  if (kind == Kind::hl7_v3) {
    return is_interaction(name) ? finding::made(id<"hl7-v3-message">, {name})
                                : finding::made(id<"cda-fragment">, {name});
  }
  if (const Row* const row = row_for(root)) return made_of(*row);
  // A resource that forgot its namespace is the reader's to tell.
  if (is_resource(name, library)) return {};
  if (space.empty() && definition::cda_class(name) != 0)
    return finding::made(id<"cda-fragment">, {name});
  const std::string where =
      space.empty() ? std::string(" and no namespace") : " of the namespace " + space;
  return finding::made(id<"not-fhir-or-cda">,
                       {"XML with the outermost element '" + name + "'" + where,
                        "The outermost element of FHIR is a resource of the namespace "
                        "http://hl7.org/fhir, that of CDA a ClinicalDocument of urn:hl7-org:v3"});
}

}  // namespace

std::optional<Finding> foreign(const format::Record& record, Kind kind,
                               const definition::Library& library) {
  if (kind == Kind::cda || kind == Kind::fhir_xml) return {};
  std::string_view bytes = record.bytes;
  if (bytes.starts_with(utf8_bom)) bytes.remove_prefix(utf8_bom.size());
  const auto* const row =
      std::find_if(std::begin(starts), std::end(starts),
                   [&](const Row& candidate) { return bytes.starts_with(candidate.key); });
  if (row != std::end(starts)) return made_of(*row, id<"input-foreign">);
  if (record.format == format::Format::xml) return foreign_xml(bytes, kind, library);
  return {};
}

std::optional<Finding> foreign(const tree::Tree& tree) {
  if (tree.empty() || !tree.resource_type(tree::root_node).empty()) return {};
  for (const tree::NodeId child : tree.children(tree::root_node)) {
    const auto* const row = std::find_if(std::begin(members), std::end(members), [&](const Row& r) {
      return tree.name_of(child) == r.key && tree[child].text().starts_with(r.value);
    });
    if (row != std::end(members)) return made_of(*row);
  }
  return {};
}

}  // namespace lhcr::record
