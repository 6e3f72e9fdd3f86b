// SPDX-License-Identifier: Apache-2.0
/// Units of measure in codes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::validate {

class Run;

/// Which unit expressions are UCUM: few of them occur again and again.
class UnitVerdicts {
 public:
  /// Whether UCUM's grammar or the specification's list of common units has the code.
  [[nodiscard]] bool is_ucum(const definition::Definitions& definitions, std::string_view code);

 private:
  std::map<std::string, bool, std::less<>> known_;
};

constexpr std::string_view ucum_system = "http://unitsofmeasure.org";

/// Reports a Coding or Quantity of the system UCUM whose code is no unit expression.
void check_unit(Run& run, tree::NodeId node);

}  // namespace lhcr::validate
