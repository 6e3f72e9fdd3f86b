// SPDX-License-Identifier: Apache-2.0
/// The rows that the build makes of the tables of CDA (compiler/class_table.hpp). For this room
/// only.
#pragma once

#include <span>
#include <string_view>

#include "definition/cda_classes.hpp"

namespace lhcr::definition {

struct CdaName {
  std::string_view name;
  CdaClassId type;
};
struct CdaChildRow {
  std::string_view name;
  CdaChild child;
};
/// What an attribute means where it is not there.
struct CdaDefault {
  std::string_view attribute;
  std::string_view value;
};
/// A child or attribute that a class must have.
struct CdaDemand {
  std::string_view name;
  std::string_view value;  ///< of an attribute
  bool attribute = false;
  bool one_of = false;  ///< any of the class's demands of this kind will do
};
struct CdaClassRow {
  bool data = false;
  std::span<const CdaChildRow> children;   ///< by name
  std::span<const CdaDefault> defaults;    ///< by attribute
  std::span<const CdaDemand> demands;      ///< in order
  std::span<const std::string_view> open;  ///< xsi:type has to say what one with children is
};

[[nodiscard]] std::span<const CdaClassRow> cda_class_rows();  ///< by id
[[nodiscard]] std::span<const CdaName> cda_class_names();     ///< by name
/// The names of attributes of any class or data type of documents, sorted.
[[nodiscard]] std::span<const std::string_view> cda_attributes();
/// The id of what any data type has.
[[nodiscard]] CdaClassId any_cda_data_type();

}  // namespace lhcr::definition
