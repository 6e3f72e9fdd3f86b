// SPDX-License-Identifier: Apache-2.0
/// How the operators of a ValueSet's filters judge the value of a property (FHIR R4,
/// valueset-filter-operator), those on the hierarchy aside.
#pragma once

#include <functional>
#include <string_view>

namespace lhcr::terminology {

using ValueTest = std::function<bool(std::string_view)>;

/// The test of "=", "in", "not-in", "regex" and "exists" ("not-in" and `exists = false` are the
/// contrary of what it says); empty for another operator, or a malformed expression. `wanted`, the
/// value of the filter, outlives it.
[[nodiscard]] ValueTest value_test(std::string_view op, std::string_view wanted);
/// Whether what a value_test() says has to be turned round.
[[nodiscard]] bool is_contrary(std::string_view op, std::string_view wanted);

}  // namespace lhcr::terminology
