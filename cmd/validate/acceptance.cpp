// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/acceptance.hpp"

#include "base/file.hpp"
#include "cmd/run/interrupt.hpp"
#include "finding/id.hpp"

namespace lhcr::cmd {

void declare_acceptance(OptionList& list, AcceptanceOptions& options) {
  list.opt("--ignore", options.ignore, {"ID[:PATH][@FILE]", {Completion::words, "findings"}},
           "Leave out findings with this id, which may be the key of a constraint such as dom-6; "
           "with PATH only those at or below it (Patient.identifier stands for every identifier), "
           "with FILE, a glob, only those of inputs that it fits; :PATH and @FILE alone leave out "
           "every finding there; may be repeated");
  list.opt("--display", options.display, "SEVERITY",
           {{"error", finding::Severity::error}, {"warning", finding::Severity::warning}},
           "What a display is that is no term of its code: error (default) or warning");
  list.opt("--baseline", options.baseline, {"FILE", Completion::file},
           "Accept the errors and warnings that FILE lists; report new ones only");
  list.opt("--write-baseline", options.write_baseline, {"FILE", Completion::file},
           "List the errors and warnings of this run in FILE, for --baseline; the exit code is 0 "
           "when every record could be read");
}

RunAcceptance::RunAcceptance(const AcceptanceOptions& options,
                             const std::function<std::vector<std::string>()>& constraints)
    : file_(options.write_baseline),
      known_(options.baseline.empty()
                 ? finding::Baseline()
                 : finding::Baseline::read(read_file(options.baseline), options.baseline)) {
  for (const std::string& rule : options.ignore) {
    acceptance_.ignored.push_back(finding::parse_ignore_rule(rule, constraints));
  }
  if (options.display != finding::Severity::error) {
    acceptance_.severities = {{finding::id<"display-wrong">, options.display}};
  }
  if (!options.baseline.empty()) acceptance_.known = &known_;
  if (writes()) acceptance_.noted = &noted_;
}

void RunAcceptance::finish() const {
  if (writes() && !interrupted()) write_file(file_, noted_.write());
}

}  // namespace lhcr::cmd
