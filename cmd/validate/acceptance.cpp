// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/acceptance.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/suggest.hpp"
#include "cmd/run/interrupt.hpp"
#include "finding/id.hpp"

namespace lhcr::cmd {

void declare_acceptance(OptionList& list, AcceptanceOptions& options) {
  list.opt("--ignore", options.ignore, {"ID[:PATH][@FILE]", {Completion::words, "findings"}},
           "Leave out findings with this id, which may be the key of a constraint such as dom-6; "
           "with PATH, only those at or below it (Patient.identifier stands for every identifier); "
           "with FILE, a glob, only those of matching inputs; :PATH and @FILE alone leave out "
           "every finding there; may be repeated");
  list.opt("--severity", options.severities, {"ID=SEVERITY"},
           "Report findings with this id as error, warning or information; ID may be the key of a "
           "constraint and have :PATH and @FILE, as for --ignore; what could not be read stays "
           "fatal; may be repeated, and the last match counts");
  list.opt("--display", options.display, "SEVERITY",
           {{"error", finding::Severity::error}, {"warning", finding::Severity::warning}},
           "Report a display that is not a term of its code as an error (default) or a warning");
  list.opt("--baseline", options.baseline, {"FILE", Completion::file},
           "Accept the errors and warnings that FILE lists; report only new ones");
  list.opt("--write-baseline", options.write_baseline, {"FILE", Completion::file},
           "List the errors and warnings of this run in FILE, for --baseline; exit with 0 when "
           "every record could be read");
}

namespace {

using Constraints = std::function<std::vector<std::string>()>;

finding::Severity severity_of(const std::string& name) {
  constexpr finding::Severity all[] = {finding::Severity::error, finding::Severity::warning,
                                       finding::Severity::information};
  std::vector<std::string_view> names;
  for (const finding::Severity severity : all) {
    if (finding::severity_name(severity) == name) return severity;
    names.push_back(finding::severity_name(severity));
  }
  throw Error(ErrorKind::usage,
              "'" + name + "' is not a severity that can be assigned. " + instead_of(name, names));
}

std::pair<finding::IgnoreRule, finding::Severity> severity_rule(const std::string& text,
                                                                const Constraints& constraints) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos) {
    throw Error(ErrorKind::usage, "--severity: '" + text + "' is not ID=SEVERITY");
  }
  return {finding::parse_ignore_rule(text.substr(0, equals), constraints),
          severity_of(text.substr(equals + 1))};
}

}  // namespace

RunAcceptance::RunAcceptance(const AcceptanceOptions& options,
                             const std::function<std::vector<std::string>()>& constraints)
    : file_(options.write_baseline),
      known_(options.baseline.empty()
                 ? finding::Baseline()
                 : finding::Baseline::read(read_file(options.baseline), options.baseline)) {
  for (const Given& rule : options.ignore) {
    rule.reading(
        [&] { acceptance_.ignored.push_back(finding::parse_ignore_rule(rule.text, constraints)); });
  }
  if (options.display != finding::Severity::error) {
    finding::IgnoreRule display;
    display.id = finding::id<"display-wrong">;
    acceptance_.severities.emplace_back(display, options.display);
  }
  for (const Given& rule : options.severities) {
    rule.reading([&] { acceptance_.severities.push_back(severity_rule(rule.text, constraints)); });
  }
  if (!options.baseline.empty()) acceptance_.known = &known_;
  if (writes()) acceptance_.noted = &noted_;
}

void RunAcceptance::finish() const {
  if (writes() && !interrupted()) write_file(file_, noted_.write());
}

}  // namespace lhcr::cmd
