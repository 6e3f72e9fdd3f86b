// SPDX-License-Identifier: Apache-2.0
/// Gathers the codes of a list and writes them as an image.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "release/snomed/snomed.hpp"
#include "terminology/store/image_writer.hpp"
#include "terminology/store/rows.hpp"

namespace lhcr::release {

/// What a list is called; the name is one of systems.def, or a file's own.
struct ListName {
  std::string name;       ///< "icd-10"
  std::string version;    ///< "20160401"
  std::string title;      ///< empty: that of systems.def
  std::string system;     ///< empty: that of systems.def
  bool any_case = false;  ///< codes mean the same in capital and small letters
};

class ListBuilder {
 public:
  /// A code; when it is there already, its row, whose display stays if it has one.
  std::uint32_t code(std::string_view code, std::string_view display, bool active);
  void set_display(std::uint32_t row, std::string_view display);
  void set_active(std::uint32_t row, bool active);
  /// Properties of a code stay in their order.
  void property(std::uint32_t row, std::string_view name, std::string_view value);
  [[nodiscard]] std::uint32_t find(std::string_view code) const;
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  /// Writes FOLDER/NAME#VERSION.image. Throws Error{input}.
  [[nodiscard]] Added write(const std::string& folder, ListName name);

 private:
  [[nodiscard]] std::vector<std::uint32_t> sort_codes();

  terminology::StringPool strings_;
  std::vector<terminology::CodeRow> rows_;
  std::vector<terminology::PropertyRow> properties_;
  std::unordered_map<std::uint32_t, std::uint32_t> numbers_;  ///< by the code's string
};

/// The first eight digits in a row of a name: "20160401"; empty when there are none.
[[nodiscard]] std::string day_in(std::string_view name);
/// A name that may be a file's: letters, digits, dots, hyphens; others become hyphens.
[[nodiscard]] std::string plain_name(std::string_view text);

}  // namespace lhcr::release
