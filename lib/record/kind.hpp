// SPDX-License-Identifier: Apache-2.0
/// What kind of thing a record is. Every verb asks here, so that they agree.
#pragma once

#include <cstdint>
#include <string_view>

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

}  // namespace lhcr::record
