// SPDX-License-Identifier: Apache-2.0
#include "validate/nhs/unit.hpp"

#include "base/names.hpp"
#include "base/ucum.hpp"
#include "finding/id.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {

namespace {
/// Has a few codes that UCUM's grammar does not, such as [ppt].
constexpr std::string_view common_units = "http://hl7.org/fhir/ValueSet/ucum-common";
/// Records that make units up must not fill the memory.
constexpr std::size_t most_known = 10000;
}  // namespace

bool UnitVerdicts::is_ucum(const definition::Definitions& definitions, std::string_view code) {
  const auto found = known_.find(code);
  if (found != known_.end()) return found->second;
  const definition::ValueSetId common = definitions.value_set(common_units);
  const bool good = ucum::is_valid(code) || (common != definition::no_value_set &&
                                             definitions.contains(common, ucum_system, code) ==
                                                 definition::Membership::yes);
  if (known_.size() < most_known) known_.emplace(code, good);
  return good;
}

void check_unit(Run& run, tree::NodeId node) {
  const tree::NodeId code = run.child(node, name::code);
  if (run.has_text(code) && run.child_text(node, name::system) == ucum_system &&
      !run.state.units.is_ucum(run.definitions, run.tree[code].text())) {
    run.report(code, finding::id<"unit-not-ucum">, {std::string(run.tree[code].text())});
  }
}

}  // namespace lhcr::validate
