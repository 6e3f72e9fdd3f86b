// SPDX-License-Identifier: Apache-2.0
/// What one FHIR version demands of the parts of its types, where another does not. For this room
/// only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// Of one type; all by index in Definitions::children().
struct Demands {
  std::vector<std::uint64_t> required;  ///< the bit of an element that must occur, 0: it need not
  std::uint64_t all = 0;                ///< the bits of all that must
  std::vector<Symbol> names;            ///< of the elements, by bit
  std::vector<ValueSetId> codes;  ///< the codes that are permitted, where other versions permit
                                  ///< others; no_value_set: they all do the same
};

/// Looks at each type once. Belongs to one worker.
class DemandsOfTypes {
 public:
  /// `versions`: what it is compared with, itself among them. All outlive the object.
  DemandsOfTypes(const Definitions& definitions, std::span<const Definitions* const> versions)
      : definitions_(&definitions), versions_(versions.begin(), versions.end()) {}

  [[nodiscard]] const Demands& of(TypeId type);

 private:
  [[nodiscard]] Demands make(TypeId type) const;
  [[nodiscard]] bool is_own(TypeId type, const Child& row, ValueSetId set) const;

  const Definitions* definitions_;
  std::vector<const Definitions*> versions_;
  std::vector<std::unique_ptr<const Demands>> known_;
};

}  // namespace lhcr::definition
