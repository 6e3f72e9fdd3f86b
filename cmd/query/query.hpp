// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr query`.
#pragma once

#include <string>

#include "cmd/command.hpp"
#include "cmd/packages.hpp"
#include "cmd/validate/terminology.hpp"

namespace lhcr::cmd {

enum class QueryFormat { text, json };

struct QueryOptions {
  std::string expression;
  InputOptions input;
  VersionOptions version;
  PackageOptions packages;
  TerminologyOptions terminology;
  OutputOptions output;
  JobOptions jobs;
  ConfigOptions config;
  VerbosityOptions verbosity;
  QueryFormat format = QueryFormat::text;
  bool colour = false;  ///< of messages; set when the run begins
};

void declare(OptionList& list, QueryOptions& options);

}  // namespace lhcr::cmd
