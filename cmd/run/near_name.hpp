// SPDX-License-Identifier: Apache-2.0
/// The built-in name that was meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lhcr::cmd {

/// A name of which `given` is a whole part ("json": fhir-json, "Patient": plain.Patient), else the
/// closest(); empty when there is none.
[[nodiscard]] std::string near_name(std::string_view given, const std::vector<std::string>& names);
/// ". Did you mean 'x'?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view given,
                                       const std::vector<std::string>& names);
/// ", did you mean 'x'?", or nothing.
[[nodiscard]] std::string or_meant(std::string_view given, const std::vector<std::string>& names);

}  // namespace lhcr::cmd
