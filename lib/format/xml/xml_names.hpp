// SPDX-License-Identifier: Apache-2.0
/// The names of a document, each looked into once: a record has few, and says them over and over.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "format/xml/xml_namespaces.hpp"

namespace lhcr::format {

/// A name's number in a document, for callers who remember what they know of it. Other names than
/// the first thousand have none.
using XmlNameId = std::uint32_t;
constexpr XmlNameId unnumbered = 0;

struct XmlName {
  /// The first bytes, by which names are found: few have more. Zero behind the end.
  using Front = std::array<std::uint64_t, 2>;
  Front front{};
  std::string_view text;
  std::uint32_t prefix = 0;  ///< how many bytes stand before the local part, the colon among them
  bool qualified = true;     ///< by Namespaces in XML 1.0
  bool declaration = false;  ///< xmlns, or begins with xmlns:
  std::uint32_t tag = 0;     ///< the latest tag that has it for an attribute
  std::uint32_t scope = 0;   ///< of `space`
  XmlSpace space = no_space;
};

class XmlNames {
 public:
  XmlNames();
  /// The number of `name`, which must stay where it is. `readable`: bytes from its first on, at
  /// least its own.
  XmlNameId find(std::string_view name, std::size_t readable) {
    const XmlName::Front front = front_of(name, readable);
    std::size_t slot = slot_of(front, name.size());
    for (; slots_[slot] != unnumbered; slot = (slot + 1) % slot_count) {
      const XmlName& known = names_[slots_[slot]];
      // Not "==" of arrays, which is a call.
      if (known.front[0] == front[0] && known.front[1] == front[1] &&
          known.text.size() == name.size() && (name.size() <= front_size || known.text == name)) {
        return slots_[slot];
      }
    }
    return add(name, front, slot);
  }
  /// Of a name without number: of the latest one.
  [[nodiscard]] XmlName& operator[](XmlNameId id) noexcept { return names_[id]; }

 private:
  static constexpr std::size_t front_size = sizeof(XmlName::Front);
  static constexpr unsigned slot_bits = 11;
  static constexpr std::size_t slot_count = std::size_t{1} << slot_bits;

  static XmlName::Front front_of(std::string_view name, std::size_t readable) noexcept {
    static constexpr std::array<unsigned char, 2 * front_size> masks = [] {
      std::array<unsigned char, 2 * front_size> table{};
      std::fill_n(table.begin(), front_size, static_cast<unsigned char>(0xFF));
      return table;
    }();
    XmlName::Front front{};
    if (readable < front_size) {
      std::memcpy(front.data(), name.data(), std::min(name.size(), front_size));
      return front;
    }
    // Without a branch on the size: which name comes is what a processor guesses wrong.
    XmlName::Front mask{};
    std::memcpy(front.data(), name.data(), front_size);
    std::memcpy(mask.data(), masks.data() + front_size - std::min(name.size(), front_size),
                front_size);
    return {front[0] & mask[0], front[1] & mask[1]};
  }
  static std::size_t slot_of(const XmlName::Front& front, std::size_t size) noexcept {
    constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
    const std::uint64_t hash = (front[1] * multiplier + front[0]) ^ size;
    return static_cast<std::size_t>((hash * multiplier) >> (64U - slot_bits));
  }
  XmlNameId add(std::string_view name, const XmlName::Front& front, std::size_t slot);

  std::vector<XmlName> names_;
  std::array<std::uint16_t, slot_count> slots_{};  // open addressing, half full at most
};

}  // namespace lhcr::format
