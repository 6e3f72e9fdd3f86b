// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr convert`.
#pragma once

#include "cmd/command.hpp"
#include "cmd/convert/convert_codes.hpp"
#include "cmd/convert/convert_map.hpp"
#include "cmd/convert/convert_privacy.hpp"
#include "cmd/convert/convert_view.hpp"
#include "cmd/run/inputs.hpp"
#include "finding/report.hpp"

namespace lhcr::cmd {

enum class Target { none, fhir_json, fhir_xml, ndjson, cda, csv, parquet };

struct ConvertOptions {
  InputOptions input;
  VersionOptions version;
  OutputOptions output;
  JobOptions jobs;
  bool watch = false;
  ConfigOptions config;
  VerbosityOptions verbosity;
  Target target = Target::none;
  MapOptions map;
  CodeOptions codes;
  PrivacyOptions privacy;
  ViewOptions view;
  bool compact = false;
};

void declare(OptionList& list, ConvertOptions& options);

/// The job of `lhcr convert` once its inputs are known: records in another form.
[[nodiscard]] ExitCode run_records(const ConvertOptions& options, const std::vector<Input>& inputs,
                                   const Io& io);
/// The job of `lhcr convert --view`: rows of tables instead of records.
[[nodiscard]] ExitCode run_views(const ConvertOptions& options, const std::vector<Input>& inputs,
                                 const Io& io);

/// Whether there was something to read and nothing of it could be: then no output is made.
[[nodiscard]] inline bool nothing_read(const finding::Tally& tally) {
  return tally.unreadable > 0 && tally.unreadable == tally.records;
}
/// 3 when an input, or nothing, could be read; 1 when a record of several could not, or is wrong.
[[nodiscard]] inline ExitCode exit_code(const finding::Tally& tally, bool failed_input) {
  if (failed_input || nothing_read(tally)) return ExitCode::unreadable;
  return tally.invalid > 0 ? ExitCode::no : ExitCode::yes;
}

}  // namespace lhcr::cmd
