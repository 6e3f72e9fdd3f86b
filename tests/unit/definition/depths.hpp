// SPDX-License-Identifier: Apache-2.0
/// Whether a judge that asks no more versions than it must says what one says that asks all.
#pragma once

#include <string>
#include <vector>

#include "definition/version/judge.hpp"

namespace lhcr::definition {

/// A judgement in words, without facts about versions that are neither taken nor rivals.
inline std::string told(const Judgement& judgement) {
  std::string text(judgement.version->fhir_version());
  text += ", not ";
  text += judgement.rival == nullptr ? "-" : judgement.rival->fhir_version();
  text += ", against them " + std::to_string(judgement.against_version) + ":" +
          std::to_string(judgement.against_rival);
  for (const auto* side : {&judgement.for_version, &judgement.for_rival}) {
    text += " |";
    for (const std::size_t fact : *side) text += " " + judgement.facts[fact].text() + ";";
  }
  return text + " | " + std::string(judgement.elsewhere) + " " + judgement.elsewhere_fact.text();
}

/// How the depths differ on an untyped tree; empty: they do not.
inline std::string difference_of_depths(VersionJudge& judge, const tree::Tree& tree) {
  const std::string every = told(judge.judge(tree, Depth::every));
  const std::string evidence = told(judge.judge(tree, Depth::evidence));
  if (evidence != every) return evidence + "\ninstead of\n" + every;
  const Judgement& brief = judge.judge(tree, Depth::version);
  // Where everything is as the default has it no rival is looked for.
  const std::string version =
      brief.rival == nullptr && brief.facts.empty() ? every.substr(0, every.find(',')) : every;
  const std::string found = told(brief);
  return found.starts_with(version) ? "" : found + "\ninstead of\n" + version;
}

}  // namespace lhcr::definition
