// SPDX-License-Identifier: Apache-2.0
/// The namespaces of a document and the prefixes that stand for them (Namespaces in XML 1.0).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::format {

/// XHTML's namespace, which is that of a narrative (FHIR R4, narrative).
inline constexpr std::string_view xhtml_namespace = "http://www.w3.org/1999/xhtml";

/// A namespace, as one document's are numbered; 0 is "none".
using XmlSpace = std::uint32_t;
constexpr XmlSpace no_space = 0;
constexpr XmlSpace xml_space = 1;  ///< of xml:lang

struct XmlDeclaration {
  std::string_view prefix;
  XmlSpace space = no_space;
};

class XmlNamespaces {
 public:
  XmlNamespaces();
  /// The number of a namespace, for comparisons. The text must stay.
  XmlSpace know(std::string_view uri);
  [[nodiscard]] std::string_view uri(XmlSpace space) const { return uris_[space]; }

  /// Those in scope, the innermost last. The first two are of no prefix and of xml.
  [[nodiscard]] std::span<const XmlDeclaration> declarations() const { return declarations_; }
  [[nodiscard]] std::size_t size() const noexcept { return declarations_.size(); }
  /// What is wrong with a declaration; empty when it may be made.
  [[nodiscard]] static std::string fault_of(std::string_view prefix, std::string_view uri);
  /// False when there are too many.
  bool declare(std::string_view prefix, std::string_view uri);
  /// Forgets all but the outermost `size` declarations.
  void leave(std::size_t size) {
    if (size != declarations_.size()) {
      declarations_.resize(size);
      ++scope_;
    }
  }
  /// The number of the present declarations: what a prefix means stays as long as it does.
  [[nodiscard]] std::uint32_t scope() const noexcept { return scope_; }
  /// What a prefix, or none, stands for.
  [[nodiscard]] std::optional<XmlSpace> find(std::string_view prefix) const noexcept;

 private:
  std::vector<std::string_view> uris_;
  std::vector<XmlDeclaration> declarations_;
  std::uint32_t scope_ = 1;
};

}  // namespace lhcr::format
