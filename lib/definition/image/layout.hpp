// SPDX-License-Identifier: Apache-2.0
/// The layout of a definition image: flat, position independent, read in place.
///
/// An image is a Header, then sections, each an array of one row type at an offset that is a
/// multiple of 8. Numbers are in the byte order of the machine that made the image. A Text is the
/// offset of a string in the text section (its length as 32 bits, then its bytes; equal strings are
/// stored once); a Range is a stretch of another section. Row 0 of every table that ids point into
/// is empty, so that id 0 means "none".
///
/// An image may be a layer over others: ids of types, structures, elements, ValueSets and
/// CodeSystems then count on where those of the images below end, and may point into them. Texts,
/// names, Ranges and the numbers in slot tables are always of the image itself.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace lhcr::definition::image {

constexpr std::uint64_t magic =
    0x0031474D4952434CULL;  // "LCRIMG1", reads differently in the other byte order
constexpr std::uint32_t layout_version = 5;

using Text = std::uint32_t;

struct Range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool operator==(const Range&) const = default;
};

enum class Section : std::uint32_t {
  text,            // bytes
  name,            // Text: element names that become symbols
  type,            // TypeRow
  child,           // ChildRow
  structure,       // StructureRow
  element,         // ElementRow
  type_ref,        // TypeRefRow
  invariant,       // InvariantRow
  discriminator,   // DiscriminatorRow
  text_list,       // Text: lists of strings
  number_list,     // uint32: lists of row numbers
  value_set,       // ValueSetRow
  block,           // BlockRow: the codes a ValueSet takes from one system
  code_slot,       // Text: open addressing tables of codes
  code_system,     // CodeSystemRow
  concept_row,     // ConceptRow
  concept_slot,    // uint32: open addressing tables of concepts
  canonical,       // CanonicalRow
  structure_slot,  // uint32: canonical -> structure
  value_set_slot,
  code_system_slot,
  canonical_slot,
  count_
};
constexpr std::size_t section_count = static_cast<std::size_t>(Section::count_);
/// Those whose rows have ids across layers.
constexpr Section id_sections[] = {Section::type, Section::structure, Section::element,
                                   Section::value_set, Section::code_system};

struct Header {
  std::uint64_t magic = 0;
  std::uint32_t layout = 0;
  Text fhir_version = 0;
  std::uint64_t size = 0;      // of the whole image in bytes
  std::uint64_t checksum = 0;  // of everything after the header
  // Per section: what is added to the number of a row to make its id; rows below are of the images
  // that this one lies on.
  std::uint32_t id_offsets[section_count] = {};
  struct Entry {
    std::uint64_t offset = 0;  // in bytes from the start of the image
    std::uint64_t count = 0;   // of rows
  } sections[section_count];
};

struct TypeRow {
  Text name = 0;
  std::uint32_t kind = 0;  // TypeKind
  std::uint32_t abstract = 0;
  std::uint32_t base = 0;       // TypeId
  std::uint32_t root = 0;       // ElementId
  std::uint32_t structure = 0;  // StructureId
  Text pattern = 0;
  std::uint32_t json_kind = 0;  // tree::Kind
  Range children;
};

struct ChildRow {
  std::uint32_t written = 0;  // row of Section::name
  std::uint32_t element = 0;
  std::uint32_t definition = 0;
  std::uint16_t type = 0;
  std::uint16_t order = 0;
  std::uint32_t flags = 0;  // ChildFlag
};

struct StructureRow {
  Text url = 0, version = 0, name = 0, type = 0, base = 0, status = 0;
  std::uint32_t kind = 0;   // TypeKind
  std::uint32_t flags = 0;  // StructureFlag
  Range elements;
  Range contexts;            // text_list
  Range context_invariants;  // text_list
  Text problem = 0;          // why there are no elements
  Text fhir_version = 0;
  std::uint32_t next_same_url = 0;
};
enum StructureFlag : std::uint32_t { structure_abstract = 1, structure_constraint = 2 };

struct ElementRow {
  Text id = 0, path = 0, slice_name = 0, short_text = 0;
  std::uint32_t name = 0;  // row of Section::name
  std::uint32_t min = 0, max = 0, base_max = 0, max_length = 0;
  Text min_value = 0, max_value = 0, fixed = 0, fixed_type = 0, pattern = 0, pattern_type = 0;
  std::uint32_t flags = 0;     // ElementFlag
  std::uint32_t strength = 0;  // Strength
  Text value_set = 0, max_value_set = 0;
  Text content_reference = 0;
  Text slicing_rules = 0;
  Range discriminators;
  Range types;       // type_ref
  Range invariants;  // number_list of invariant rows
  std::uint32_t parent = 0, first_child = 0, next = 0;
};
enum ElementFlag : std::uint32_t {
  element_choice = 1,
  element_modifier = 2,
  element_must_support = 4,
  element_attribute = 8,
  element_sliced = 16,
  element_slicing_ordered = 32,
};

struct TypeRefRow {
  Text code = 0;
  Range profiles;  // text_list
  Range targets;   // text_list
  Text aggregation = 0, versioning = 0;
  bool operator==(const TypeRefRow&) const = default;
};

struct InvariantRow {
  Text key = 0, human = 0, expression = 0, source = 0;
  std::uint32_t flags = 0;  // InvariantFlag
  bool operator==(const InvariantRow&) const = default;
};
enum InvariantFlag : std::uint32_t { invariant_warning = 1, invariant_best_practice = 2 };

struct DiscriminatorRow {
  Text type = 0, path = 0;
  bool operator==(const DiscriminatorRow&) const = default;
};

struct ValueSetRow {
  Text url = 0, version = 0, name = 0;
  std::uint32_t flags = 0;  // ValueSetFlag
  Range blocks;
  std::uint32_t next_same_url = 0;
  Range composition;  // text_list: terminology::Composition of a set whose codes are not all listed
};
enum ValueSetFlag : std::uint32_t { value_set_incomplete = 1 };  // an imported set is not here

struct BlockRow {
  Text system = 0;
  std::uint32_t code_system = 0;  // not 0: every code of that CodeSystem, no slots of its own
  Range slots;                    // code_slot, count is 0 or a power of two
  Range excluded;  // code_slot: codes of an incomplete block that are known not to be in it
  std::uint32_t count = 0;  // codes in the slots
  std::uint32_t flags = 0;  // BlockFlag
};
enum BlockFlag : std::uint32_t {
  block_incomplete = 1,   // codes that are not listed may be in the set too
  block_ignore_case = 2,  // the system is not case sensitive
  block_whole = 4,        // every code of the system, however many there are
};

struct CodeSystemRow {
  Text url = 0, version = 0, name = 0;
  std::uint32_t flags = 0;  // CodeSystemFlag
  Range concepts;
  Range slots;  // concept_slot
  std::uint32_t next_same_url = 0;
};
enum CodeSystemFlag : std::uint32_t { code_system_complete = 1, code_system_case_sensitive = 2 };

struct ConceptRow {
  Text code = 0, display = 0;
  Range designations;       // text_list
  Range parents;            // number_list of concept rows
  std::uint32_t flags = 0;  // ConceptFlag
};
enum ConceptFlag : std::uint32_t { concept_abstract = 1 };  // in no ValueSet unless listed by code

struct CanonicalRow {
  Text url = 0, type = 0;
  Text resource = 0;  // JSON, of resources that the image holds in no other form
};

/// The hash of every in-image table. Part of the layout: a change needs a new layout_version.
[[nodiscard]] inline std::uint32_t hash(std::string_view text) noexcept {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
  std::uint64_t value = text.size() * multiplier;
  const char* bytes = text.data();
  std::size_t left = text.size();
  while (left >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    value = (value ^ word) * multiplier;
    value ^= value >> 32U;
    bytes += sizeof(word);
    left -= sizeof(word);
  }
  std::uint64_t word = 0;
  if (left > 0) {
    std::memcpy(&word, bytes, left);
  }
  value = (value ^ word) * multiplier;
  return static_cast<std::uint32_t>(value >> 32U);
}

/// The sum over a whole image that tells a damaged file from a good one. Four lanes, so that it
/// runs at the speed of memory.
[[nodiscard]] inline std::uint64_t checksum(std::string_view bytes) noexcept {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
  constexpr std::size_t lanes = 4;
  constexpr std::size_t block = lanes * sizeof(std::uint64_t);
  std::uint64_t state[lanes] = {1, 2, 3, bytes.size()};
  for (; bytes.size() >= block; bytes.remove_prefix(block)) {
    std::uint64_t words[lanes];
    std::memcpy(words, bytes.data(), block);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      state[lane] = (state[lane] ^ words[lane]) * multiplier;
      state[lane] ^= state[lane] >> 29U;
    }
  }
  std::uint64_t sum = hash(bytes);
  for (const std::uint64_t lane : state) {
    sum = (sum ^ lane) * multiplier;
    sum ^= sum >> 32U;
  }
  return sum;
}

[[nodiscard]] constexpr char fold(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// The same hash for texts that differ only in the case of ASCII letters.
[[nodiscard]] inline std::uint32_t folded_hash(std::string_view text) noexcept {
  std::uint64_t value = 0xCBF29CE484222325ULL;
  for (const char letter : text) {
    value = (value ^ static_cast<unsigned char>(fold(letter))) * 0x100000001B3ULL;
  }
  return static_cast<std::uint32_t>(value ^ (value >> 32U));
}

[[nodiscard]] inline bool equal_folded(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) {
    return false;
  }
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (fold(left[at]) != fold(right[at])) {
      return false;
    }
  }
  return true;
}

}  // namespace lhcr::definition::image
