// SPDX-License-Identifier: Apache-2.0
/// A list of codes in an image: classifications, organisations, products, and tables that lead from
/// one system to another.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "terminology/store/image.hpp"
#include "terminology/store/rows.hpp"

namespace lhcr::terminology {

/// A code as it stands in the list.
struct ListedCode {
  std::uint32_t row = 0;
  std::string_view code;
  std::string_view display;
  bool active = true;
};

/// A property of a code: "parent", "successor", "closed", "snomed" ...
struct CodeProperty {
  std::string_view name;
  std::string_view value;
};

class CodeList {
 public:
  explicit CodeList(const Image& image) : image_(image) {}

  [[nodiscard]] std::size_t size() const noexcept { return rows().size(); }
  /// As it is written, and in other letters where the system says that case does not matter.
  [[nodiscard]] std::optional<ListedCode> find(std::string_view code) const;
  [[nodiscard]] ListedCode at(std::uint32_t row) const noexcept;
  [[nodiscard]] std::vector<CodeProperty> properties(const ListedCode& code) const;
  /// The first property of that name; empty when there is none.
  [[nodiscard]] std::string_view property(const ListedCode& code, std::string_view name) const;
  /// Whether any code has a property of that name.
  [[nodiscard]] bool has_property(std::string_view name) const;
  /// Codes that have a property of that name and value.
  [[nodiscard]] std::vector<ListedCode> with(std::string_view name, std::string_view value) const;
  /// Codes whose display has all words, as beginnings of words in any order.
  [[nodiscard]] std::vector<ListedCode> search(std::string_view words, std::size_t limit) const;

  [[nodiscard]] const Image& image() const noexcept { return image_; }

 private:
  [[nodiscard]] std::optional<ListedCode> find_in_any_case(std::string_view code) const;
  [[nodiscard]] std::span<const CodeRow> rows() const noexcept {
    return image_.rows<CodeRow>(Section::code);
  }
  const Image& image_;
};

}  // namespace lhcr::terminology
