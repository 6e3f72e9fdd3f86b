// SPDX-License-Identifier: Apache-2.0
#include "definition/version/demands.hpp"

#include <algorithm>

namespace lhcr::definition {
namespace {

/// The permitted codes of a row; no_value_set: any.
ValueSetId required_codes(const Definitions& definitions, const Child& row) {
  if (definitions.info(row.type).name != "code" || row.definition == no_element) {
    return no_value_set;
  }
  const Binding binding = definitions.element(row.definition).binding;
  return binding.strength == Strength::required ? binding.set : no_value_set;
}

}  // namespace

const Demands& DemandsOfTypes::of(TypeId type) {
  if (type >= known_.size()) known_.resize(type + 1);
  if (known_[type] == nullptr) known_[type] = std::make_unique<const Demands>(make(type));
  return *known_[type];
}

Demands DemandsOfTypes::make(TypeId type) const {
  constexpr std::size_t most = 64;
  Demands made;
  for (const Child& row : definitions_->children(type)) {
    std::uint64_t bit = 0;
    const bool must = row.definition != no_element && definitions_->element(row.definition).min > 0;
    if (must) {
      const auto known = std::find(made.names.begin(), made.names.end(), row.element);
      const auto at = static_cast<std::size_t>(known - made.names.begin());
      if (known == made.names.end() && at < most) made.names.push_back(row.element);
      bit = at < most ? std::uint64_t{1} << at : 0;
    }
    made.required.push_back(bit);
    made.all |= bit;
    made.codes.push_back(required_codes(*definitions_, row));
  }
  return made;
}

// Asked of a code that is not permitted here: so what other versions permit is seldom read.
bool DemandsOfTypes::are_own_codes(TypeId type, const Child& row) {
  const auto [at, is_new] = own_codes_.try_emplace(&row, false);
  if (is_new) at->second = differ_elsewhere(type, row);
  return at->second;
}

bool DemandsOfTypes::differ_elsewhere(TypeId type, const Child& row) const {
  constexpr std::size_t many = 1000;
  const std::vector<std::string_view> codes =
      definitions_->sample_codes(required_codes(*definitions_, row), many);
  return !codes.empty() &&
         std::any_of(versions_.begin(), versions_.end(), [&](const Definitions* other) {
           const TypeId same = other->type(definitions_->info(type).name);
           const Child* const there = same == no_type ? nullptr : other->child(same, row.written);
           if (there == nullptr || other == definitions_) return false;
           const ValueSetId theirs = required_codes(*other, *there);
           return theirs == no_value_set || other->sample_codes(theirs, many) != codes;
         });
}

}  // namespace lhcr::definition
