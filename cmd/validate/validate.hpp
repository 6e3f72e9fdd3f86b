// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr validate`.
#pragma once

#include "cmd/command.hpp"
#include "cmd/packages.hpp"
#include "cmd/validate/acceptance.hpp"
#include "cmd/validate/terminology.hpp"
#include "finding/report.hpp"
#include "format/format.hpp"
#include "validate/validate.hpp"

namespace lhcr::cmd {

struct ValidateOptions {
  InputOptions input;
  VersionOptions version;
  PackageOptions packages;
  OutputOptions output;
  JobOptions jobs;
  bool watch = false;
  ConfigOptions config;
  VerbosityOptions verbosity;
  finding::ReportFormat format = finding::ReportFormat::text;
  std::vector<std::string> reports;  ///< FORMAT=PATH, beside the main one
  bool excerpts = true;
  finding::Severity fail_on = finding::Severity::error;
  AcceptanceOptions acceptance;
  TerminologyOptions terminology;
  std::vector<std::string> profiles;  ///< URL[@GLOB]
  validate::Options checks;
  format::ReadLimits reading;
  std::string layout;              ///< of tables: built-in, or a file of CSVW metadata
  std::vector<std::string> views;  ///< whose tables these are
  std::vector<std::string> maps;   ///< whose CSV blocks read these tables
};

/// Checks tables (validate_csv.cpp).
[[nodiscard]] bool wants_tables(const ValidateOptions& options);
[[nodiscard]] ExitCode validate_tables(const ValidateOptions& options, const Io& io);
/// The switches that say what tables are checked against.
void declare_layouts(OptionList& list, ValidateOptions& options);

/// What a run came to, as a line; and as an exit code.
/// `brief`: the report leaves out what --verbose would show.
[[nodiscard]] std::string summary(bool brief, const finding::Tally& tally);
[[nodiscard]] ExitCode verdict(const ValidateOptions& options, const finding::Tally& tally);
/// Findings of one record that a report lists; a record with more has one fault many times over.
constexpr std::size_t most_findings = 10000;

void declare(OptionList& list, ValidateOptions& options);
/// The switches of the checks themselves; each mirrors a member of validate::Options.
void declare_checks(OptionList& list, validate::Options& checks);

}  // namespace lhcr::cmd
