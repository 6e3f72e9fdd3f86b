// SPDX-License-Identifier: Apache-2.0
/// Text-level work of the XML reader: encodings, references, and the extent of embedded XHTML.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/arena.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::format {

/// The document as UTF-8: `bytes` themselves, or a copy in the arena when they are UTF-16 or
/// ISO-8859-1. At bytes that are no text, `fault` is set.
std::string_view decode_document(std::string_view bytes, Arena& arena, std::optional<Fault>& fault);

/// Decodes the references of an attribute value in place and makes each line end or tab a space
/// (XML 1.0 section 3.3.3). Returns the shortened value. At an entity that is not declared, or a
/// '<', `fault` is set to its offset in `value`.
std::string_view decode_attribute(char* value, std::size_t size, std::optional<Fault>& fault);

/// Character data with its references decoded and its line ends made "\n": `raw` itself, or a copy
/// in the arena. What is no known reference stays as it is written.
std::string_view decode_text(std::string_view raw, Arena& arena);
/// The same for an attribute's value, in which line ends and tabs become spaces.
std::string_view decode_attribute_text(std::string_view raw, Arena& arena);

/// The end (offset in `source`) of the element that begins at `start`, which is known to be closed.
/// An undeclared entity inside it sets `fault`.
std::size_t element_end(std::string_view source, std::size_t start, std::optional<Fault>& fault);

/// Whether `text` is one well-formed element, so that it can be written into XML as it is.
[[nodiscard]] bool is_well_formed_element(std::string_view text);

}  // namespace lhcr::format
