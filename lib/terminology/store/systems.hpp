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

/// Whether an image of this name has every code of its system: a code that is not in it does not
/// exist. The tables of NHS Data Migration have the codes that lead to SNOMED CT only.
[[nodiscard]] bool is_whole(std::string_view image_name) noexcept;

}  // namespace lhcr::terminology
