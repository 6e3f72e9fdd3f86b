// SPDX-License-Identifier: Apache-2.0
/// Resources that packages bring and that are kept as they are (Questionnaires, ...), as trees.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// A resource and the text that its tree points into.
struct KeptResource {
  explicit KeptResource(const SymbolTable& symbols) : tree(symbols) {}
  std::string text;
  tree::Tree tree;
};

/// The resource of a canonical ("url" or "url|version"), typed; nullptr when it is not here.
[[nodiscard]] std::unique_ptr<const KeptResource> read_resource(const Definitions& definitions,
                                                                const SymbolTable& symbols,
                                                                std::string_view canonical);

}  // namespace lhcr::definition
