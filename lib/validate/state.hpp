// SPDX-License-Identifier: Apache-2.0
/// What a validator keeps from record to record: plans, profiles, and what single rules found out.
/// For the checks that use it; the others do with run.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhirpath/fhirpath.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/nhs/unit.hpp"
#include "validate/plan/plan.hpp"
#include "validate/plan/profile.hpp"
#include "validate/validate.hpp"

namespace lhcr::validate {

class CdaRules;
class ReleasedSets;
struct PackageForm;

struct Validator::State {
  State(const definition::Definitions& definitions, const SymbolTable& symbols, Options options);
  ~State();

  const definition::Definitions& definitions;
  const SymbolTable& symbols;
  const Options options;
  Plans plans;
  Profiles profiles;
  NhsRules nhs;
  UnitVerdicts units;
  fhirpath::Evaluator evaluator;
  std::vector<std::uint32_t> counts;  ///< children per element, one frame per open node
  /// Questionnaires of packages by the canonical asked for; nullptr: not here.
  std::unordered_map<std::string, std::unique_ptr<PackageForm>> forms;
  /// Whether references may lead to a type, by the list of the types that they may have and that
  /// type: records ask the same again and again.
  std::unordered_map<std::uint64_t, bool> targets;
  /// The codes of small value sets, for hints.
  std::unordered_map<definition::ValueSetId, std::vector<std::string_view>> permitted;
  bool stu3 = false;
  std::unique_ptr<ReleasedSets> sets;
  std::unique_ptr<const CdaRules> cda;  ///< of the definitions of CDA only
};

}  // namespace lhcr::validate
