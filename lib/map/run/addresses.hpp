// SPDX-License-Identifier: Apache-2.0
/// Addresses of extensions, profiles and code systems that FHIR versions call otherwise.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "map/model.hpp"

namespace lhcr::map {

/// Belongs to one conversion; what it is made from outlives it.
class Addresses {
 public:
  /// `up`: from STU3 to R4, which are the left and the right side of the map.
  Addresses(const Map& map, const definition::Definitions& from, const definition::Definitions& to,
            bool up);

  /// An address in the version that is written, and whether the way back gives it again.
  struct Renaming {
    std::string text;
    bool returns = true;
  };
  /// `url` is a text of the source, which is referred to.
  const Renaming& renaming(std::string_view url);

  /// What the concepts `version-urls` say, or where HL7 moved its own code systems.
  [[nodiscard]] std::string renamed(std::string_view url, bool up) const;

 private:
  const Map& map_;
  const definition::Definitions& from_;
  const definition::Definitions& to_;
  bool up_;
  std::unordered_map<std::string_view, Renaming> renamings_;
};

}  // namespace lhcr::map
