// SPDX-License-Identifier: Apache-2.0
/// Extensions that stand for elements of other FHIR versions: their definitions are the elements'
/// (http://hl7.org/fhir/R4/versions.html#extensions).
#include <algorithm>
#include <optional>

#include "base/names.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::Definitions;
using finding::id;
using tree::no_node;
using tree::NodeId;

/// http://hl7.org/fhir/5.0/StructureDefinition/extension-Patient.contact.name
struct Address {
  std::string_view release;  ///< "5.0"
  std::string_view path;     ///< "Patient.contact.name"
};

std::optional<Address> read_address(std::string_view url) {
  constexpr std::string_view before = "http://hl7.org/fhir/";
  constexpr std::string_view between = "/StructureDefinition/extension-";
  if (!url.starts_with(before)) {
    return std::nullopt;
  }
  const std::string_view tail = url.substr(before.size());
  const std::size_t end = tail.find('/');
  if (end == std::string_view::npos || !tail.substr(end).starts_with(between)) {
    return std::nullopt;
  }
  return Address{tail.substr(0, end), tail.substr(end + between.size())};
}

/// The definitions of a release that is not the record's own, or nullptr.
const Definitions* definitions_of(const Run& run, std::string_view release) {
  const auto& others = run.options.other_versions;
  const auto found = std::find_if(others.begin(), others.end(), [&](const Definitions* other) {
    const std::string_view version = other->fhir_version();
    return other != &run.definitions && version.size() > release.size() &&
           version.starts_with(release) && version[release.size()] == '.';
  });
  return found == others.end() ? nullptr : *found;
}

/// The row of an element path, a choice with or without "[x]"; nullptr: there is none.
const definition::Child* find_element(const Run& run, const Definitions& in,
                                      std::string_view path) {
  std::size_t dot = path.find('.');
  definition::TypeId type = in.type(path.substr(0, dot));
  const definition::Child* found = nullptr;
  while (dot != std::string_view::npos && type != definition::no_type) {
    path.remove_prefix(dot + 1);
    dot = path.find('.');
    std::string_view step = path.substr(0, dot);
    step.remove_suffix(step.ends_with("[x]") ? 3 : 0);
    const Symbol name = run.state.symbols.find(step);
    const auto rows = in.children(type);
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const definition::Child& child) {
      return name != no_symbol && (child.element == name || child.written == name);
    });
    found = row == rows.end() ? nullptr : &*row;
    type = found == nullptr ? definition::no_type : found->type;
  }
  return dot == std::string_view::npos ? found : nullptr;
}

/// Whether an extension of the record's version may have a value of a type: ContactDetail and
/// others may stand there since R4 only, and before are written as extensions for their parts.
bool is_value_type(const Definitions& definitions, definition::TypeId type) {
  const auto rows = definitions.children(definitions.type("Extension"));
  return std::any_of(rows.begin(), rows.end(), [&](const definition::Child& row) {
    return row.element == name::value && row.type == type;
  });
}

/// The types of an element that its extension takes as values; empty where its parts are extensions
/// themselves, nullopt where a type of it is no value in the record's version.
std::optional<std::vector<std::string_view>> value_types(const Run& run, const Definitions& in,
                                                         const definition::Child& row) {
  std::vector<std::string_view> names;
  if (in.info(row.type).kind == definition::TypeKind::backbone) {
    return names;
  }
  for (const definition::TypeRef& type : in.element_types(row.definition)) {
    const definition::TypeId known = run.definitions.type(type.code);
    if (known == definition::no_type || !is_value_type(run.definitions, known)) {
      return std::nullopt;
    }
    names.push_back(type.code);
  }
  return names;
}

}  // namespace

bool check_cross_version(Run& run, NodeId node, std::string_view url) {
  const std::optional<Address> address = read_address(url);
  const Definitions* const in = address ? definitions_of(run, address->release) : nullptr;
  if (in == nullptr) {
    return false;
  }
  const definition::Child* const row = find_element(run, *in, address->path);
  if (row == nullptr) {
    run.report(node, id<"extension-element-unknown">,
               {std::string(url), std::string(in->fhir_version())});
    return true;
  }
  check_modifier(run, node, url, in->element(row->definition).modifier);
  if (const auto types = value_types(run, *in, *row); types) {
    check_extension_value(run, node, url, *types);
  }
  return true;
}

}  // namespace lhcr::validate
