// SPDX-License-Identifier: Apache-2.0
/// The types that StructureDefinitions define, and the children each may have under each written
/// name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "definition/compiler/below.hpp"
#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

struct ChildModel {
  std::string written, element;
  ElementId definition = no_element;
  TypeId type = no_type;
  std::uint16_t order = 0;
  std::uint32_t flags = 0;
};

struct TypeModel {
  std::string name;
  TypeKind kind = TypeKind::complex;
  bool abstract = false;
  TypeId base = no_type;
  ElementId root = no_element;
  StructureId structure = no_structure;
  std::string pattern;
  tree::Kind json_kind = tree::Kind::object;
  bool xhtml = false;  // a primitive whose value is XHTML
  std::vector<ChildModel> children;
};

/// The types in the order of their ids: entry 0 is empty, named types come before the types of
/// elements. Ids of types, structures and elements count on from those below. Types that are known
/// below are not defined again. Throws Error{input} when there are more than 65,535.
[[nodiscard]] std::vector<TypeModel> build_types(const std::vector<StructureModel>& structures,
                                                 const Below& below);

}  // namespace lhcr::definition::compiler
