// SPDX-License-Identifier: Apache-2.0
/// The classes and data types of CDA R2 for who writes documents: what may stand where, in which
/// order, and what must be there. Read from the tables of definition/cda, by which documents are
/// validated too.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::definition {

/// A class or data type of the CDA model, by index; 0 is "unknown".
using CdaClassId = std::uint16_t;

/// What the model says about one child of a class.
struct CdaChild {
  bool known = false;
  bool attribute = false;
  bool list = false;
  std::uint16_t order = 0;  ///< schema order, from 1; 0 where any order will do
  CdaClassId type = 0;      ///< class of an element
};

/// A class by its name, by that of an element ("observation"), or by where it is when it has no
/// name of its own ("StructuredBody.component"); 0 when there is none. "DataType" stands for any
/// data type: it has what any of them has.
[[nodiscard]] CdaClassId cda_class(std::string_view element);
/// Whether it is a data type ("CD"), no class ("Act").
[[nodiscard]] bool is_cda_data_type(CdaClassId type);
/// The child `name` of a class. Of a name that the class does not have it tells whether it is that
/// of an attribute elsewhere.
[[nodiscard]] CdaChild cda_child(CdaClassId parent, std::string_view name);
/// The names of all classes, in no order.
[[nodiscard]] std::vector<std::string_view> cda_classes();
/// The names of the children of a class, in no order.
[[nodiscard]] std::vector<std::string_view> cda_children(CdaClassId parent);
/// What an attribute of a class means when it is not there ("CSM" for typeCode of Consumable);
/// empty when the schema has no default.
[[nodiscard]] std::string_view cda_default(CdaClassId type, std::string_view attribute);
/// Adds what the schema demands and `node` and below lack: elements with a nullFlavor, attributes
/// with their usual value.
void complete_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type);
/// Orders the children of `node` and below by the schema; equal ones keep their order.
void sort_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type);

}  // namespace lhcr::definition
