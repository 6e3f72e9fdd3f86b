// SPDX-License-Identifier: Apache-2.0
/// --ignore, --severity, --baseline and --write-baseline.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cmd/options.hpp"
#include "finding/baseline.hpp"

namespace lhcr::cmd {

struct AcceptanceOptions {
  std::vector<Given> ignore;                             ///< [ID|CONSTRAINT][:PATH][@FILE]
  std::vector<Given> severities;                         ///< the same, then =SEVERITY
  finding::Severity display = finding::Severity::error;  ///< of a display that is wrong
  std::string baseline;                                  ///< file to read; empty: none
  std::string write_baseline;                            ///< file to write; empty: none
};
void declare_acceptance(OptionList& list, AcceptanceOptions& options);

/// What one run accepts. Throws Error{usage} for an unknown id or constraint, Error{input} for a
/// baseline that cannot be read.
class RunAcceptance {
 public:
  /// `constraints`: the keys that a rule may name, see parse_ignore_rule().
  RunAcceptance(const AcceptanceOptions& options,
                const std::function<std::vector<std::string>()>& constraints);
  [[nodiscard]] const finding::Acceptance& acceptance() const noexcept { return acceptance_; }
  [[nodiscard]] bool writes() const noexcept { return !file_.empty(); }
  /// Writes the new baseline, when one is asked for.
  void finish() const;

 private:
  std::string file_;
  finding::Baseline known_;
  finding::Baseline noted_;
  finding::Acceptance acceptance_;
};

}  // namespace lhcr::cmd
