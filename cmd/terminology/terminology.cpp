// SPDX-License-Identifier: Apache-2.0
#include "cmd/terminology/terminology.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "cmd/packages.hpp"
#include "terminology/query/ecl_answer.hpp"

namespace lhcr::cmd {
namespace {

struct Action {
  std::string_view name;
  ExitCode (*run)(const TerminologyCommand&, const Io&);
};
constexpr std::array actions = {
    Action{"add", terminology_add},
    Action{"list", terminology_list},
    Action{"show", terminology_show},
    Action{"remove", terminology_remove},
    Action{"lookup", terminology_lookup},
    Action{"search", terminology_search},
    Action{"expand", terminology_expand},
    Action{"check", terminology_check},
    Action{"translate", terminology_translate},
    Action{"history", terminology_history},
    Action{"diff", terminology_diff},
};

void declare(OptionList& list, TerminologyCommand& options) {
  std::vector<std::string> words;
  for (const Action& action : actions) {
    words.emplace_back(action.name);
  }
  list.argument_choice(
      "ACTION", options.action, words,
      "add FILE...: make images of releases; list: list the images; show NAME, remove NAME: show "
      "or remove one; lookup CODE: describe a code; search WORDS: find concepts by their terms; "
      "expand ECL|URL: list what a constraint or a value set selects; check CODE: check a code and "
      "its display; translate CODE --to SYSTEM: map a code to another system; history CODE: show "
      "what replaces it and what it replaces; diff OLD NEW ECL|FILE: show what a new release "
      "changes");
  list.arguments("[ARGUMENT]", options.arguments, Completion::file,
                 "Arguments of the action. A code is a SNOMED CT code, or SYSTEM#CODE with the "
                 "name or URL of a system");
  list.opt("--format", options.format, "FORMAT",
           {{"text", TerminologyFormat::text}, {"json", TerminologyFormat::json}},
           "Write text or json (as FHIR Parameters or ValueSet where FHIR defines the form)");
  list.opt("--display", options.display, {"TERM"}, "check: check this display, too");
  list.opt("--in", options.in, {"ECL|URL"},
           "check, search: accept only codes that this constraint (or, for check, this value set) "
           "selects");
  list.opt("--to", options.to, {"SYSTEM"},
           "translate: set the target system: icd-10, opcs-4, snomed, ctv3 or omop");
  list.opt("--count", options.count, 1, {"N"}, "expand, search: list at most N codes");
  list.group("Where to find value sets");
  declare_packages(list, options.packages);
  declare_version(list, options.version);
}

ExitCode run(const TerminologyCommand& options, const Io& io) {
  const auto* const found = std::find_if(actions.begin(), actions.end(), [&](const Action& action) {
    return action.name == options.action;
  });
  return found->run(options, io);
}

}  // namespace

std::string terminology_folder() {
  return xdg_folder("XDG_DATA_HOME", ".local/share") + "/lhcr/terminology";
}

SystemCode system_code(const std::string& text) {
  const std::size_t bar = text.find_first_of("#|");
  if (bar == std::string::npos) {
    return {"snomed", text};
  }
  const std::string system = text.substr(0, bar);
  const terminology::CodeSystemName* known = terminology::find_code_system(system);
  return {known == nullptr ? system : std::string(known->name), text.substr(bar + 1)};
}

const terminology::Snomed& require_snomed(const terminology::Library& library) {
  if (library.snomed() == nullptr && !library.problems().empty()) {
    throw Error(ErrorKind::input, library.problems().front());
  }
  if (library.snomed() == nullptr) {
    throw Error(
        ErrorKind::input,
        "SNOMED CT is not here: 'lhcr terminology add FILE...' makes an image of a release");
  }
  return *library.snomed();
}

terminology::ConceptSet require_concepts(const terminology::Snomed& snomed,
                                         const std::string& constraint) {
  terminology::EclAnswer answer = terminology::evaluate(snomed, constraint);
  if (!answer.error.empty()) {
    throw Error(ErrorKind::usage, "the constraint '" + constraint + "': " + answer.error);
  }
  if (!answer.not_checked.empty()) {
    throw Error(ErrorKind::input, "the constraint '" + constraint +
                                      "' could not be evaluated: " + answer.not_checked);
  }
  return std::move(answer.concepts);
}

const std::string& only_argument(const TerminologyCommand& options, std::string_view what) {
  if (options.arguments.size() != 1) {
    throw Error(ErrorKind::usage,
                "lhcr terminology " + options.action + " needs one argument: " + std::string(what));
  }
  return options.arguments.front();
}

std::string edition_of(const terminology::Image& image) {
  const std::string_view edition = image.meta("edition");
  return std::string(edition.empty() ? image.meta("version") : edition);
}

Command terminology_command() {
  Command command;
  command.name = "terminology";
  command.group = "Records";
  command.summary = "Look up, check, expand and translate codes";
  command.description =
      "Turns the releases of code systems that you have (SNOMED CT RF2, dm+d, ICD-10, OPCS-4, NHS "
      "Data Migration, ODS, LOINC, OMOP Athena) into images in $XDG_DATA_HOME/lhcr/terminology, "
      "which answer queries in microseconds. The kind of release is recognised from its content. "
      "Nothing is fetched from a network, and nothing is sent.";
  command.examples = {{"lhcr terminology list", "List the images"}};
  return make_command<TerminologyCommand>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
