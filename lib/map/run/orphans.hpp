// SPDX-License-Identifier: Apache-2.0
/// Who took part only in something that was not made after all.
#pragma once

#include <vector>

#include "map/run/resources.hpp"

namespace lhcr::map {

/// Takes out the actors that no resource refers to, as a Bundle that is a document has only what
/// its Composition leads to. For a run forward that has ended; linear in what it wrote.
void drop_orphans(const tree::Tree& target, std::vector<Resource>& resources);

}  // namespace lhcr::map
