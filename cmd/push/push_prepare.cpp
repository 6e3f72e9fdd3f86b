// SPDX-License-Identifier: Apache-2.0
#include "cmd/push/push_prepare.hpp"

#include "cmd/run/version.hpp"
#include "definition/definitions.hpp"
#include "format/cda/cda.hpp"

namespace lhcr::cmd {
namespace {

MapOptions map_options(const PushOptions& options, map::BundleType bundle) {
  MapOptions made;
  made.maps = options.maps;
  made.bundle = bundle;
  made.loss = options.loss;
  made.fail_on_loss = options.fail_on_loss;
  return made;
}

}  // namespace

PushPreparation::PushPreparation(const PushOptions& options, Wanted wanted)
    : options_(options),
      wanted_(std::move(wanted)),
      version_(chosen_version(library_, wanted_.fhir)),
      tables_(make_drop_tables(wanted_.region, wanted_.style, library_,
                               [&](const std::string& note) {
                                 if (!options.verbosity.quiet) {
                                   wanted_.say("lhcr: warning: " + note + "\n");
                                 }
                               })),
      map_options_(map_options(options, wanted_.bundle)),
      // The maps add names, and trees may only be made when all names are there.
      maps_(options.convert ? std::make_unique<Maps>(library_, map_options_, wanted_.fhir)
                            : nullptr),
      converted_(library_.symbols()) {
  const bool as_they_are = wanted_.whole_bundles && wanted_.format == format::Format::json;
  if (as_they_are && !options.validate && maps_ == nullptr) {
    outlines_ = std::make_unique<deliver::OutlineReader>(library_.symbols());
  }
}

std::string PushPreparation::prepare(deliver::Record& record) {
  findings_.clear();
  const bool is_cda = record.format == format::Format::xml && format::is_cda(record.text());
  std::string problem;
  if (maps_ != nullptr) {
    problem = convert(record);
  } else if (is_cda) {
    return read_cda(record);
  }
  return problem.empty() ? read_fhir(record) : problem;
}

std::string PushPreparation::read_cda(deliver::Record& record) {
  record.cda = true;
  if (!format::read_cda(record.text(), record.tree, findings_)) return first_error();
  if (options_.validate) return "not sent: a CDA document is checked after conversion (--convert)";
  return {};
}

/// Types are only needed by what looks at them: checks, and XML on either side.
std::string PushPreparation::read_fhir(deliver::Record& record) {
  if (outlines_ != nullptr && outlines_->read(record)) return {};
  const bool is_xml = record.format == format::Format::xml;
  const bool whole = is_xml ? format::read_xml(record.text(), record.tree, findings_)
                            : json_.read(record.text(), record.tree, findings_);
  if (!whole) return first_error();
  if (record.tree.resource_type(tree::root_node).empty()) {
    return "not sent: it is no FHIR resource";
  }
  const bool writes_xml = wanted_.format == format::Format::xml;
  if (!is_xml && !writes_xml && !options_.validate) return {};
  const definition::Definitions& version =
      version_ != nullptr ? *version_ : library_.detect(record.tree);
  definition::attach_types(record.tree, version);
  std::string problem = options_.validate ? check(record, version) : std::string();
  if (writes_xml) definition::sort_children(record.tree, version);
  return problem;
}

void PushPreparation::type(tree::Tree& tree) {
  const definition::Definitions& version = version_ != nullptr ? *version_ : library_.detect(tree);
  definition::attach_types(tree, version);
  definition::sort_children(tree, version);
}

/// Replaces the record's bytes by what the maps make of it; those of one that is what it has to be
/// stay.
std::string PushPreparation::convert(deliver::Record& record) {
  if (reader_ == nullptr) reader_ = std::make_unique<record::RecordReader>(library_, nullptr);
  format::Record raw;
  raw.bytes = record.text();
  raw.format = record.format;
  const bool is_cda = maps_->is_cda(raw);
  const bool read = is_cda ? format::read_cda(raw.bytes, reader_->tree(), findings_)
                           : reader_->read(raw, findings_);
  if (!read) return first_error();
  const definition::Definitions& version =
      is_cda ? maps_->result_version() : reader_->definitions();
  map::LossReport report;
  const auto content = is_cda ? Maps::Content::cda : Maps::Content::fhir;
  if (!maps_->change({reader_->tree(), content, version}, false, converted_, report)) {
    return is_cda ? "not sent: it holds no ClinicalDocument" : "";
  }
  std::string problem = note_loss(record, report);
  std::string text;
  format::write_json(converted_.result, tree::root_node, {false}, text);
  record.set_text(text, format::Format::json);
  return problem;
}

std::string PushPreparation::note_loss(const deliver::Record& record,
                                       const map::LossReport& report) {
  if (report.lost.empty()) return {};
  ++lossy_;
  if (!options_.loss.empty()) {
    std::string messages;
    maps_->tell(report, record.source, messages);
    if (!messages.empty()) {
      wanted_.say(record.source + ": record " + std::to_string(record.index + 1) + ":\n" +
                  messages);
    }
  }
  if (!options_.fail_on_loss) return {};
  return "not sent: conversion loses " + std::to_string(report.lost.size()) +
         " values, the first: " + report.lost.front().path;
}

std::string PushPreparation::check(const deliver::Record& record,
                                   const definition::Definitions& version) {
  const bool is_xml = record.format == format::Format::xml;
  auto& validator = validators_[{&version, is_xml}];
  if (validator == nullptr) {
    validate::Options options;
    options.xml_order = is_xml;
    validator = std::make_unique<validate::Validator>(version, library_.symbols(), options);
  }
  validator->validate(record.tree, findings_);
  return findings_.has_errors() ? first_error() : std::string();
}

std::string PushPreparation::first_error() const {
  const std::size_t count =
      findings_.count(finding::Severity::fatal) + findings_.count(finding::Severity::error);
  for (const finding::Finding& found : findings_.findings()) {
    if (found.severity != finding::Severity::fatal && found.severity != finding::Severity::error) {
      continue;
    }
    const std::string place = found.path.empty() ? "" : found.path + ": ";
    return "not sent: " + (count == 1 ? "" : std::to_string(count) + " errors, the first: ") +
           place + found.text();
  }
  return "not sent: it cannot be read";
}

}  // namespace lhcr::cmd
