// SPDX-License-Identifier: Apache-2.0
/// What document sharing (IHE MHD and XDS) says about a record that is shared as a document.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "deliver/job/work.hpp"
#include "deliver/region/region.hpp"

namespace lhcr::deliver {

/// "system|code|display", as region files write codes.
struct SharedCode {
  std::string system;
  std::string code;
  std::string display;
};
[[nodiscard]] SharedCode parse_code(std::string_view text);

/// Where the identifiers come from by which patients are known: the system of FHIR identifiers, and
/// the OID of the assigning authority in CDA.
struct PatientDomain {
  std::string system;
  std::string authority;
};
/// The patient's identifier of a domain, in the record, in the Bundle or CDA document it is; empty
/// when there is none. Of several Patients the one is meant that the Composition is about.
[[nodiscard]] std::string patient_identifier(const Record& record, const PatientDomain& domain);
/// Why a record without such an identifier is not sent.
[[nodiscard]] std::string no_patient(const Record& record, const PatientDomain& domain);
/// Title of the document: that of the Composition or ClinicalDocument, else the file's name.
[[nodiscard]] std::string document_title(const Record& record);
/// Media type of the record's bytes.
[[nodiscard]] std::string_view document_media_type(const Record& record);
/// A moment as FHIR instant (UTC) or as XDS DTM.
[[nodiscard]] std::string fhir_instant(std::time_t moment);
[[nodiscard]] std::string xds_time(std::time_t moment);
/// The OID below 2.25 that belongs to a UUID (ITU-T X.667).
[[nodiscard]] std::string oid_of(const Key& uuid);
/// Text for an XML attribute in double quotes or an element.
[[nodiscard]] std::string xml_attribute(std::string_view text);

}  // namespace lhcr::deliver
