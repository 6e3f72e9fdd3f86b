// SPDX-License-Identifier: Apache-2.0
/// What the messages have in common that are made around a record (ITK3, NEMS), in STU3 and XML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "deliver/style/document.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {

using WrapperJson = nlohmann::ordered_json;

/// Where the profiles and code systems of NHS Digital's STU3 messages are.
constexpr const char* nhs_stu3_profiles = "https://fhir.nhs.uk/STU3/StructureDefinition/";
constexpr const char* nhs_stu3_systems = "https://fhir.nhs.uk/STU3/CodeSystem/";

/// Ids of the parts of one message, which its record's key gives: the same record always has the
/// same ones.
class PartIds {
 public:
  /// `kind` of message.
  PartIds(const Record& record, std::string_view kind) : record_(record), kind_(kind) {}
  [[nodiscard]] std::string id(std::string_view part) const;
  [[nodiscard]] std::string url(std::string_view part) const { return "urn:uuid:" + id(part); }
  /// An entry under the part's URL.
  [[nodiscard]] WrapperJson entry(std::string_view part, WrapperJson resource) const;
  /// An Organization known by its ODS code, "code" or "code|name".
  [[nodiscard]] WrapperJson organization(std::string_view part, const std::string& profile,
                                         const std::string& code) const;

 private:
  const Record& record_;
  std::string_view kind_;
};

/// meta of a resource.
[[nodiscard]] WrapperJson profile_meta(const std::string& profile);
/// A Coding; empty displays are left out.
[[nodiscard]] WrapperJson coding_of(const std::string& system, const SharedCode& code);
/// "code|display", as region files write codes whose system is known.
[[nodiscard]] SharedCode parse_plain_code(std::string_view text);
/// A Bundle of type message as text, with `last`, entries in JSON that keep their bytes, behind its
/// own.
[[nodiscard]] std::string message_text(WrapperJson bundle, const std::string& last);

/// The value of a key that a message of `kind` must say. Throws Error{usage} when it is missing.
[[nodiscard]] std::string needed_value(const StyleContext& context, const char* key,
                                       const char* kind);
/// Throws Error{usage} when a region does not speak STU3 in XML.
void check_speaks_stu3(const StyleContext& context, const char* kind);
/// Reads a message made here, and writes it in XML. `problem`: why it cannot be sent.
[[nodiscard]] std::string message_xml(std::string json, const StyleContext& context,
                                      std::string& problem);

/// The event message of the National Events Management Service (EMS-Bundle-1, EMS-MessageHeader-1)
/// around the entries of a Bundle, by the keys message.* of the region. `focus`: the fullUrl of
/// what the event is about. Source: nhsconnect/Events-Management, pages/explore
/// (explore_bundle_structure, explore_event_header_information) and pages/publication.
[[nodiscard]] std::string wrap_in_ems(const Record& record, const StyleContext& context,
                                      const std::string& focus, std::string& problem);

/// By what the answer to such a message names it.
[[nodiscard]] std::vector<std::string> ems_ids(const Record& record);

}  // namespace lhcr::deliver
