// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/systems.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace lhcr::terminology {
namespace {

constexpr std::array rows = {
#define LHCR_CODE_SYSTEM(name, title, canonical, others) \
  CodeSystemName{name, title, canonical, others},
#include "terminology/store/systems.def"
#undef LHCR_CODE_SYSTEM
};

}  // namespace

std::span<const CodeSystemName> code_systems() noexcept {
  return rows;
}

const CodeSystemName* find_code_system(std::string_view text) noexcept {
  const auto* const found = std::find_if(rows.begin(), rows.end(), [&](const CodeSystemName& row) {
    return row.name == text || row.canonical == text ||
           (!row.others.empty() && has_word(row.others, text));
  });
  return found == rows.end() ? nullptr : found;
}

bool is_whole(std::string_view image_name) noexcept {
  constexpr std::array<std::string_view, 5> whole = {"snomed", "icd-10", "opcs-4", "loinc", "dmd"};
  return std::find(whole.begin(), whole.end(), image_name) != whole.end() ||
         image_name.starts_with("fhir.");
}

}  // namespace lhcr::terminology
