// SPDX-License-Identifier: Apache-2.0
#include "definition/resource.hpp"

#include "format/format.hpp"

namespace lhcr::definition {

std::unique_ptr<const KeptResource> read_resource(const Definitions& definitions,
                                                  const SymbolTable& symbols,
                                                  std::string_view canonical) {
  const std::string_view json = definitions.resource(canonical);
  if (json.empty()) {
    return nullptr;
  }
  auto kept = std::make_unique<KeptResource>(symbols);
  kept->text.assign(json).append(format::read_padding, '\0');
  finding::Collector ignored;
  format::JsonReader reader;
  const std::string_view bytes = std::string_view(kept->text).substr(0, json.size());
  if (!reader.read(bytes, kept->tree, ignored)) {
    return nullptr;
  }
  attach_types(kept->tree, definitions);
  return kept;
}

}  // namespace lhcr::definition
