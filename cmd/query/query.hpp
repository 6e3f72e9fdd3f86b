// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr query`.
#pragma once

#include <string>

#include "cmd/command.hpp"

namespace lhcr::cmd {

enum class QueryFormat { text, json };

struct QueryOptions {
  std::string expression;
  InputOptions input;
  VersionOptions version;
  OutputOptions output;
  JobOptions jobs;
  ConfigOptions config;
  VerbosityOptions verbosity;
  QueryFormat format = QueryFormat::text;
};

void declare(OptionList& list, QueryOptions& options);

}  // namespace lhcr::cmd
