// SPDX-License-Identifier: Apache-2.0
/// The parts of the text of a FHIR reference.
#pragma once

#include <string_view>

namespace lhcr {

/// `[base/]Type/id[/_history/version][#fragment]` (R4, 2.3.0.1), cut up without a look at whether
/// the parts are sound. All empty where the text has no such form: a fragment alone, a urn, a
/// search.
struct ReferenceText {
  std::string_view base;  ///< with its last slash; empty of a relative reference
  std::string_view type;  ///< may be empty: "/1"
  std::string_view id;
  std::string_view version;  ///< empty: none is named
  /// "base/Type/id"
  [[nodiscard]] std::string_view without_version() const noexcept {
    return id.empty()
               ? std::string_view{}
               : std::string_view(base.data(),
                                  static_cast<std::size_t>(id.data() + id.size() - base.data()));
  }
  /// "Type/id"; empty where there is no id.
  [[nodiscard]] std::string_view type_and_id() const noexcept {
    return id.empty() ? std::string_view{} : without_version().substr(base.size());
  }
};

[[nodiscard]] ReferenceText cut_reference(std::string_view text) noexcept;

}  // namespace lhcr
