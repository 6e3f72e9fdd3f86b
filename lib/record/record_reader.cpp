// SPDX-License-Identifier: Apache-2.0
#include "record/record_reader.hpp"

#include "base/file.hpp"

namespace lhcr::record {

RecordReader::RecordReader(const definition::Library& library, const Reading& reading)
    : library_(library),
      reading_(reading),
      definitions_(reading.version),
      plain_(reading.limits),
      tree_(library.symbols()) {}

bool RecordReader::read(const format::Record& record, finding::Sink& sink) {
  if (!read_plain(record, tree_, sink)) return false;
  if (!is_cda()) {
    type(tree_);
    return true;
  }
  definitions_ = &library_.cda();
  if (reading_.cda_types) definition::attach_cda_types(tree_, *definitions_);
  return true;
}

bool RecordReader::read_plain(const format::Record& record, tree::Tree& tree, finding::Sink& sink) {
  const bool give_back = reading_.give_back && record.mapped;
  plain_.limits().own_text = give_back;
  const bool whole = plain_.read_as(taken_for(record), record, tree, sink);
  if (whole && give_back && is_cda()) MappedFile::forget(record.bytes);
  return whole;
}

const definition::Definitions& RecordReader::type(tree::Tree& tree) {
  definitions_ = reading_.version != nullptr ? reading_.version : &library_.detect(tree);
  definition::attach_types(tree, *definitions_);
  return *definitions_;
}

Kind RecordReader::taken_for(const format::Record& record) const {
  if (record.format != format::Format::xml || reading_.as == Reading::As::it_is) {
    return kind_of(record);
  }
  return reading_.as == Reading::As::cda ? Kind::cda : Kind::fhir_xml;
}

std::string_view description(Kind kind) {
  switch (kind) {
    case Kind::cda:
      return "it is a CDA document";
    case Kind::hl7_v3:
      return "it is HL7 V3 without a ClinicalDocument";
    default:
      return "it is something else";
  }
}

}  // namespace lhcr::record
