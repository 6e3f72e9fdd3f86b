// SPDX-License-Identifier: Apache-2.0
/// The functions behind the codec table; forward is CDA to FHIR.
#pragma once

#include "map/codec/codec.hpp"

namespace lhcr::map {

// codec_identity.cpp
bool ii_to_identifier(const Call& call);
bool identifier_to_ii(const Call& call);
bool ii_to_uri(const Call& call);
bool uri_to_ii(const Call& call);
bool ii_to_part_id(const Call& call);
bool part_id_to_ii(const Call& call);
bool template_to_tag(const Call& call);
bool tag_to_template(const Call& call);
bool to_patient(const Call& call);
// codec_text.cpp
bool value_to_text(const Call& call);
bool text_to_value(const Call& call);
bool string_to_text(const Call& call);
bool ed_to_string(const Call& call);
bool string_to_ed(const Call& call);
bool ed_to_attachment(const Call& call);
bool attachment_to_ed(const Call& call);
bool note_to_attachment(const Call& call);
bool value_less_one(const Call& call);
bool value_plus_one(const Call& call);
bool copy_tree(const Call& call);
bool uri_to_oid(const Call& call);
bool oid_to_uri(const Call& call);
// codec_coded.cpp
bool cd_to_concept(const Call& call);
bool concept_to_cd(const Call& call);
bool code_to_cs(const Call& call);
bool concept_to_cs(const Call& call);
bool code_to_concept(const Call& call);
bool concept_to_code(const Call& call);
bool cd_to_coding(const Call& call);
bool coding_to_cd(const Call& call);
bool cd_to_code(const Call& call);
bool code_to_cd(const Call& call);
bool text_to_code(const Call& call);
bool code_to_text(const Call& call);
bool lang_to_concept(const Call& call);
bool concept_to_lang(const Call& call);
// codec_form.cpp
bool nulls_to_text(const Call& call);
bool text_to_nulls(const Call& call);
bool time_to_form(const Call& call);
bool form_to_time(const Call& call);
// codec_time.cpp
bool ts_to_time(const Call& call);
bool time_to_ts(const Call& call);
bool point_to_time(const Call& call);
bool time_to_point(const Call& call);
bool ivl_to_period(const Call& call);
bool period_to_ivl(const Call& call);
bool gts_to_pivl(const Call& call);
bool pivl_to_timing(const Call& call);
bool timing_to_pivl(const Call& call);
bool eivl_to_timing(const Call& call);
bool timing_to_eivl(const Call& call);
// codec_quantity.cpp
bool pq_to_quantity(const Call& call);
bool pq_to_words(const Call& call);
bool quantity_to_pq(const Call& call);
bool ivl_to_range(const Call& call);
bool range_to_ivl(const Call& call);
bool bound_to_quantity(const Call& call);
bool quantity_to_bound(const Call& call);
bool rto_to_ratio(const Call& call);
bool ratio_to_rto(const Call& call);
// codec_person.cpp
bool ad_to_address(const Call& call);
bool address_to_ad(const Call& call);
bool pn_to_name(const Call& call);
bool name_to_pn(const Call& call);
bool pn_to_string(const Call& call);
bool tel_to_contact(const Call& call);
bool contact_to_tel(const Call& call);
// codec_narrative.cpp
bool text_to_narrative(const Call& call);
bool narrative_to_text(const Call& call);

// --- shared between codecs ---

inline constexpr std::string_view absent_reason_url =
    "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// A displayName that is none of its code system's displays.
inline constexpr std::string_view display_url = "urn:hl7-org:v3:displayName";

/// JSON's form of a number: digits before the point; empty when it is none.
/// A system for what no OID names: a root as CDA has it.
[[nodiscard]] std::string root_url(std::string_view root);
[[nodiscard]] std::string json_number(std::string_view text);
/// FHIR date, dateTime or instant of a CDA time stamp; empty when it is not one. `exact` is false
/// when the way back would not give the same text.
[[nodiscard]] std::string fhir_time(std::string_view ts, std::string_view type, bool& exact);
/// CDA time stamp of a FHIR date or dateTime.
[[nodiscard]] std::string cda_time(std::string_view time);
/// The system URI of a codeSystem or root: known, urn:oid:, urn:uuid: or as it is.
[[nodiscard]] std::string system_of(const Map& map, std::string_view oid);
/// The OID or UUID of a system URI; empty when there is none.
[[nodiscard]] std::string oid_of(const Map& map, std::string_view uri);
/// XHTML of a narrative element, as the content of a div.
void write_xhtml(const Run& run, tree::NodeId node, std::string& out);
/// The text an ED or originalText stands for: its own, or that of the narrative it refers to.
[[nodiscard]] std::string ed_text(Run& run, tree::NodeId node);
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string from_base64(std::string_view text);

}  // namespace lhcr::map
