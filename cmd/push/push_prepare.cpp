// SPDX-License-Identifier: Apache-2.0
#include "cmd/push/push_prepare.hpp"

#include "cmd/run/version.hpp"
#include "definition/definitions.hpp"
#include "definition/version/releases.hpp"
#include "record/version.hpp"

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

format::Record raw(const deliver::Record& record) {
  format::Record made;
  made.bytes = record.text();
  made.format = record.format;
  return made;
}

}  // namespace

PushPreparation::PushPreparation(const PushOptions& options, Demands wanted)
    : options_(options),
      wanted_(std::move(wanted)),
      version_(chosen_version(library_, wanted_.fhir)),
      record_paths_(make_record_paths()),
      patches_(make_patches(wanted_.region, wanted_.style, wanted_.fhir)),
      tables_(make_drop_tables(wanted_.region, wanted_.style, library_,
                               [&](const std::string& note) {
                                 if (!options.verbosity.quiet) {
                                   wanted_.say("lhcr: warning: " + note + "\n");
                                 }
                               })),
      map_options_(map_options(options, wanted_.bundle)),
      // The maps add names, and trees may only be made when all names are there.
      maps_(make_maps()),
      reader_(library_, {.version = tables_ != nullptr ? &tables_->version() : version_}),
      converted_(library_.symbols()) {
  // A user who says which version it is, or has it converted, needs no guess.
  constexpr std::size_t most_weighed = 16;
  const bool weighs = maps_ == nullptr && options.version.fhir.empty() &&
                      deliver::find_style(wanted_.style).uses_http;
  to_weigh_ = weighs ? most_weighed : 0;
  const bool as_they_are = wanted_.whole_bundles && wanted_.format == format::Format::json;
  const bool looked_into = options.validate || record_paths_ != nullptr;
  if (as_they_are && !looked_into && maps_ == nullptr) {
    outlines_ = std::make_unique<deliver::OutlineReader>(library_.symbols());
  }
}

/// Rows are made of records of the views' version: others are brought to it, unless the user says
/// that they are what they are not seen as.
std::unique_ptr<Maps> PushPreparation::make_maps() {
  const bool for_tables = tables_ != nullptr && options_.version.fhir.empty();
  if (!options_.convert && !for_tables) return nullptr;
  map::Needs needs;
  needs.ccda = needs.itk = options_.convert;
  const std::string fhir =
      for_tables ? std::string(tables_->version().fhir_version()) : wanted_.fhir;
  return std::make_unique<Maps>(library_, map_options_, fhir, needs);
}

std::unique_ptr<deliver::RecordPaths> PushPreparation::make_record_paths() {
  if (!asks_records(wanted_.region, wanted_.style)) return nullptr;
  const definition::Definitions& version =
      version_ != nullptr ? *version_ : definition::default_version(library_);
  return std::make_unique<deliver::RecordPaths>(wanted_.region, wanted_.style, version,
                                                library_.symbols());
}

std::string PushPreparation::prepare(deliver::Record& record) {
  findings_.clear();
  const std::string problem = maps_ != nullptr ? convert(record) : std::string();
  return problem.empty() ? read(record) : problem;
}

/// Types are only needed by what looks at them: checks, and XML on either side.
std::string PushPreparation::read(deliver::Record& record) {
  if (outlines_ != nullptr && to_weigh_ == 0 && outlines_->read(record)) return {};
  const bool whole = reader_.read_plain(raw(record), record.tree, findings_);
  record.cda = reader_.is_cda();
  if (!whole) return not_read();
  if (record.cda) {
    return options_.validate ? "not sent: a CDA document is checked after conversion (--convert)"
                             : "";
  }
  if (record.tree.resource_type(tree::root_node).empty()) {
    return "not sent: it is not a FHIR resource";
  }
  std::string problem = other_version(record.tree);
  if (!problem.empty()) return problem;
  const bool writes_xml = wanted_.format == format::Format::xml;
  const bool looked_into = options_.validate || record_paths_ != nullptr;
  if (record.format != format::Format::xml && !writes_xml && !looked_into) return {};
  const definition::Definitions& version = reader_.type(record.tree);
  if (options_.validate) problem = check(record, version);
  if (writes_xml) definition::sort_children(record.tree, version);
  return problem;
}

/// What is plainly of another release means something else to the endpoint. An input is rarely of
/// several, so that only its first records are looked into.
std::string PushPreparation::other_version(tree::Tree& tree) {
  if (to_weigh_ == 0) return {};
  --to_weigh_;
  if (weigher_ == nullptr) {
    weigher_ =
        std::make_unique<record::RecordReader>(library_, record::Reading{.weigh_versions = true});
  }
  const std::string_view version = weigher_->type(tree).fhir_version();
  const definition::Judgement& told = weigher_->judgement();
  const bool other = deliver::release_digit(version) != deliver::release_digit(wanted_.fhir);
  if (!other || told.rival == nullptr || !told.certain() || told.for_version.empty()) return {};
  return "not sent: it is FHIR " + std::string(definition::release_name(version)) + " (" +
         told.facts[told.for_version.front()].text() + "), and the endpoint speaks " +
         wanted_.fhir + " (--convert makes that of it, --fhir says what the endpoint speaks)";
}

void PushPreparation::type(tree::Tree& tree) {
  definition::sort_children(tree, reader_.type(tree));
}

/// Replaces the record's bytes by what the maps make of it; those of one that is what it has to be
/// stay.
std::string PushPreparation::convert(deliver::Record& record) {
  if (source_ == nullptr)
    source_ =
        std::make_unique<record::RecordReader>(library_, record::Reading{.weigh_versions = true});
  if (!source_->read(raw(record), findings_)) return not_read();
  const bool is_cda = source_->is_cda();
  if (is_cda && !options_.convert) return {};
  const definition::Definitions& version =
      is_cda ? maps_->result_version() : source_->definitions();
  map::LossReport report;
  const auto content = is_cda ? Maps::Content::cda : Maps::Content::fhir;
  const Maps::Source source{source_->tree(), content, version};
  const std::string wanted = maps_->cannot_make(source, false);
  if (!wanted.empty()) {
    return "not sent: it is " + Maps::name_of(source) + ", which is not converted to " + wanted;
  }
  const bool changed = maps_->change(source, false, converted_, report);
  if (!changed && is_cda) return "not sent: it holds no ClinicalDocument";
  std::string problem =
      note_version(record, changed ? &converted_.result : nullptr, report.count() > 0);
  if (!changed) return problem;
  if (problem.empty()) problem = note_loss(record, report);
  record.set_text(format::json_of_record(converted_.result), format::Format::json);
  return problem;
}

/// A record that loses something because of a version that is not certain stays here.
std::string PushPreparation::note_version(const deliver::Record& record, const tree::Tree* result,
                                          bool loses) {
  const record::Use use{result, loses, options_.verbosity.verbose};
  const auto unsure = record::unsure_version(source_->judgement(), source_->tree(), use);
  if (!unsure) return {};
  if (loses) return "not sent: " + unsure->text();
  wanted_.say("lhcr: warning: " + record.source + ": " + unsure->text() + "\n");
  return {};
}

std::string PushPreparation::note_loss(const deliver::Record& record,
                                       const map::LossReport& report) {
  constexpr std::string_view also_aside = "aside";
  const bool lost = !report.lost.empty() || !report.not_stated.empty();
  const bool aside = options_.fail_on_loss == also_aside && !report.aside.empty();
  if (!lost && !aside) return {};
  ++lossy_;
  if (!options_.loss.empty()) {
    std::string messages;
    maps_->tell(report, record.source, messages);
    if (!messages.empty()) {
      wanted_.say(record.source + ": record " + std::to_string(record.index + 1) + ":\n" +
                  messages);
    }
  }
  if (options_.fail_on_loss.empty()) return {};
  const std::vector<map::Lost>& list = report.lost.empty() ? report.aside : report.lost;
  return "not sent: conversion " + std::string(report.lost.empty() ? "puts aside " : "loses ") +
         std::to_string(list.size()) + " values, the first: " + list.front().path;
}

std::string PushPreparation::check(const deliver::Record& record,
                                   const definition::Definitions& version) {
  const bool is_xml = record.format == format::Format::xml;
  auto& validator = validators_[{&version, is_xml}];
  if (validator == nullptr) {
    validate::Options options;
    options.xml_order = is_xml;
    options.library = wanted_.releases;
    validator = std::make_unique<validate::Validator>(version, library_.symbols(), options);
  }
  validator->validate(record.tree, findings_);
  return findings_.has_errors() ? first_error() : std::string();
}

std::string PushPreparation::not_read() {
  ++unreadable_;
  return first_error();
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
