// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr validate`.
#pragma once

#include "cmd/acceptance.hpp"
#include "cmd/command.hpp"
#include "cmd/packages.hpp"
#include "cmd/terminology.hpp"
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
  VerbosityOptions verbosity;
  finding::ReportFormat format = finding::ReportFormat::text;
  bool excerpts = true;
  finding::Severity fail_on = finding::Severity::error;
  AcceptanceOptions acceptance;
  TerminologyOptions terminology;
  validate::Options checks;
  format::ReadLimits reading;
};

void declare(OptionList& list, ValidateOptions& options);
/// The switches of the checks themselves; each mirrors a member of validate::Options.
void declare_checks(OptionList& list, validate::Options& checks);

}  // namespace lhcr::cmd
