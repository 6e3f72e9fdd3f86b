// SPDX-License-Identifier: Apache-2.0
/// check, translate.
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/run/output.hpp"
#include "cmd/terminology/answers.hpp"
#include "cmd/terminology/sets.hpp"
#include "cmd/terminology/terminology.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/query/translate.hpp"

namespace lhcr::cmd {
namespace {

using terminology::DisplayVerdict;
using terminology::no_concept;
using terminology::Ordinal;
using terminology::Snomed;

/// What is to be told of a code: its verdict and lines about it.
struct Verdict {
  bool right = true;
  std::string display;
  std::string text;
  std::string message;
  bool inactive = false;
};

void judge_display(const Snomed& snomed, Ordinal at, const std::string& display, Verdict& verdict) {
  const auto judged = terminology::judge_display(snomed, at, display);
  verdict.text += "display: " + std::string(terminology::name_of(judged.verdict));
  verdict.text += judged.case_differs ? " (case differs, as the term allows)\n" : "\n";
  if (judged.verdict == DisplayVerdict::wrong || judged.verdict == DisplayVerdict::definition) {
    verdict.right = false;
    verdict.message = "the display '" + display + "' is wrong: it should be '" +
                      std::string(judged.preferred) + "'";
  } else if (judged.verdict != DisplayVerdict::preferred) {
    verdict.message = "the preferred term is '" + std::string(judged.preferred) + "'";
  }
  verdict.text += verdict.message.empty() ? "" : verdict.message + "\n";
}

Verdict judge(const Snomed& snomed, const std::string& code, const TerminologyCommand& options) {
  Verdict verdict;
  const Ordinal at = snomed.find(code);
  if (at == no_concept) {
    verdict.right = false;
    verdict.message = "there is no code " + code + " in " + edition_of(snomed.image());
    verdict.text = "unknown: " + verdict.message + "\n";
    return verdict;
  }
  verdict.display = snomed.preferred(at);
  verdict.inactive = !snomed.is_active(at);
  verdict.text = terminology::labelled(snomed, at) + "\n";
  verdict.text += verdict.inactive ? "inactive: " + terminology::inactivity_text(snomed, at) + "\n"
                                   : "active\n";
  if (!options.display.empty()) {
    judge_display(snomed, at, options.display, verdict);
  }
  if (!options.in.empty() && !is_canonical(options.in)) {
    const bool in = require_concepts(snomed, options.in).contains(at);
    verdict.text += in ? "in '" + options.in + "'\n" : "not in '" + options.in + "'\n";
    verdict.right = verdict.right && in;
    verdict.message = in ? verdict.message : "the code is not in '" + options.in + "'";
  }
  return verdict;
}

Verdict judge_listed(const terminology::CodeList& list, const SystemCode& asked,
                     const TerminologyCommand& options) {
  Verdict verdict;
  if (!options.in.empty() && !is_canonical(options.in)) {
    throw Error(ErrorKind::usage,
                "--in takes a constraint over SNOMED CT or the URL of a value set; " +
                    asked.system + " has no constraints");
  }
  const auto found = find_listed(list, asked);
  if (!found) {
    verdict.right = false;
    verdict.message = "there is no code " + asked.code + " in " +
                      std::string(list.image().meta("title")) + " " +
                      std::string(list.image().meta("version"));
    verdict.text = "unknown: " + verdict.message + "\n";
    return verdict;
  }
  verdict.display = found->display;
  verdict.inactive = !found->active;
  verdict.text = std::string(found->code) + "\t" + std::string(found->display) + "\n" +
                 (found->active ? "active" : "inactive");
  for (const terminology::CodeProperty& one : list.properties(*found)) {
    if (one.name == "closed" || one.name == "successor") {
      verdict.text += ", " + std::string(one.name) + " " + std::string(one.value);
    }
  }
  verdict.text += "\n";
  if (!options.display.empty() && !same_display(options.display, found->display)) {
    verdict.right = false;
    verdict.message = "the display '" + options.display + "' is wrong: it should be '" +
                      std::string(found->display) + "'";
    verdict.text += verdict.message + "\n";
  }
  return verdict;
}

void judge_set(const terminology::Library& library, const SystemCode& asked,
               const TerminologyCommand& options, const Io& io, Verdict& verdict) {
  const bool in = ValueSets(library, options, io).contains(options.in, asked);
  verdict.text += (in ? "in " : "not in ") + options.in + "\n";
  if (!in) {
    verdict.right = false;
    verdict.message = "the code is not in " + options.in;
  }
}

std::string target_text(const terminology::MapTarget& target) {
  std::string text = target.code.empty() ? std::string(target.raw) : target.code;
  text += target.display.empty() ? "" : " " + target.display;
  text += target.sign == 'D' ? " (dagger)" : target.sign == 'A' ? " (asterisk)" : "";
  if (target.group != 0) {
    text +=
        "\tgroup " + std::to_string(target.group) + ", priority " + std::to_string(target.priority);
  }
  text += target.rule.empty() ? "" : "\t" + std::string(target.rule);
  text += target.advice.empty() ? "" : "\t" + std::string(target.advice);
  text += target.description.empty() ? "" : "\tdescription " + std::string(target.description);
  text += target.assured ? "" : "\tnot assured";
  text += target.replaced ? "\tin place of inactive " + std::string(target.raw) : "";
  return text + "\n";
}

std::string translation_text(const terminology::Translation& made) {
  std::string text = made.map.empty() ? "" : "by " + made.map + "\n";
  text += made.via.empty() ? "" : made.via + "\n";
  for (const terminology::MapTarget& target : made.targets) {
    text += target_text(target);
  }
  if (!made.no_target().empty()) {
    text += "no target: " + std::string(made.no_target()) + "\n";
  }
  text += made.problem.empty() ? "" : "not translated: " + made.problem + "\n";
  if (!made.targets.empty() && made.no_target().empty()) {
    text += made.certain() ? "" : "somebody has to choose: there are conditions or alternatives\n";
  }
  return text;
}

std::string translation_json(const terminology::Translation& made, const std::string& to) {
  const terminology::CodeSystemName* system = terminology::find_code_system(to);
  nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
  const bool any = made.problem.empty() && made.no_target().empty() && !made.targets.empty();
  parameters.push_back({{"name", "result"}, {"valueBoolean", any}});
  if (!made.problem.empty() || !made.no_target().empty()) {
    const std::string why = made.problem.empty() ? std::string(made.no_target()) : made.problem;
    parameters.push_back({{"name", "message"}, {"valueString", why}});
  }
  for (const terminology::MapTarget& target : made.targets) {
    if (target.code.empty()) {
      continue;
    }
    nlohmann::ordered_json coding = {{"system", system == nullptr ? to : system->canonical},
                                     {"code", target.code}};
    if (!target.display.empty()) {
      coding["display"] = target.display;
    }
    nlohmann::ordered_json parts =
        nlohmann::ordered_json::array({{{"name", "equivalence"}, {"valueCode", target.relation}},
                                       {{"name", "concept"}, {"valueCoding", coding}}});
    if (target.group != 0) {
      parts.push_back({{"name", "group"}, {"valueInteger", target.group}});
      parts.push_back({{"name", "priority"}, {"valueInteger", target.priority}});
    }
    if (!target.rule.empty()) {
      parts.push_back({{"name", "rule"}, {"valueString", target.rule}});
    }
    parameters.push_back({{"name", "match"}, {"part", parts}});
  }
  const nlohmann::ordered_json all = {{"resourceType", "Parameters"}, {"parameter", parameters}};
  return all.dump(2) + "\n";
}

}  // namespace

ExitCode terminology_check(const TerminologyCommand& options, const Io& io) {
  const terminology::Library library(terminology_folder(), {});
  const SystemCode asked = system_code(only_argument(options, "a CODE or SYSTEM#CODE"));
  const bool snomed = asked.system == "snomed";
  Verdict verdict = snomed ? judge(require_snomed(library), asked.code, options)
                           : judge_listed(require_list(library, asked.system), asked, options);
  if (is_canonical(options.in)) {
    judge_set(library, asked, options, io, verdict);
  }
  if (options.format == TerminologyFormat::json) {
    const terminology::Image& image = library.find(asked.system)->image();
    Parameters made;
    made.add("result", verdict.right);
    made.add("code", "valueCode", asked.code);
    made.add("system", "valueUri", std::string(image.meta("system")));
    made.add("version", "valueString", edition_of(image));
    made.add("display", "valueString", verdict.display);
    made.add("message", "valueString", verdict.message);
    if (verdict.inactive) {
      made.add("inactive", true);
    }
    print(made.text(), io);
  } else {
    print(verdict.text, io);
  }
  return verdict.right ? ExitCode::yes : ExitCode::no;
}

ExitCode terminology_translate(const TerminologyCommand& options, const Io& io) {
  const SystemCode asked = system_code(only_argument(options, "a CODE or SYSTEM#CODE"));
  if (options.to.empty()) {
    throw Error(ErrorKind::usage,
                "lhcr terminology translate needs --to icd-10, opcs-4, snomed, ctv3 or omop");
  }
  const terminology::Library library(terminology_folder(), {});
  const auto made = terminology::translate(library, asked.system, asked.code, options.to);
  print(options.format == TerminologyFormat::json ? translation_json(made, options.to)
                                                  : translation_text(made),
        io);
  return made.problem.empty() && made.no_target().empty() ? ExitCode::yes : ExitCode::no;
}

}  // namespace lhcr::cmd
