// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/below.hpp"

namespace lhcr::definition::compiler {
namespace {

using image::Section;

std::vector<std::string> strings(const Image& image, image::Range list) {
  const auto texts = image.texts(list);
  return {texts.begin(), texts.end()};
}

std::vector<TypeRefModel> read_types(const Image& image, image::Range list) {
  std::vector<TypeRefModel> types;
  for (const auto& row : image.rows<image::TypeRefRow>(Section::type_ref, list)) {
    TypeRefModel& type = types.emplace_back();
    type.code = image.text(row.code);
    type.profiles = strings(image, row.profiles);
    type.targets = strings(image, row.targets);
    type.aggregation = image.text(row.aggregation);
    type.versioning = image.text(row.versioning);
  }
  return types;
}

std::vector<InvariantModel> read_invariants(const Image& image, image::Range list) {
  std::vector<InvariantModel> invariants;
  for (const std::uint32_t number : image.rows<std::uint32_t>(Section::number_list, list)) {
    const auto& row = image.row<image::InvariantRow>(Section::invariant, number);
    InvariantModel& item = invariants.emplace_back();
    item.key = image.text(row.key);
    item.human = image.text(row.human);
    item.expression = image.text(row.expression);
    item.source = image.text(row.source);
    item.warning = (row.flags & image::invariant_warning) != 0;
    item.best_practice = (row.flags & image::invariant_best_practice) != 0;
  }
  return invariants;
}

void read_texts(const Image& image, const image::ElementRow& row, ElementModel& element) {
  element.id = image.text(row.id);
  element.path = image.text(row.path);
  element.slice_name = image.text(row.slice_name);
  element.short_text = image.text(row.short_text);
  image.read_values(row, element);
  element.value_set = image.text(row.value_set);
  element.max_value_set = image.text(row.max_value_set);
  element.content_reference = image.text(row.content_reference);
  element.slicing_rules = image.text(row.slicing_rules);
}

ElementModel read_element(const Image& image, const image::ElementRow& row) {
  ElementModel element;
  read_texts(image, row, element);
  element.min = row.min;
  element.max = row.max;
  element.base_max = row.base_max;
  element.has_base = true;
  element.max_length = row.max_length;
  element.modifier = (row.flags & image::element_modifier) != 0;
  element.must_support = (row.flags & image::element_must_support) != 0;
  element.attribute = (row.flags & image::element_attribute) != 0;
  element.sliced = (row.flags & image::element_sliced) != 0;
  element.slicing_ordered = (row.flags & image::element_slicing_ordered) != 0;
  element.strength = static_cast<Strength>(row.strength);
  for (const auto& item :
       image.rows<image::DiscriminatorRow>(Section::discriminator, row.discriminators)) {
    element.discriminators.push_back(
        {std::string(image.text(item.type)), std::string(image.text(item.path))});
  }
  element.types = read_types(image, row.types);
  element.invariants = read_invariants(image, row.invariants);
  return element;
}

std::unique_ptr<StructureModel> read_structure(const Image& image, const image::StructureRow& row) {
  auto structure = std::make_unique<StructureModel>();
  structure->url = image.text(row.url);
  structure->version = image.text(row.version);
  structure->name = image.text(row.name);
  structure->type = image.text(row.type);
  structure->base = image.text(row.base);
  structure->kind = static_cast<TypeKind>(row.kind);
  structure->abstract = (row.flags & image::structure_abstract) != 0;
  structure->constraint = (row.flags & image::structure_constraint) != 0;
  for (const auto& element : image.rows<image::ElementRow>(Section::element, row.elements)) {
    structure->elements.push_back(read_element(image, element));
  }
  link_elements(structure->elements);
  return structure;
}

CodeSystemModel read_code_system(const Image& image, const image::CodeSystemRow& row) {
  CodeSystemModel system;
  system.url = image.text(row.url);
  system.version = image.text(row.version);
  system.content = (row.flags & image::code_system_complete) != 0 ? "complete" : "fragment";
  system.case_sensitive = (row.flags & image::code_system_case_sensitive) != 0;
  system.properties_known = false;
  for (const auto& item : image.rows<image::ConceptRow>(Section::concept_row, row.concepts)) {
    const auto number = static_cast<std::uint32_t>(system.concepts.size());
    ConceptModel& added = system.concepts.emplace_back();
    added.code = image.text(item.code);
    added.display = image.text(item.display);
    added.abstract = (item.flags & image::concept_abstract) != 0;
    for (const std::uint32_t parent :
         image.rows<std::uint32_t>(Section::number_list, item.parents)) {
      if (parent >= row.concepts.first && parent - row.concepts.first < row.concepts.count) {
        added.parents.push_back(parent - row.concepts.first);
      }
    }
    system.index.emplace(added.code, number);
  }
  return system;
}

void read_slots(const Image& image, image::Range range, Codes& codes) {
  for (const image::Text at : image.rows<image::Text>(Section::code_slot, range)) {
    if (at != 0) {
      codes.insert(image.text(at));
    }
  }
}

void read_whole_system(const Image& image, std::uint32_t id, Codes& codes) {
  for (; id != 0; id = image.next_same_url<image::CodeSystemRow>(Section::code_system, id)) {
    const auto [holder, row] = image.at<image::CodeSystemRow>(Section::code_system, id);
    for (const auto& item : holder.rows<image::ConceptRow>(Section::concept_row, row.concepts)) {
      if ((item.flags & image::concept_abstract) == 0) {
        codes.insert(holder.text(item.code));
      }
    }
  }
}

void read_blocks(const Image& image, const image::ValueSetRow& row, Expansion& expansion) {
  expansion.incomplete = (row.flags & image::value_set_incomplete) != 0;
  for (const auto& block : image.rows<image::BlockRow>(Section::block, row.blocks)) {
    SystemPart& part = expansion.systems[image.text(block.system)];
    part.open = (block.flags & image::block_incomplete) != 0;
    part.whole = (block.flags & image::block_whole) != 0;
    read_slots(image, block.slots, part.codes);
    read_slots(image, block.excluded, part.excluded);
    if (block.code_system != 0) {
      read_whole_system(image, block.code_system, part.codes);
    }
  }
}

}  // namespace

const StructureModel* Below::structure(std::string_view canonical) {
  const std::uint32_t id = image_ == nullptr
                               ? 0
                               : image_->find_canonical<image::StructureRow>(
                                     Section::structure_slot, Section::structure, canonical);
  if (id == 0) {
    return nullptr;
  }
  std::unique_ptr<StructureModel>& known = structures_[id];
  if (!known) {
    const auto [holder, row] = image_->at<image::StructureRow>(Section::structure, id);
    known = read_structure(holder, row);
  }
  return known.get();
}

const std::vector<CodeSystemModel>& Below::code_systems(std::string_view url) {
  const auto known = code_systems_.find(url);
  if (known != code_systems_.end()) {
    return known->second;
  }
  std::vector<CodeSystemModel>& systems = code_systems_[std::string(url)];
  for (std::uint32_t id = this->id(Section::code_system, url); id != 0;
       id = image_->next_same_url<image::CodeSystemRow>(Section::code_system, id)) {
    const auto [holder, row] = image_->at<image::CodeSystemRow>(Section::code_system, id);
    systems.push_back(read_code_system(holder, row));
  }
  return systems;
}

const Expansion* Below::expansion(std::string_view canonical) {
  const std::uint32_t id = image_ == nullptr
                               ? 0
                               : image_->find_canonical<image::ValueSetRow>(
                                     Section::value_set_slot, Section::value_set, canonical);
  if (id == 0) {
    return nullptr;
  }
  const auto [known, added] = expansions_.try_emplace(id);
  if (added) {
    const auto [holder, row] = image_->at<image::ValueSetRow>(Section::value_set, id);
    read_blocks(holder, row, known->second);
  }
  return &known->second;
}

std::uint32_t Below::id(Section section, std::string_view url) const noexcept {
  if (image_ == nullptr) {
    return 0;
  }
  switch (section) {
    case Section::structure:
      return image_->find_url<image::StructureRow>(Section::structure_slot, section, url);
    case Section::value_set:
      return image_->find_url<image::ValueSetRow>(Section::value_set_slot, section, url);
    default:
      return image_->find_url<image::CodeSystemRow>(Section::code_system_slot, section, url);
  }
}

}  // namespace lhcr::definition::compiler
