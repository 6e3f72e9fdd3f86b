// SPDX-License-Identifier: Apache-2.0
/// What one FHIR version demands of the parts of its types, where another does not. For this room
/// only.
#pragma once

#include <cstdint>
#include <map>
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
  std::vector<ValueSetId> codes;        ///< the codes that are permitted; no_value_set: any
};

/// Looks at each type once. Belongs to one worker.
class DemandsOfTypes {
 public:
  /// `versions`: what it is compared with, itself among them. All outlive the object.
  DemandsOfTypes(const Definitions& definitions, std::span<const Definitions* const> versions)
      : definitions_(&definitions), versions_(versions.begin(), versions.end()) {}

  [[nodiscard]] const Demands& of(TypeId type);
  /// Whether another version permits other codes in the place of a row of the type, which has such.
  [[nodiscard]] bool are_own_codes(TypeId type, const Child& row);

 private:
  [[nodiscard]] Demands make(TypeId type) const;
  [[nodiscard]] bool differ_elsewhere(TypeId type, const Child& row) const;

  const Definitions* definitions_;
  std::vector<const Definitions*> versions_;
  std::vector<std::unique_ptr<const Demands>> known_;
  std::map<const Child*, bool> own_codes_;
};

}  // namespace lhcr::definition
