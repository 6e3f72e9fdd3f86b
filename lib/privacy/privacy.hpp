// SPDX-License-Identifier: Apache-2.0
/// Hides identities in typed trees by the rules of a policy.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "privacy/policy.hpp"
#include "tree/tree.hpp"

namespace lhcr::privacy {

/// What was touched. Counts nodes with a value.
struct Tally {
  std::uint64_t records = 0;
  std::uint64_t emptied = 0;             ///< records that could not be processed and were emptied
  std::vector<std::uint64_t> by_rule;    ///< in the order of Policy::rules
  std::uint64_t unmatched = 0;           ///< dropped because no rule kept them
  std::uint64_t masked_modifiers = 0;    ///< modifiers whose content went, and that say so
  std::vector<std::uint64_t> by_method;  ///< in the order of Method

  void add(const Tally& other);
};

/// The tally as one JSON object: records, and per rule its path, method and number of values.
[[nodiscard]] std::string tally_json(const Policy& policy, const Tally& tally);

/// Applies one policy to records. Keeps compiled rules and scratch; one belongs to one worker. The
/// policy, the keys and the symbols, into which intern_names() has put the policy's, must outlive
/// it. Throws Error{input} at the first record when a path or case is no FHIRPath.
class Anonymiser {
 public:
  Anonymiser(const Policy& policy, const Keys& keys, const SymbolTable& symbols);
  ~Anonymiser();

  /// Changes `tree`, which has been through definition::attach_types() with `definitions`. False
  /// when the record could not be processed: a finding says why, and nothing of it may be written.
  bool apply(tree::Tree& tree, const definition::Definitions& definitions, finding::Sink& sink);

  [[nodiscard]] const Tally& tally() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Lists what could still identify somebody in a typed tree: all but codes of published lists,
/// flags, short numbers and what the methods make, with its kind. One finding a place. NHS numbers
/// of the range for tests are nobody's, and listed with `test_numbers` only.
void check(const tree::Tree& tree, const definition::Definitions& definitions, bool test_numbers,
           finding::Sink& sink);

}  // namespace lhcr::privacy
