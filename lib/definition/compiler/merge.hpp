// SPDX-License-Identifier: Apache-2.0
/// An element of a differential laid over the same element of the base.
#pragma once

#include "definition/compiler/element_tree.hpp"
#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// What `change` says counts, what it leaves out stays.
void merge(const ElementModel& change, ElementTree& into);

}  // namespace lhcr::definition::compiler
