// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr convert`.
#pragma once

#include "cmd/command.hpp"
#include "cmd/convert_map.hpp"
#include "cmd/convert_privacy.hpp"

namespace lhcr::cmd {

enum class Target { none, fhir_json, fhir_xml, ndjson, cda };

struct ConvertOptions {
  InputOptions input;
  VersionOptions version;
  OutputOptions output;
  JobOptions jobs;
  VerbosityOptions verbosity;
  Target target = Target::none;
  MapOptions map;
  PrivacyOptions privacy;
  bool compact = false;
};

void declare(OptionList& list, ConvertOptions& options);

}  // namespace lhcr::cmd
