// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_names.hpp"

#include "base/name_hash.hpp"
#include "format/xml/xml_characters.hpp"

namespace lhcr::format {
namespace {

XmlName look_into(std::string_view text, std::uint64_t hash) {
  const std::size_t colon = text.find(':');
  XmlName name;
  name.text = text;
  name.hash = hash;
  name.prefix = static_cast<std::uint32_t>(colon == std::string_view::npos ? 0 : colon + 1);
  name.qualified = is_qualified(text, colon);
  name.declaration = text == "xmlns" || text.starts_with("xmlns:");
  return name;
}

}  // namespace

XmlNames::XmlNames() : names_(1) {}

XmlNameId XmlNames::find(std::string_view name) {
  const std::uint64_t hash = hash_name(name);
  std::size_t slot = hash % slot_count;
  for (; slots_[slot] != 0; slot = (slot + 1) % slot_count) {
    const XmlName& known = names_[slots_[slot]];
    if (known.hash == hash && same_name(known.text, name)) {
      return slots_[slot];
    }
  }
  return add(name, hash, slot);
}

XmlNameId XmlNames::add(std::string_view name, std::uint64_t hash, std::size_t slot) {
  if (names_.size() == most_name_ids) {
    names_[unnumbered] = look_into(name, hash);
    return unnumbered;
  }
  names_.push_back(look_into(name, hash));
  slots_[slot] = static_cast<std::uint16_t>(names_.size() - 1);
  return slots_[slot];
}

}  // namespace lhcr::format
