// SPDX-License-Identifier: Apache-2.0
#include "record/record_reader.hpp"

#include "finding/id.hpp"
#include "format/cda/cda.hpp"

namespace lhcr::record {
namespace {

/// Whether the namespace of CDA is declared and that of FHIR is not: a resource may name the former
/// in a value.
bool declares_cda(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 16384);
  return format::is_cda(bytes) && head.find("=\"http://hl7.org/fhir\"") == std::string_view::npos &&
         head.find("='http://hl7.org/fhir'") == std::string_view::npos;
}

}  // namespace

RecordReader::RecordReader(const definition::Library& library,
                           const definition::Definitions* version, const format::ReadLimits& limits)
    : library_(library),
      version_(version),
      definitions_(version),
      limits_(limits),
      tree_(library.symbols()) {}

bool RecordReader::read(const format::Record& record, finding::Sink& sink) {
  if (record.too_long) {
    finding::Finding found;
    found.id = finding::Id::input_too_large;
    found.severity = finding::entry(found.id).severity;
    found.arguments = {"more than " + std::to_string(format::StreamLimits{}.record_bytes >> 20U) +
                       " MiB"};
    sink.add(std::move(found));
    return false;
  }
  if (cda_ && record.format == format::Format::xml && declares_cda(record.bytes)) {
    return read_cda(record, sink);
  }
  const bool whole = record.format == format::Format::xml
                         ? format::read_xml(record.bytes, tree_, sink, limits_)
                         : json_.read(record.bytes, tree_, sink, limits_);
  if (!whole) return false;
  definitions_ = version_ != nullptr ? version_ : &library_.detect(tree_);
  definition::attach_types(tree_, *definitions_);
  return true;
}

bool RecordReader::read_cda(const format::Record& record, finding::Sink& sink) {
  if (!format::read_cda(record.bytes, tree_, sink, limits_)) return false;
  definitions_ = &library_.cda();
  definition::attach_cda_types(tree_, *definitions_);
  return true;
}

}  // namespace lhcr::record
