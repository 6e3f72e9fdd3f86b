// SPDX-License-Identifier: Apache-2.0
/// Validation of typed trees against the definitions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "tree/tree.hpp"

namespace lhcr::terminology {
class Library;
}

namespace lhcr::validate {

class Terminology;

/// How references to other resources are judged.
enum class ReferencePolicy {
  resolvable,  ///< inside the record: contained and Bundle entries must resolve; outside is not
               ///< looked at
  type_only,   ///< also the type named by a relative reference must be allowed, and its form is
               ///< judged
  must_exist,  ///< every reference must resolve inside the record, but for example URLs when those
               ///< are allowed
};

/// Which rules beyond FHIR are applied.
enum class RuleSet {
  automatic,  ///< the NHS rules for a record that claims a UK profile, uses a UK extension or
              ///< carries an NHS number
  nhs,        ///< the NHS rules for every record
  none,
};

struct Options {
  std::vector<std::string> profiles;  ///< canonicals every record must conform to
  bool best_practice = true;          ///< report invariants marked best practice (as warnings)
  bool allow_example_urls = false;    ///< example.org and the like are no finding
  bool unknown_extensions_are_errors = false;
  bool security_checks = false;  ///< text in strings that looks like markup is an error
  bool must_support = false;     ///< report mustSupport elements of profiles that are absent
  bool check_contained = true;   ///< contained resources are checked; false: they are only counted
  bool for_publication = false;  ///< stricter rules for conformance resources
  bool recommendations = false;  ///< report what templates of CDA recommend (SHOULD), as warnings
  bool xml_order = false;        ///< the record came from XML: element order matters
  ReferencePolicy references = ReferencePolicy::resolvable;
  RuleSet rules = RuleSet::automatic;
  /// Judges codes that the definitions cannot judge; nullptr: they are counted as not checked.
  /// Outlives the validator.
  Terminology* terminology = nullptr;
  /// Releases of code systems that judge codes and displays; nullptr: none. Outlives the validator.
  const lhcr::terminology::Library* library = nullptr;
  /// Definitions of other FHIR versions, so that a profile that is for one of them is told from one
  /// that is not here. Outlive the validator.
  std::vector<const definition::Definitions*> other_versions;
  std::string latest_day;  ///< "2026-01-31": later days are in the future; empty: not judged
};

/// Checks records against one FHIR version. Plans of types are compiled at first use and kept. One
/// validator belongs to one worker.
class Validator {
 public:
  struct State;
  Validator(const definition::Definitions& definitions, const SymbolTable& symbols,
            Options options);
  ~Validator();
  /// `tree` has been through definition::attach_types(), or attach_cda_types() for those of CDA.
  /// Findings come in document order.
  void validate(const tree::Tree& tree, finding::Sink& sink);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::validate
