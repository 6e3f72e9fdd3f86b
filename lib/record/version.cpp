// SPDX-License-Identifier: Apache-2.0
#include "record/version.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "definition/definitions.hpp"
#include "finding/id.hpp"

namespace lhcr::record {
namespace {

/// "the element A, the profile B" of the facts that count, the weightiest kind first.
std::string evidence(const definition::Judgement& judgement, std::vector<std::size_t> facts,
                     bool all) {
  if (facts.empty()) return "nothing";
  std::stable_sort(facts.begin(), facts.end(), [&](std::size_t left, std::size_t right) {
    return judgement.facts[left].kind < judgement.facts[right].kind;
  });
  if (!all) facts.resize(1);
  std::string text;
  for (const std::size_t fact : facts) {
    text += (text.empty() ? "" : ", ") + judgement.facts[fact].text();
  }
  return text;
}

finding::Finding unsure(const definition::Judgement& judgement, const tree::Tree& tree,
                        bool verbose) {
  return finding::about(
      tree, tree::root_node, finding::id<"fhir-version-unsure">,
      {std::string(judgement.version->fhir_version()), std::string(judgement.rival->fhir_version()),
       evidence(judgement, judgement.for_version, verbose),
       evidence(judgement, judgement.for_rival, verbose)});
}

finding::Finding elsewhere(const definition::Judgement& judgement, const tree::Tree& tree,
                           bool verbose) {
  return finding::about(
      tree, judgement.elsewhere_fact.first, finding::id<"fhir-version-unsure">,
      {std::string(judgement.version->fhir_version()), std::string(judgement.elsewhere),
       evidence(judgement, judgement.for_version, verbose), judgement.elsewhere_fact.text()});
}

}  // namespace

std::optional<finding::Finding> unsure_version(const definition::Judgement& judgement,
                                               const tree::Tree& tree, const Use& use) {
  const bool other = !judgement.elsewhere.empty();
  if (judgement.certain() && !other) return {};
  const bool changed =
      use.result != nullptr && !tree::equal(tree, tree::root_node, *use.result, tree::root_node);
  const bool matters = changed || (other ? use.loses : judgement.contradictory());
  if (!matters) return {};
  finding::Finding made =
      other ? elsewhere(judgement, tree, use.verbose) : unsure(judgement, tree, use.verbose);
  if (use.loses) made.severity = finding::Severity::error;
  return made;
}

}  // namespace lhcr::record
