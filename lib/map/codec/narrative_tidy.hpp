// SPDX-License-Identifier: Apache-2.0
/// A narrative block that the schema of CDA allows, whatever the XHTML it was made from.
#pragma once

#include "tree/tree.hpp"

namespace lhcr::map {

/// `block` holds the content of a `text`, in CDA's names. What may not stand where it does is put
/// into what has to be around it (rows into a tbody, words beside the items of a list into one) or
/// taken out; its words stay. Attributes that the schema does not know go.
void tidy_narrative(tree::Tree& tree, tree::NodeId block);

}  // namespace lhcr::map
