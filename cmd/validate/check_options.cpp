// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/validate.hpp"

namespace lhcr::cmd {

void declare_checks(OptionList& list, validate::Options& checks) {
  using validate::ReferencePolicy;
  using validate::RuleSet;
  list.group("Checks");
  list.opt(
      "--rules", checks.rules, "RULES",
      {{"auto", RuleSet::automatic}, {"nhs", RuleSet::nhs}, {"none", RuleSet::none}},
      "Rules beyond FHIR: nhs for every record, none, or auto (default): nhs for a record that "
      "claims a UK profile, uses a UK extension or carries an NHS number");
  list.opt("--no-best-practice", checks.best_practice,
           "Leave out invariants that are marked as best practice, such as a missing narrative");
  list.opt("--should", checks.recommendations,
           "Report what templates of CDA recommend (SHOULD) as warnings");
  list.opt("--allow-example-urls", checks.allow_example_urls,
           "Take URLs of example.org and the like as good");
  list.opt("--unknown-extensions", checks.unknown_extensions_are_errors, "SEVERITY",
           {{"warning", false}, {"error", true}},
           "What an extension without a definition is: warning (default) or error");
  list.opt(
      "--references", checks.references, "POLICY",
      {{"resolvable", ReferencePolicy::resolvable},
       {"type-only", ReferencePolicy::type_only},
       {"must-exist", ReferencePolicy::must_exist}},
      "resolvable (default): contained resources and entries of the Bundle must be there, "
      "nothing outside the record is looked at; type-only: also the form and the type of other "
      "references must be right; must-exist: every reference must resolve inside the record");
  list.opt("--must-support", checks.must_support,
           "List elements that a profile marks as mustSupport and the record does not have (as "
           "information: the text report shows it with --verbose)");
  list.opt("--security-checks", checks.security_checks,
           "Text that looks like markup or script in a string is an error");
  list.opt("--no-contained", checks.check_contained, "Leave contained resources out");
  list.opt("--for-publication", checks.for_publication,
           "Stricter rules for conformance resources that are to be published");
}

}  // namespace lhcr::cmd
