// SPDX-License-Identifier: Apache-2.0
#include "validate/element/released_sets.hpp"

namespace lhcr::validate {

using definition::Membership;

ReleasedSets::ReleasedSets(const definition::Definitions& definitions,
                           const terminology::Library* library)
    : definitions_(definitions), library_(library), defined_(definitions) {
  if (library != nullptr && !library->empty()) {
    implicit_.emplace(*library);
    stored_.emplace(*library);
    directory_.emplace(
        std::vector<const terminology::SetDirectory*>{&*implicit_, &defined_, &*stored_});
    judge_.emplace(*library, *directory_);
  }
}

Membership ReleasedSets::contains(definition::ValueSetId set, std::string_view system,
                                  std::string_view code) {
  const Membership found = definitions_.contains(set, system, code);
  return found == Membership::yes || found == Membership::no ? found
                                                             : released(set, system, code, found);
}

Membership ReleasedSets::contains(std::string_view canonical, std::string_view system,
                                  std::string_view code) {
  const definition::ValueSetId set = definitions_.value_set(canonical);
  if (set != definition::no_value_set) {
    return contains(set, system, code);
  }
  const std::optional<bool> in = judge_ ? judge_->contains(canonical, system, code) : std::nullopt;
  return !in ? Membership::unknown : *in ? Membership::yes : Membership::no;
}

Membership ReleasedSets::released(definition::ValueSetId set, std::string_view system,
                                  std::string_view code, Membership without) {
  if (!judge_ || set == definition::no_value_set) {
    return without;
  }
  const auto [canonical, fresh] = canonicals_.try_emplace(set);
  if (fresh) {
    canonical->second = definition::canonical_of(definitions_, set);
  }
  const std::optional<bool> in = judge_->contains(canonical->second, system, code);
  return !in ? without : *in ? Membership::yes : Membership::no;
}

std::optional<bool> ReleasedSets::subsumes(std::string_view system, std::string_view above,
                                           std::string_view below) const {
  return library_ == nullptr ? std::nullopt
                             : terminology::subsumes(*library_, system, above, below);
}

}  // namespace lhcr::validate
