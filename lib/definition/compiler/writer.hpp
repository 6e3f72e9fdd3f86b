// SPDX-License-Identifier: Apache-2.0
/// Turns the model into the sections of an image.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "definition/compiler/expand.hpp"
#include "definition/compiler/model.hpp"
#include "definition/compiler/pool.hpp"
#include "definition/compiler/types.hpp"
#include "definition/image/layout.hpp"

namespace lhcr::definition::compiler {

/// Fills sections; bytes() joins them.
class ImageWriter {
 public:
  /// `below` outlives the writer.
  explicit ImageWriter(Below& below);
  void add_structures(const Model& model);
  void add_canonicals(const Model& model);
  void add_terminology(const Model& model);
  [[nodiscard]] std::vector<std::byte> bytes(const std::string& fhir_version);

 private:
  std::uint32_t name(std::string_view name);
  image::Range text_list(const std::vector<std::string>& texts);
  image::Range type_refs(const std::vector<TypeRefModel>& types);
  image::Range invariants(const std::vector<InvariantModel>& invariants);
  image::Range discriminators(const std::vector<DiscriminatorModel>& discriminators);
  void add_structure(const StructureModel& structure);
  image::ElementRow element_row(const ElementModel& element, std::uint32_t first);
  void add_element_texts(const ElementModel& element, image::ElementRow& row);
  void add_types(const std::vector<TypeModel>& types);
  image::ChildRow child_row(const ChildModel& child);
  void add_code_system(const CodeSystemModel& system);
  image::ConceptRow concept_row(const ConceptModel& item, std::uint32_t first);
  void add_value_set(std::size_t set, Expander& expander, const Model& model);
  image::BlockRow block_row(std::string_view system, const SystemPart& part,
                            const Expander& expander, const Model& model);
  image::Range code_table(const Codes& codes, bool case_sensitive);
  [[nodiscard]] std::uint32_t code_system_id(std::string_view system,
                                             const Expander& expander) const;
  [[nodiscard]] bool is_case_sensitive(std::string_view system, const Expander& expander,
                                       const Model& model);
  const Codes& whole_system(std::string_view system, const Expander& expander);

  template <typename Row>
  [[nodiscard]] std::uint32_t other_version(image::Section section, std::string_view url,
                                            std::string_view version) const;
  template <typename Row>
  void link_below(std::vector<Row>& rows, image::Section section);

  Below& below_;
  TextPool texts_;
  std::map<std::string, std::uint32_t, std::less<>> name_numbers_;
  std::vector<image::Text> names_;
  std::vector<image::TypeRow> types_;
  std::vector<image::ChildRow> children_;
  std::vector<image::StructureRow> structures_;
  std::vector<image::ElementRow> elements_;
  ListPool<image::TypeRefRow> type_refs_;
  std::vector<image::InvariantRow> invariants_;
  std::map<std::string, std::uint32_t> invariant_numbers_;
  ListPool<image::DiscriminatorRow> discriminators_;
  ListPool<image::Text> text_lists_;
  ListPool<std::uint32_t> number_lists_;
  std::vector<image::ValueSetRow> value_sets_;
  std::vector<image::BlockRow> blocks_;
  ListPool<image::Text> code_slots_;
  std::vector<image::CodeSystemRow> code_systems_;
  std::vector<image::ConceptRow> concepts_;
  std::vector<std::uint32_t> concept_slots_;
  std::map<std::string, Codes> whole_systems_;
  std::vector<image::CanonicalRow> canonicals_;
  std::vector<std::uint32_t> structure_slots_, value_set_slots_, code_system_slots_,
      canonical_slots_;
};

}  // namespace lhcr::definition::compiler
