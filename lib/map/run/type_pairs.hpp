// SPDX-License-Identifier: Apache-2.0
/// Which types of one FHIR version become which of the other: by the blocks of the map, by name,
/// and below those by the names of their elements.
#pragma once

#include <algorithm>
#include <vector>

#include "map/model.hpp"

namespace lhcr::map {

/// Immutable after construction, shared by threads.
class TypePairs {
 public:
  /// `up`: from STU3 to R4, which are the left and the right side of the map.
  TypePairs(const Map& map, const definition::Definitions& from, const definition::Definitions& to,
            bool up);

  /// The types of the version that is read which become a type of the one that is written.
  [[nodiscard]] const std::vector<definition::TypeId>& sources(definition::TypeId type) const {
    return sources_[type < sources_.size() ? type : definition::no_type];
  }

  /// Whether of each of these types something holds; of none it does not.
  template <typename Holds>
  [[nodiscard]] bool all_sources(definition::TypeId type, Holds holds) const {
    const std::vector<definition::TypeId>& all = sources(type);
    return !all.empty() && std::all_of(all.begin(), all.end(), holds);
  }

 private:
  void add_blocks(const Map& map, bool up);
  void add(definition::TypeId type, definition::TypeId source);
  void descend(definition::TypeId type, definition::TypeId source);

  const definition::Definitions& from_;
  const definition::Definitions& to_;
  std::vector<std::vector<definition::TypeId>> sources_;
};

}  // namespace lhcr::map
