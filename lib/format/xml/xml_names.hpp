// SPDX-License-Identifier: Apache-2.0
/// The names of a document, each looked into once: a record has few, and says them over and over.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "format/xml/xml_namespaces.hpp"

namespace lhcr::format {

/// A name's number in a document, for callers who remember what they know of it. Other names than
/// the first thousand have none.
using XmlNameId = std::uint32_t;
constexpr XmlNameId unnumbered = 0;
constexpr std::size_t most_name_ids = 1024;

struct XmlName {
  std::string_view text;
  std::uint64_t hash = 0;
  std::uint32_t prefix = 0;  ///< how many bytes stand before the local part, the colon among them
  bool qualified = true;     ///< by Namespaces in XML 1.0
  bool declaration = false;  ///< xmlns, or begins with xmlns:
  std::uint32_t tag = 0;     ///< the latest tag that has it for an attribute
  std::uint32_t scope = 0;   ///< of `space`
  XmlSpace space = no_space;
  [[nodiscard]] std::string_view written_prefix() const noexcept {
    return text.substr(0, prefix == 0 ? 0 : prefix - 1);
  }
};

class XmlNames {
 public:
  XmlNames();
  /// The number of `name`, which must stay where it is.
  XmlNameId find(std::string_view name);
  /// Of a name without number: of the latest one.
  [[nodiscard]] XmlName& operator[](XmlNameId id) noexcept { return names_[id]; }

 private:
  XmlNameId add(std::string_view name, std::uint64_t hash, std::size_t slot);

  static constexpr std::size_t slot_count = 2 * most_name_ids;
  std::vector<XmlName> names_;
  std::array<std::uint16_t, slot_count> slots_{};  // open addressing; 0: free
};

}  // namespace lhcr::format
