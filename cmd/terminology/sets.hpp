// SPDX-License-Identifier: Apache-2.0
/// ValueSets that `lhcr terminology` is asked about: those of the definitions and packages, those
/// that were added, those that a canonical alone defines.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/terminology/terminology.hpp"
#include "terminology/query/value_set.hpp"

namespace lhcr::cmd {

/// Whether an argument is the URL of a ValueSet, and no constraint.
[[nodiscard]] bool is_canonical(const std::string& text);

class ValueSets {
 public:
  /// `library` outlives the object.
  ValueSets(const terminology::Library& library, const TerminologyCommand& options, const Io& io);
  ~ValueSets();
  ValueSets(const ValueSets&) = delete;
  ValueSets& operator=(const ValueSets&) = delete;
  /// Throws Error{input} that says why when it cannot be told.
  [[nodiscard]] bool contains(const std::string& canonical, const SystemCode& code);
  /// By system and code. Throws Error{input}.
  [[nodiscard]] std::vector<terminology::SetCode> expand(const std::string& canonical);

 private:
  void require(const std::string& canonical) const;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::cmd
