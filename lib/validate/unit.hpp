// SPDX-License-Identifier: Apache-2.0
/// Units of measure in codes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tree/tree.hpp"

namespace lhcr::validate {

class Run;

/// Which unit expressions are UCUM: few of them occur again and again.
class UnitVerdicts {
 public:
  [[nodiscard]] bool is_ucum(std::string_view code);

 private:
  std::map<std::string, bool, std::less<>> known_;
};

/// Reports a Coding or Quantity of the system UCUM whose code is no unit expression.
void check_unit(Run& run, tree::NodeId node);

}  // namespace lhcr::validate
