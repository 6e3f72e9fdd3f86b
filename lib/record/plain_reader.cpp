// SPDX-License-Identifier: Apache-2.0
#include "record/plain_reader.hpp"

#include "finding/id.hpp"
#include "format/cda/cda.hpp"

namespace lhcr::record {

bool PlainReader::read(const format::Record& record, tree::Tree& tree, finding::Sink& sink) {
  return read_as(kind_of(record), record, tree, sink);
}

bool PlainReader::read_as(Kind kind, const format::Record& record, tree::Tree& tree,
                          finding::Sink& sink) {
  kind_ = kind;
  if (record.too_long) {
    finding::Finding found = finding::made(
        finding::id<"input-too-large">,
        {"more than " + std::to_string(format::StreamLimits{}.record_bytes >> 20U) + " MiB"});
    sink.add(std::move(found));
    return false;
  }
  if (kind == Kind::cda || kind == Kind::hl7_v3) {
    return format::read_cda(record.bytes, tree, sink, limits_);
  }
  return record.format == format::Format::xml ? format::read_xml(record.bytes, tree, sink, limits_)
                                              : json_.read(record.bytes, tree, sink, limits_);
}

}  // namespace lhcr::record
