// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr push`.
#pragma once

#include "cmd/command.hpp"
#include "cmd/validate/terminology.hpp"

namespace lhcr::cmd {

/// --region, --url, --set: where an endpoint is and how it is spoken to.
struct EndpointOptions {
  std::string region;
  std::string url;
  std::vector<std::string> set;
};
void declare_endpoint(OptionList& list, EndpointOptions& options);

enum class PushFormat { text, json };

struct PushOptions {
  InputOptions input;
  EndpointOptions endpoint;
  VersionOptions version;
  OutputOptions report;
  ConfigOptions config;
  VerbosityOptions verbosity;
  std::string style;
  std::string journal;
  unsigned connections = 0;  ///< 0: as the region says
  std::string rate;
  std::string timeout;
  unsigned give_up = 0;  ///< 0: as usual
  unsigned attempts = 40;
  PushFormat format = PushFormat::text;
  bool resume = false;
  bool retry_failed = false;
  std::string dry_run;  ///< empty: none; "full": with bodies
  bool validate = false;
  TerminologyOptions terminology;  ///< of --validate
  bool convert = false;
  std::vector<std::string> maps;
  std::string loss;
  std::string fail_on_loss;  ///< as in MapOptions
  bool print_jwks = false;
};

void declare(OptionList& list, PushOptions& options);

}  // namespace lhcr::cmd
