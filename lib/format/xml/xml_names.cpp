// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_names.hpp"

#include "format/xml/xml_characters.hpp"

namespace lhcr::format {
namespace {

constexpr std::size_t most_numbered = 1024;

XmlName look_into(std::string_view text, const XmlName::Front& front) {
  const std::size_t colon = text.find(':');
  XmlName name;
  name.front = front;
  name.text = text;
  name.prefix = static_cast<std::uint32_t>(colon == std::string_view::npos ? 0 : colon + 1);
  name.qualified = is_qualified(text, colon);
  name.declaration = text == "xmlns" || text.starts_with("xmlns:");
  return name;
}

}  // namespace

XmlNames::XmlNames() : names_(1) {}

XmlNameId XmlNames::add(std::string_view name, const XmlName::Front& front, std::size_t slot) {
  if (names_.size() == most_numbered) {
    names_[unnumbered] = look_into(name, front);
    return unnumbered;
  }
  names_.push_back(look_into(name, front));
  slots_[slot] = static_cast<std::uint16_t>(names_.size() - 1);
  return slots_[slot];
}

}  // namespace lhcr::format
