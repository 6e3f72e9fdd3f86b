// SPDX-License-Identifier: Apache-2.0
/// What kind of thing a record is. Every verb asks here, so that they agree.
#pragma once

#include <cstdint>
#include <string_view>

#include "format/container/archive.hpp"
#include "format/format.hpp"

namespace lhcr::record {

enum class Kind : std::uint8_t {
  unknown,    ///< neither JSON nor XML, or XML of another namespace; its reader says what is wrong
  fhir_json,  ///< any JSON
  fhir_xml,   ///< XML whose outermost element is in http://hl7.org/fhir
  cda,        ///< a ClinicalDocument, bare or in an envelope
  hl7_v3,     ///< other XML of HL7 V3: a message without a document
};

/// Judges a record by its format and, of XML, by the namespace of its outermost element (XML
/// Namespaces 1.0, 6), whatever its encoding; never by names and values further in. An envelope
/// (SOAP, ITK, a message of V3) holds a ClinicalDocument somewhere. Costs what the beginning of the
/// document costs; of an envelope one search.
[[nodiscard]] Kind kind_of(const format::Record& record);

/// Whether a file that nobody named is a record at all, by its beginning: so a package.json, a
/// project file or a fragment of CDA beside records is not judged as one. JSON is wanted when an
/// object in it, the outermost or one below, has a resourceType; XML when kind_of() knows it, or
/// when its outermost element is in no namespace and has a name like a type's. A file without
/// content, or broken before its outermost element, may have been one. `whole`: these are all its
/// bytes; then it is never unsure.
[[nodiscard]] format::Sight sight_of(std::string_view beginning, bool whole);

}  // namespace lhcr::record
