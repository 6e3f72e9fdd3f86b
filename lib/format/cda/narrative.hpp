// SPDX-License-Identifier: Apache-2.0
/// What may stand where in the narrative block of CDA R2 (StrucDoc.Text), by narrative.txt.
#pragma once

#include <string_view>
#include <vector>

namespace lhcr::format {

/// A child or attribute of a narrative element. Children of a higher group stand behind those of
/// lower ones.
struct NarrativeWord {
  std::string_view name;
  unsigned group = 0;
  bool needed = false;  ///< one must be there
};

struct NarrativeRule {
  std::string_view element;
  std::vector<NarrativeWord> children;
  std::vector<NarrativeWord> attributes;  ///< without those that nearly every element has
  bool text = false;                      ///< words may stand in it

  /// nullptr when there may be no such child.
  [[nodiscard]] const NarrativeWord* child(std::string_view name) const;
  /// Attributes of other namespaces (xml:, xsi:) are none of the narrative's; they may stand.
  [[nodiscard]] bool allows_attribute(std::string_view name) const;
};

/// The rule for an element, `text` being the block itself; nullptr when there is no such element.
[[nodiscard]] const NarrativeRule* narrative_rule(std::string_view element);

}  // namespace lhcr::format
