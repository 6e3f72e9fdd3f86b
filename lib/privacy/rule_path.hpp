// SPDX-License-Identifier: Apache-2.0
/// The paths of rules: FHIRPath with nodesByType('T') and nodesByName('n'), which search the whole
/// resource but not the resources in it.
#pragma once

#include <string>
#include <string_view>

namespace lhcr::privacy {

/// `before`.nodesByType('name')`after`; without a search only `before` is filled.
struct RulePath {
  enum class Search { none, type, name };
  Search search = Search::none;
  std::string before;         ///< FHIRPath from the resource; empty: the resource itself
  std::string name;           ///< what is searched for
  std::string after;          ///< FHIRPath from each node found; empty: the node itself
  std::string resource_type;  ///< the resource type that `before` starts with, or empty
};

/// Splits at the first search.
[[nodiscard]] RulePath split_path(std::string_view path);

}  // namespace lhcr::privacy
