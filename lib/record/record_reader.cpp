// SPDX-License-Identifier: Apache-2.0
#include "record/record_reader.hpp"

#include <limits>
#include <utility>

#include "base/mapped_file.hpp"
#include "definition/version/releases.hpp"
#include "record/foreign.hpp"

namespace lhcr::record {

RecordReader::RecordReader(const definition::Library& library, const Reading& reading)
    : library_(library),
      reading_(reading),
      default_(&definition::default_version(library)),
      definitions_(reading.version),
      plain_(reading.limits),
      tree_(library.symbols()) {}

bool RecordReader::read(const format::Record& record, finding::Sink& sink) {
  sure_ = nullptr;
  if (!read_plain(record, tree_, sink)) return false;
  if (!is_cda()) {
    type(tree_, is_weighed(record) ? definition::Depth::evidence : definition::Depth::version);
    note_sure_version();
    return true;
  }
  definitions_ = &library_.cda();
  if (reading_.cda_types) definition::attach_cda_types(tree_, *definitions_);
  return true;
}

bool RecordReader::read_plain(const format::Record& record, tree::Tree& tree, finding::Sink& sink) {
  judgement_ = &given_;
  const bool give_back = reading_.give_back && record.mapping != nullptr;
  plain_.limits().own_text = give_back;
  const bool whole = read_taken(taken_for(record), record, tree, sink);
  if (whole && give_back && is_cda()) MappedFile::forget(record.bytes);
  return whole;
}

bool RecordReader::read_taken(Kind kind, const format::Record& record, tree::Tree& tree,
                              finding::Sink& sink) {
  if (reading_.as == Reading::As::it_is) {
    if (auto found = foreign(record, kind, library_)) {
      tell_foreign(std::move(*found), sink);
      return false;
    }
  }
  if (kind != Kind::fhir_json) return plain_.read_as(kind, record, tree, sink);
  // What its reader says of the form of FHIR JSON is beside the point of JSON that is none.
  finding::Collector held(std::numeric_limits<std::size_t>::max());
  const bool whole = plain_.read_as(kind, record, tree, held);
  if (auto found = whole ? foreign(tree) : std::nullopt) {
    tell_foreign(std::move(*found), sink);
    return false;
  }
  for (finding::Finding& item : held.findings()) sink.add(std::move(item));
  return whole;
}

void RecordReader::tell_foreign(finding::Finding found, finding::Sink& sink) const {
  if (found.severity != finding::Severity::fatal) found.severity = reading_.foreign;
  sink.add(std::move(found));
}

/// Until the default version is certain in an input, or the records that are looked at closely say
/// nothing.
bool RecordReader::is_weighed(const format::Record& record) {
  constexpr std::size_t most_weighed = 64;
  if (reading_.weigh_versions) return true;
  if (record.whole || reading_.version != nullptr) return false;
  if (record.input != input_ || record.index == 0 || !begun_) {
    begun_ = true;
    input_ = record.input;
    to_weigh_ = most_weighed;
    default_sure_ = false;
  }
  if (default_sure_ || to_weigh_ == 0) return false;
  --to_weigh_;
  return true;
}

void RecordReader::note_sure_version() {
  const bool weighed = judgement_->rival != nullptr;
  const bool is_default = definitions_ == default_;
  if (weighed && judgement_->against_rival > 0 && judgement_->certain()) {
    sure_ = definitions_;
    default_sure_ = default_sure_ || is_default;
  } else if (!weighed && default_sure_) {
    sure_ = definitions_;
  }
}

const definition::Definitions& RecordReader::type(tree::Tree& tree) {
  type(tree, reading_.weigh_versions ? definition::Depth::evidence : definition::Depth::version);
  return *definitions_;
}

void RecordReader::type(tree::Tree& tree, definition::Depth depth) {
  judgement_ = &given_;
  definitions_ = reading_.version;
  if (reading_.version == nullptr) {
    if (!judge_) judge_.emplace(library_);
    judgement_ = &judge_->judge(tree, depth);
    definitions_ = judgement_->version;
  }
  definition::attach_types(tree, *definitions_);
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
