// SPDX-License-Identifier: Apache-2.0
/// `regions check`: whether an endpoint can be reached, trusts us and we it, and offers what a
/// style needs.
#pragma once

#include <functional>
#include <string>

#include "deliver/region/settings.hpp"

namespace lhcr::deliver {

struct CheckLine {
  bool good = false;
  std::string what;    ///< "TLS", "token", "CapabilityStatement", ...
  std::string detail;  ///< what was found, or what is wrong and what to try
};

/// Checks step by step; calls back for each. Returns whether all were good. Sends no record.
bool check_region(const Region& region, const std::string& style, const SecretAccess& access,
                  const std::function<void(const CheckLine&)>& line);

}  // namespace lhcr::deliver
