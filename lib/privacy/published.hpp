// SPDX-License-Identifier: Apache-2.0
/// What may be told of anybody because it was published for everybody: codes of published systems,
/// units, numbers too short to name a person.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::privacy {

/// One FHIR version's view of it; keeps what it looked up. One belongs to one worker.
class Published {
 public:
  explicit Published(const definition::Definitions& definitions) : definitions_(definitions) {}

  /// Whether `code` is one of `system`, which is published: of a list that the definitions have
  /// whole, or in the form that published.def gives. UCUM by is_unit().
  [[nodiscard]] bool is_coding(std::string_view system, std::string_view code);
  /// Whether a value of the primitive type code has a place in the value set that the element
  /// `node` is bound to.
  [[nodiscard]] bool is_bound_code(const tree::Tree& tree, tree::NodeId node);

 private:
  [[nodiscard]] definition::ValueSetId bound_set(const tree::Tree& tree, tree::NodeId node);
  [[nodiscard]] bool is_listed(std::string_view system, std::string_view code) const;

  const definition::Definitions& definitions_;
  std::unordered_map<definition::ElementId, definition::ValueSetId> sets_;
};

/// The version of a published code system: a short number, a date, an edition of SNOMED CT.
[[nodiscard]] bool is_version(std::string_view text);
/// A unit of UCUM without words in braces, or one of plain_units.def.
[[nodiscard]] bool is_unit(std::string_view text);
/// A number of many digits may be a telephone number, or anybody's: it is given with four that
/// count. nullopt: it is short enough as it is.
[[nodiscard]] std::optional<std::string> shorten_number(std::string_view text);
/// Whether a text has the form of what cryptoHash and pseudonymise make: 32 or 64 hexadecimal
/// digits, or a UUID.
[[nodiscard]] bool is_pseudonym(std::string_view text);

/// How old "97 a" is, in years; nullopt when it is no number, or the unit no time. No unit:
/// `usual`.
[[nodiscard]] std::optional<double> years_of(std::string_view value, std::string_view unit,
                                             std::string_view usual = {});

}  // namespace lhcr::privacy
