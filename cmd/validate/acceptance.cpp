// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/acceptance.hpp"

#include "base/file.hpp"
#include "cmd/run/interrupt.hpp"

namespace lhcr::cmd {

void declare_acceptance(OptionList& list, AcceptanceOptions& options) {
  list.opt("--ignore", options.ignore, {"ID[:PATH]", {Completion::words, "findings"}},
           "Leave out findings with this id, with PATH only those at or below it "
           "(Patient.identifier stands for every identifier); may be repeated");
  list.opt("--baseline", options.baseline, {"FILE", Completion::file},
           "Accept the errors and warnings that FILE lists; report new ones only");
  list.opt("--write-baseline", options.write_baseline, {"FILE", Completion::file},
           "List the errors and warnings of this run in FILE, for --baseline; the exit code is 0 "
           "when every record could be read");
}

RunAcceptance::RunAcceptance(const AcceptanceOptions& options)
    : file_(options.write_baseline),
      known_(options.baseline.empty()
                 ? finding::Baseline()
                 : finding::Baseline::read(read_file(options.baseline), options.baseline)) {
  for (const std::string& rule : options.ignore) {
    acceptance_.ignored.push_back(finding::parse_ignore_rule(rule));
  }
  if (!options.baseline.empty()) acceptance_.known = &known_;
  if (writes()) acceptance_.noted = &noted_;
}

void RunAcceptance::finish() const {
  if (writes() && !interrupted()) write_file(file_, noted_.write());
}

}  // namespace lhcr::cmd
