// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "map/codec/codec_functions.hpp"

namespace lhcr::map {
namespace {

// Name, kind, forward, backward, type on the left, type on the right.
constexpr std::array<CodecEntry, 44> table{{
    {"AD", CodecKind::value, ad_to_address, address_to_ad, "AD", "Address"},
    {"AMOUNT", CodecKind::value, pq_to_words, nullptr, "PQ", "string"},
    {"BL", CodecKind::value, value_to_text, text_to_value, "BL", "boolean"},
    {"BOUND", CodecKind::value, bound_to_quantity, quantity_to_bound, "IVL_PQ", "Quantity"},
    {"CD", CodecKind::value, cd_to_concept, concept_to_cd, "CD", "CodeableConcept"},
    {"CODING", CodecKind::value, cd_to_coding, coding_to_cd, "CD", "Coding"},
    {"CODE", CodecKind::value, cd_to_code, code_to_cd, "CD", "code"},
    {"CODETEXT", CodecKind::value, text_to_code, code_to_text, "code attribute", "code"},
    {"COPY", CodecKind::value, copy_tree, copy_tree, "any", "any"},
    {"CONCEPT", CodecKind::value, code_to_concept, concept_to_code, "code", "CodeableConcept"},
    {"CS", CodecKind::value, cd_to_code, code_to_cs, "CS", "code"},
    {"CSCD", CodecKind::value, cd_to_concept, concept_to_cs, "CS", "CodeableConcept"},
    {"ED", CodecKind::value, ed_to_string, string_to_ed, "ED", "string"},
    {"EDATT", CodecKind::value, ed_to_attachment, attachment_to_ed, "ED", "Attachment"},
    {"EIVL", CodecKind::value, eivl_to_timing, timing_to_eivl, "EIVL_TS", "Timing.repeat"},
    {"FAMILYNAME", CodecKind::value, pn_to_string, string_to_text, "PN", "string"},
    {"GTS", CodecKind::value, nullptr, gts_to_pivl, "PIVL_TS", "CodeableConcept"},
    {"II", CodecKind::value, ii_to_identifier, identifier_to_ii, "II", "Identifier"},
    {"IIURI", CodecKind::value, ii_to_uri, uri_to_ii, "II", "uri"},
    {"INT", CodecKind::value, value_to_text, text_to_value, "INT", "integer"},
    {"IVLPQ", CodecKind::value, ivl_to_range, range_to_ivl, "IVL_PQ", "Range"},
    {"IVLTS", CodecKind::value, ivl_to_period, period_to_ivl, "IVL_TS", "Period"},
    {"LANG", CodecKind::value, lang_to_concept, concept_to_lang, "CS", "CodeableConcept"},
    {"NARRATIVE", CodecKind::value, text_to_narrative, narrative_to_text, "StrucDoc.Text",
     "Narrative"},
    {"NOTE", CodecKind::value, note_to_attachment, attachment_to_ed, "ED", "Attachment"},
    {"NULLS", CodecKind::value, nulls_to_text, text_to_nulls, "null flavours below", "string"},
    {"OID", CodecKind::value, uri_to_oid, oid_to_uri, "oid", "id"},
    {"PARTID", CodecKind::value, ii_to_part_id, part_id_to_ii, "II", "id of an element"},
    {"PATIENT", CodecKind::value, to_patient, nullptr, "", "Reference(Patient)"},
    {"PIVL", CodecKind::value, pivl_to_timing, timing_to_pivl, "PIVL_TS", "Timing.repeat"},
    {"PN", CodecKind::value, pn_to_name, name_to_pn, "PN", "HumanName"},
    {"POINT", CodecKind::value, point_to_time, time_to_point, "IVL_TS", "dateTime"},
    {"PQ", CodecKind::value, pq_to_quantity, quantity_to_pq, "PQ", "Quantity"},
    {"REPEATS", CodecKind::value, value_less_one, value_plus_one, "INT", "unsignedInt"},
    {"RTO", CodecKind::value, rto_to_ratio, ratio_to_rto, "RTO", "Ratio"},
    {"TAG", CodecKind::value, template_to_tag, tag_to_template, "II", "Coding"},
    {"TEL", CodecKind::value, tel_to_contact, contact_to_tel, "TEL", "ContactPoint"},
    {"TIMEFORM", CodecKind::value, time_to_form, form_to_time, "form of effectiveTime", "string"},
    {"TEXT", CodecKind::value, string_to_text, string_to_text, "text", "string"},
    {"TS", CodecKind::value, ts_to_time, time_to_ts, "TS", "dateTime"},
    {"flag", CodecKind::flag, nullptr, nullptr, "tests", "tests"},
    {"literal", CodecKind::literal, nullptr, nullptr, "", ""},
    {"object", CodecKind::object, nullptr, nullptr, "element", "element"},
    {"resource", CodecKind::resource, nullptr, nullptr, "element", "Reference"},
}};
constexpr CodecEntry statement{"statement", CodecKind::statement, nullptr,
                               nullptr,     "clinical statement", "Reference"};

}  // namespace

std::span<const CodecEntry> codecs() {
  return table;
}

const CodecEntry* find_codec(std::string_view name) {
  for (const CodecEntry& entry : table) {
    if (entry.name == name) {
      return &entry;
    }
  }
  return name == statement.name ? &statement : nullptr;
}

}  // namespace lhcr::map
