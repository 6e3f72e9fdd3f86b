// SPDX-License-Identifier: Apache-2.0
/// The words of the tree that the files of this room speak in. For this room only.
#pragma once

#include "tree/tree.hpp"

namespace lhcr::diff {

using tree::Flag;
using tree::Kind;
using tree::no_node;
using tree::Node;
using tree::NodeId;
using tree::Tree;

}  // namespace lhcr::diff
