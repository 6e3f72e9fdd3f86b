// SPDX-License-Identifier: Apache-2.0
/// The code systems that images are named after.
#pragma once

#include <span>
#include <string_view>

namespace lhcr::terminology {

struct CodeSystemName {
  std::string_view name;       ///< "icd-10"
  std::string_view title;      ///< "ICD-10 5th edition"
  std::string_view canonical;  ///< what FHIR writes
  std::string_view others;     ///< further canonicals, parted by spaces
};

[[nodiscard]] std::span<const CodeSystemName> code_systems() noexcept;
/// By its name or a canonical; nullptr when there is none.
[[nodiscard]] const CodeSystemName* find_code_system(std::string_view text) noexcept;

}  // namespace lhcr::terminology
