// SPDX-License-Identifier: Apache-2.0
/// The classes of CDA R2 for who writes documents: what may stand where, in which order, and what
/// must be there.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::definition {

/// A class of the CDA model, by index; 0 is "unknown".
using CdaClassId = std::uint16_t;

/// What the model says about one child element of a class.
struct CdaChild {
  bool known = false;
  bool list = false;
  std::uint16_t order = 0;  ///< schema order, from 1
  CdaClassId type = 0;      ///< class of the child
};

/// The class of the element ClinicalDocument and of clinical statements by element name
/// ("observation"); 0 when there is none.
[[nodiscard]] CdaClassId cda_class(std::string_view element);
/// The child `name` of a class.
[[nodiscard]] CdaChild cda_child(CdaClassId parent, std::string_view name);
/// The names of the elements of a class, in no order.
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
