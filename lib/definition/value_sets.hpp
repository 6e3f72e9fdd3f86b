// SPDX-License-Identifier: Apache-2.0
/// The ValueSets of definitions for a judge that has releases of code systems.
#pragma once

#include "definition/definitions.hpp"
#include "terminology/query/value_set.hpp"

namespace lhcr::definition {

class DefinedSets final : public terminology::SetDirectory {
 public:
  /// `definitions` outlive the object.
  explicit DefinedSets(const Definitions& definitions) : definitions_(definitions) {}

  [[nodiscard]] bool has(std::string_view canonical) const override;
  [[nodiscard]] std::optional<bool> listed(std::string_view canonical, std::string_view system,
                                           std::string_view code) const override;
  [[nodiscard]] std::vector<terminology::SetCode> codes(std::string_view canonical) const override;
  [[nodiscard]] std::vector<terminology::Composition> compositions(
      std::string_view canonical) const override;

 private:
  const Definitions& definitions_;
};

/// "url|version" of a set, or "url".
[[nodiscard]] std::string canonical_of(const Definitions& definitions, ValueSetId set);

}  // namespace lhcr::definition
