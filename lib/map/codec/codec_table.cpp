// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "map/codec/codec_functions.hpp"

namespace lhcr::map {
namespace {

using Kind = CodecKind;

// Name, kind, forward, backward, type on the left, type on the right.
constexpr std::array<CodecEntry, 44> table{{
    {"AD", Kind::value, ad_to_address, address_to_ad, "AD", "Address"},
    {"AMOUNT", Kind::value, pq_to_words, nullptr, "PQ", "string"},
    {"BL", Kind::value, value_to_text, text_to_value, "BL", "boolean"},
    {"BOUND", Kind::value, bound_to_quantity, quantity_to_bound, "IVL_PQ", "Quantity"},
    {"CD", Kind::value, cd_to_concept, concept_to_cd, "CD", "CodeableConcept"},
    {"CODING", Kind::value, cd_to_coding, coding_to_cd, "CD", "Coding"},
    {"CODE", Kind::value, cd_to_code, code_to_cd, "CD", "code"},
    {"CODETEXT", Kind::value, text_to_code, code_to_text, "code attribute", "code"},
    {"COPY", Kind::value, copy_tree, copy_tree, "any", "any"},
    {"CONCEPT", Kind::value, code_to_concept, concept_to_code, "code", "CodeableConcept"},
    {"CS", Kind::value, cd_to_code, code_to_cs, "CS", "code"},
    {"CSCD", Kind::value, cd_to_concept, concept_to_cs, "CS", "CodeableConcept"},
    {"ED", Kind::value, ed_to_string, string_to_ed, "ED", "string"},
    {"EDATT", Kind::value, ed_to_attachment, attachment_to_ed, "ED", "Attachment"},
    {"EIVL", Kind::value, eivl_to_timing, timing_to_eivl, "EIVL_TS", "Timing.repeat"},
    {"FAMILYNAME", Kind::value, pn_to_string, string_to_text, "PN", "string"},
    {"GTS", Kind::value, nullptr, gts_to_pivl, "PIVL_TS", "CodeableConcept"},
    {"II", Kind::value, ii_to_identifier, identifier_to_ii, "II", "Identifier"},
    {"IIURI", Kind::value, ii_to_uri, uri_to_ii, "II", "uri"},
    {"INT", Kind::value, value_to_text, text_to_value, "INT", "integer"},
    {"IVLPQ", Kind::value, ivl_to_range, range_to_ivl, "IVL_PQ", "Range"},
    {"IVLTS", Kind::value, ivl_to_period, period_to_ivl, "IVL_TS", "Period"},
    {"LANG", Kind::value, lang_to_concept, concept_to_lang, "CS", "CodeableConcept"},
    {"NARRATIVE", Kind::value, text_to_narrative, narrative_to_text, "StrucDoc.Text", "Narrative"},
    {"NOTE", Kind::value, note_to_attachment, attachment_to_ed, "ED", "Attachment"},
    {"NULLS", Kind::value, nulls_to_text, text_to_nulls, "null flavours below", "string"},
    {"OID", Kind::value, uri_to_oid, oid_to_uri, "oid", "id"},
    {"PARTID", Kind::value, ii_to_part_id, part_id_to_ii, "II", "id of an element"},
    {"PATIENT", Kind::value, to_patient, nullptr, "", "Reference(Patient)"},
    {"PIVL", Kind::value, pivl_to_timing, timing_to_pivl, "PIVL_TS", "Timing.repeat"},
    {"PN", Kind::value, pn_to_name, name_to_pn, "PN", "HumanName"},
    {"POINT", Kind::value, point_to_time, time_to_point, "IVL_TS", "dateTime"},
    {"PQ", Kind::value, pq_to_quantity, quantity_to_pq, "PQ", "Quantity"},
    {"REPEATS", Kind::value, value_less_one, value_plus_one, "INT", "unsignedInt"},
    {"RTO", Kind::value, rto_to_ratio, ratio_to_rto, "RTO", "Ratio"},
    {"TAG", Kind::value, template_to_tag, tag_to_template, "II", "Coding"},
    {"TEL", Kind::value, tel_to_contact, contact_to_tel, "TEL", "ContactPoint"},
    {"TIMEFORM", Kind::value, time_to_form, form_to_time, "form of effectiveTime", "string"},
    {"TEXT", Kind::value, string_to_text, string_to_text, "text", "string"},
    {"TS", Kind::value, ts_to_time, time_to_ts, "TS", "dateTime"},
    {"flag", Kind::flag, nullptr, nullptr, "tests", "tests"},
    {"literal", Kind::literal, nullptr, nullptr, "", ""},
    {"object", Kind::object, nullptr, nullptr, "element", "element"},
    {"resource", Kind::resource, nullptr, nullptr, "element", "Reference"},
}};
constexpr CodecEntry statement{"statement", Kind::statement,      nullptr,
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
