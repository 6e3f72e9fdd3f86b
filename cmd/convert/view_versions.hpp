// SPDX-License-Identifier: Apache-2.0
/// Records of another version than the views', and what is needed to read them.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "cmd/run/inputs.hpp"
#include "definition/definitions.hpp"
#include "map/map.hpp"
#include "tree/tree.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {

/// The maps that a run over `inputs` can need to bring records to `version`; nothing when all of
/// them speak it. Looks into a single small file, so that short runs start fast; its records'
/// version is asked for only when `asked` is false.
[[nodiscard]] std::optional<map::Needs> needed_for_views(const std::vector<Input>& inputs,
                                                         const definition::Library& library,
                                                         const definition::Definitions& version,
                                                         bool asked);

/// The names of elements that the views' resources have in another version and not in `version`:
/// a record that has one is to be read as a whole.
[[nodiscard]] std::set<Symbol> names_of_other_versions(const std::vector<view::View>& views,
                                                       const definition::Library& library,
                                                       const definition::Definitions& version);

/// Bundle and Parameters, by the definitions: types a part of which may be any resource.
[[nodiscard]] std::set<definition::TypeId> find_carriers(
    const definition::Definitions& definitions);

/// Whether a tree that is typed as `version` has nothing that it does not know: no unknown element,
/// no text in the place of an object or the other way round.
[[nodiscard]] bool fits(const tree::Tree& tree, const definition::Definitions& version);

}  // namespace lhcr::cmd
