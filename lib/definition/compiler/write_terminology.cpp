// SPDX-License-Identifier: Apache-2.0
/// CodeSystems and expanded ValueSets in the image.
#include "definition/compiler/expand.hpp"
#include "definition/compiler/writer.hpp"
#include "terminology/composition.hpp"

namespace lhcr::definition::compiler {
namespace {

std::uint32_t code_hash(std::string_view code, bool case_sensitive) {
  return case_sensitive ? image::hash(code) : image::folded_hash(code);
}

std::vector<terminology::SetPart> parts(const std::vector<IncludeModel>& includes) {
  std::vector<terminology::SetPart> made;
  for (const IncludeModel& include : includes) {
    terminology::SetPart& part = made.emplace_back();
    part.system = include.system;
    part.codes = include.codes;
    part.sets = include.value_sets;
    for (const FilterModel& filter : include.filters) {
      part.filters.push_back({filter.property, filter.op, filter.value});
    }
  }
  return made;
}

}  // namespace

image::ConceptRow ImageWriter::concept_row(const ConceptModel& item, std::uint32_t first) {
  std::vector<std::uint32_t> parents = item.parents;
  for (std::uint32_t& parent : parents) {
    parent += first;
  }
  return {texts_.add(item.code), texts_.add(item.display), text_list(item.designations),
          number_lists_.add(parents), item.abstract ? image::concept_abstract : 0U};
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
    put(slots, code_hash(item.code, system.case_sensitive), checked(first + at));
  }
  row.slots = {checked(concept_slots_.size()), checked(slots.size())};
  concept_slots_.insert(concept_slots_.end(), slots.begin(), slots.end());
  code_systems_.push_back(row);
}

image::Range ImageWriter::code_table(const Codes& codes, bool case_sensitive) {
  if (codes.empty()) {
    return {};
  }
  std::vector<image::Text> slots(slot_count(codes.size()), 0);
  for (const std::string_view code : codes) {
    put(slots, code_hash(code, case_sensitive), texts_.add(code));
  }
  return code_slots_.add(slots);
}

image::BlockRow ImageWriter::block_row(std::string_view system, const SystemPart& part,
                                       const Expander& expander, const Model& model) {
  image::BlockRow row;
  row.system = texts_.add(system);
  const std::uint32_t known = code_system_id(system, expander);
  const bool case_sensitive = is_case_sensitive(system, expander, model);
  row.flags = (part.open ? image::block_incomplete : 0U) | (part.whole ? image::block_whole : 0U) |
              (case_sensitive ? 0U : image::block_ignore_case);
  row.count = checked(part.codes.size());
  if (known != 0 && !part.codes.empty() && part.codes == whole_system(system, expander)) {
    row.code_system = known;
  } else {
    row.slots = code_table(part.codes, case_sensitive);
  }
  row.excluded = part.open ? code_table(part.excluded, case_sensitive) : image::Range{};
  return row;
}

std::uint32_t ImageWriter::code_system_id(std::string_view system, const Expander& expander) const {
  const std::ptrdiff_t own = expander.code_system(system);
  return own < 0 ? below_.id(image::Section::code_system, system)
                 : checked(static_cast<std::size_t>(own) + 1) +
                       below_.id_offset(image::Section::code_system);
}

bool ImageWriter::is_case_sensitive(std::string_view system, const Expander& expander,
                                    const Model& model) {
  const std::ptrdiff_t own = expander.code_system(system);
  if (own >= 0) {
    return model.code_systems[static_cast<std::size_t>(own)].case_sensitive;
  }
  const auto& known = below_.code_systems(system);
  return known.empty() || known.front().case_sensitive;
}

const Codes& ImageWriter::whole_system(std::string_view system, const Expander& expander) {
  const auto [known, added] = whole_systems_.try_emplace(std::string(system));
  if (added) {
    known->second = expander.all_codes(system);
  }
  return known->second;
}

void ImageWriter::add_value_set(std::size_t set, Expander& expander, const Model& model) {
  const ValueSetModel& source = model.value_sets[set];
  const Expansion& expansion = expander.expand(set);
  image::ValueSetRow row;
  row.url = texts_.add(source.url);
  row.version = texts_.add(source.version);
  row.name = texts_.add(source.name);
  row.flags = expansion.incomplete ? image::value_set_incomplete : 0U;
  row.blocks.first = checked(blocks_.size());
  for (const auto& [system, part] : expansion.systems) {
    if (part.open || !part.codes.empty()) {
      blocks_.push_back(block_row(system, part, expander, model));
    }
  }
  row.blocks.count = checked(blocks_.size()) - row.blocks.first;
  if (is_open(expansion)) {
    row.composition = text_list(terminology::composition_texts(
        {parts(source.includes), parts(source.excludes), source.active_only}));
  }
  value_sets_.push_back(row);
}

void ImageWriter::add_terminology(const Model& model) {
  for (const CodeSystemModel& system : model.code_systems) {
    add_code_system(system);
  }
  Expander expander(model, below_);
  for (std::size_t set = 0; set < model.value_sets.size(); ++set) {
    add_value_set(set, expander, model);
  }
  code_system_slots_ = index_by_url(code_systems_, texts_);
  value_set_slots_ = index_by_url(value_sets_, texts_);
  link_below(code_systems_, image::Section::code_system);
  link_below(value_sets_, image::Section::value_set);
}

}  // namespace lhcr::definition::compiler
