// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/validate.hpp"

namespace lhcr::cmd {

void declare_checks(OptionList& list, validate::Options& checks) {
  using validate::ReferencePolicy;
  using validate::RuleSet;
  list.group("Checks");
  list.opt("--rules", checks.rules, "RULES",
           {{"auto", RuleSet::automatic}, {"nhs", RuleSet::nhs}, {"none", RuleSet::none}},
           "Apply rules beyond FHIR: nhs to every record, none, or auto (default): nhs to a record "
           "that claims a UK profile, uses a UK extension or carries an NHS number");
  list.opt("--no-best-practice", checks.best_practice,
           "Leave out invariants that are marked as best practice, such as dom-6, which asks for a "
           "narrative");
  list.opt("--should", checks.recommendations,
           "Report what a record lacks of what CDA templates recommend (SHOULD) as warnings");
  list.opt("--allow-example-urls", checks.allow_example_urls,
           "Accept URLs of example.org and the like");
  list.opt("--unknown-extensions", checks.unknown_extensions_are_errors, "SEVERITY",
           {{"warning", false}, {"error", true}},
           "Report an extension without a definition as an error (error) or as information "
           "(warning, the default)");
  list.opt("--references", checks.references, "POLICY",
           {{"resolvable", ReferencePolicy::resolvable},
            {"type-only", ReferencePolicy::type_only},
            {"must-exist", ReferencePolicy::must_exist}},
           "Set how references are checked: resolvable (default): contained resources and entries "
           "of the Bundle must be there, nothing outside the record is looked at; type-only: the "
           "form and the type of other references must also be right; must-exist: every reference "
           "must resolve inside the record");
  list.opt("--must-support", checks.must_support,
           "List elements that a profile marks as mustSupport and the record does not have (as "
           "information, which the text report shows with --verbose)");
  list.opt("--security-checks", checks.security_checks,
           "Report text in a string that looks like markup or script as an error");
  list.opt("--no-contained", checks.check_contained, "Do not check contained resources");
  list.opt("--for-publication", checks.for_publication,
           "Apply stricter rules to conformance resources that are to be published");
}

}  // namespace lhcr::cmd
