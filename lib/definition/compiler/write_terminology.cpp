// SPDX-License-Identifier: Apache-2.0
/// CodeSystems and expanded ValueSets in the image.
#include "definition/compiler/writer.hpp"

namespace lhcr::definition::compiler {

image::ConceptRow ImageWriter::concept_row(const ConceptModel& item, std::uint32_t first) {
  std::vector<std::uint32_t> parents = item.parents;
  for (std::uint32_t& parent : parents) {
    parent += first;
  }
  return {texts_.add(item.code), texts_.add(item.display), text_list(item.designations),
          number_lists_.add(parents)};
}

void ImageWriter::add_code_system(const CodeSystemModel& system) {
  image::CodeSystemRow row;
  row.url = texts_.add(system.url);
  row.version = texts_.add(system.version);
  row.name = texts_.add(system.name);
  row.flags = (system.complete() ? image::code_system_complete : 0U) |
              (system.case_sensitive ? image::code_system_case_sensitive : 0U);
  const std::uint32_t first = checked(concepts_.size());
  row.concepts = {first, checked(system.concepts.size())};
  std::vector<std::uint32_t> slots(slot_count(system.concepts.size()), 0);
  for (std::size_t at = 0; at < system.concepts.size(); ++at) {
    const ConceptModel& item = system.concepts[at];
    concepts_.push_back(concept_row(item, first));
    put(slots, system.case_sensitive ? image::hash(item.code) : image::folded_hash(item.code),
        checked(first + at));
  }
  row.slots = {checked(concept_slots_.size()), checked(slots.size())};
  concept_slots_.insert(concept_slots_.end(), slots.begin(), slots.end());
  code_systems_.push_back(row);
}

void ImageWriter::add_terminology(const Model& model) {
  for (const CodeSystemModel& system : model.code_systems) {
    add_code_system(system);
  }
  code_system_slots_ = index_by_url(code_systems_, texts_);
  value_set_slots_ = index_by_url(value_sets_, texts_);
}

}  // namespace lhcr::definition::compiler
