// SPDX-License-Identifier: Apache-2.0
/// Scripts as JSON Patches in whole items, as the Personal Demographics Service takes them: an item
/// of a list is added at its end ("/name/-"), replaced with the id that it has at the endpoint, and
/// removed right behind a test of what it is; other members are set as a whole. Source:
/// NHSDigital/personal-demographics-service-api, specification/components/paths/patient-patch.yaml.
#pragma once

#include <string>

#include "diff/diff.hpp"
#include "diff/patch.hpp"
#include "tree/tree.hpp"

namespace lhcr::diff {

/// What a script makes in whole items.
struct ItemPatch {
  std::string operations;  ///< a JSON array; "[]" when there is nothing to do
  /// The same behind operations that make the lists which the left record lacks: "/name/-" of a
  /// list that is not there is no JSON Patch (RFC 6902 section 4.1), though the service takes it.
  std::string provable;
};
[[nodiscard]] ItemPatch write_item_patch(const Script& script);

/// Gives `right`, a typed tree, the members and items at the root that `script` would remove; the
/// script does not hold any more then. Text stays where it is.
void keep_removed(const Script& script, tree::Tree& right);

/// Where a script removes something, as paths of the left record, the first few of many; empty:
/// nowhere.
[[nodiscard]] std::string removed_paths(const Script& script);

}  // namespace lhcr::diff
