// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/writer.hpp"

#include <cstring>
#include <type_traits>

namespace lhcr::definition::compiler {
namespace {

using image::ElementFlag;
using image::Range;

/// Joins sections behind a header.
class Joiner {
 public:
  explicit Joiner(std::vector<std::byte>& bytes) : bytes_(bytes) {
    bytes_.resize(sizeof(image::Header));
  }

  template <typename Row>
  void add(image::Section section, const std::vector<Row>& rows) {
    static_assert(std::is_trivially_copyable_v<Row>);
    add(section, rows.data(), rows.size(), sizeof(Row));
  }

  void add(image::Section section, const std::string& text) {
    add(section, text.data(), text.size(), 1);
  }

  void finish(image::Text fhir_version, const Below& below) {
    header_.magic = image::magic;
    header_.layout = image::layout_version;
    header_.fhir_version = fhir_version;
    header_.size = bytes_.size();
    for (const image::Section section : image::id_sections) {
      header_.id_offsets[static_cast<std::size_t>(section)] = below.id_offset(section);
    }
    header_.checksum =
        image::checksum({reinterpret_cast<const char*>(bytes_.data()) + sizeof(header_),
                         bytes_.size() - sizeof(header_)});
    std::memcpy(bytes_.data(), &header_, sizeof(header_));
  }

 private:
  void add(image::Section section, const void* rows, std::size_t count, std::size_t row_size) {
    constexpr std::size_t alignment = 8;
    const std::size_t size = count * row_size;
    header_.sections[static_cast<std::size_t>(section)] = {bytes_.size(), count};
    const auto* const from = static_cast<const std::byte*>(rows);
    bytes_.insert(bytes_.end(), from, from + size);
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
  }

  std::vector<std::byte>& bytes_;
  image::Header header_;
};

std::uint32_t element_flags(const ElementModel& element) {
  std::uint32_t flags = 0;
  const auto set = [&](bool condition, ElementFlag flag) {
    flags |= condition ? static_cast<std::uint32_t>(flag) : 0U;
  };
  set(element.choice(), image::element_choice);
  set(element.modifier, image::element_modifier);
  set(element.must_support, image::element_must_support);
  set(element.attribute, image::element_attribute);
  set(element.sliced, image::element_sliced);
  set(element.slicing_ordered, image::element_slicing_ordered);
  return flags;
}

}  // namespace

ImageWriter::ImageWriter(Below& below)
    : below_(below),
      names_(1),
      types_(1),
      structures_(1),
      elements_(1),
      invariants_(1),
      value_sets_(1),
      blocks_(1),
      code_systems_(1),
      concepts_(1),
      canonicals_(1) {}

std::uint32_t ImageWriter::name(std::string_view name) {
  const auto known = name_numbers_.find(name);
  if (known != name_numbers_.end()) {
    return known->second;
  }
  const std::uint32_t number = checked(names_.size());
  names_.push_back(texts_.add(name));
  name_numbers_.emplace(name, number);
  return number;
}

Range ImageWriter::text_list(const std::vector<std::string>& texts) {
  std::vector<image::Text> list;
  list.reserve(texts.size());
  for (const std::string& text : texts) {
    list.push_back(texts_.add(text));
  }
  return text_lists_.add(list);
}

Range ImageWriter::type_refs(const std::vector<TypeRefModel>& types) {
  std::vector<image::TypeRefRow> rows;
  rows.reserve(types.size());
  for (const TypeRefModel& type : types) {
    rows.push_back({texts_.add(type.code), text_list(type.profiles), text_list(type.targets),
                    texts_.add(type.aggregation), texts_.add(type.versioning)});
  }
  return type_refs_.add(rows);
}

Range ImageWriter::invariants(const std::vector<InvariantModel>& invariants) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(invariants.size());
  for (const InvariantModel& item : invariants) {
    image::InvariantRow row{texts_.add(item.key), texts_.add(item.human),
                            texts_.add(item.expression), texts_.add(item.source), 0};
    row.flags = (item.warning ? image::invariant_warning : 0U) |
                (item.best_practice ? image::invariant_best_practice : 0U);
    const std::string key(reinterpret_cast<const char*>(&row), sizeof(row));
    const auto [known, added] = invariant_numbers_.try_emplace(key, checked(invariants_.size()));
    if (added) {
      invariants_.push_back(row);
    }
    numbers.push_back(known->second);
  }
  return number_lists_.add(numbers);
}

Range ImageWriter::discriminators(const std::vector<DiscriminatorModel>& discriminators) {
  std::vector<image::DiscriminatorRow> rows;
  rows.reserve(discriminators.size());
  for (const DiscriminatorModel& item : discriminators) {
    rows.push_back({texts_.add(item.type), texts_.add(item.path)});
  }
  return discriminators_.add(rows);
}

void ImageWriter::add_element_texts(const ElementModel& element, image::ElementRow& row) {
  row.id = texts_.add(element.id);
  row.path = texts_.add(element.path);
  row.slice_name = texts_.add(element.slice_name);
  row.short_text = texts_.add(element.short_text);
  row.min_value = texts_.add(element.min_value);
  row.max_value = texts_.add(element.max_value);
  row.fixed = texts_.add(element.fixed);
  row.fixed_type = texts_.add(element.fixed_type);
  row.pattern = texts_.add(element.pattern);
  row.pattern_type = texts_.add(element.pattern_type);
  row.value_set = texts_.add(element.value_set);
  row.max_value_set = texts_.add(element.max_value_set);
  row.content_reference = texts_.add(element.content_reference);
  row.slicing_rules = texts_.add(element.slicing_rules);
}

image::ElementRow ImageWriter::element_row(const ElementModel& element, std::uint32_t first) {
  const auto link = [&](std::int32_t index) {
    return index < 0 ? 0U : first + static_cast<std::uint32_t>(index);
  };
  image::ElementRow row;
  add_element_texts(element, row);
  row.name = name(element.name());
  row.min = element.min;
  row.max = element.max;
  row.base_max = element.base_max;
  row.max_length = element.max_length;
  row.flags = element_flags(element);
  row.strength = static_cast<std::uint32_t>(element.strength);
  row.discriminators = discriminators(element.discriminators);
  row.types = type_refs(element.types);
  row.invariants = invariants(element.invariants);
  row.parent = link(element.parent);
  row.first_child = link(element.first_child);
  row.next = link(element.next);
  return row;
}

void ImageWriter::add_structure(const StructureModel& structure) {
  image::StructureRow row;
  row.url = texts_.add(structure.url);
  row.version = texts_.add(structure.version);
  row.name = texts_.add(structure.name);
  row.type = texts_.add(structure.type);
  row.base = texts_.add(structure.base);
  row.status = texts_.add(structure.status);
  row.kind = static_cast<std::uint32_t>(structure.kind);
  row.flags = (structure.abstract ? image::structure_abstract : 0U) |
              (structure.constraint ? image::structure_constraint : 0U);
  row.contexts = text_list(structure.contexts);
  row.context_invariants = text_list(structure.context_invariants);
  row.fhir_version = texts_.add(structure.fhir_version);
  row.problem = texts_.add(structure.problem);
  const std::uint32_t first = checked(elements_.size());
  if (!structure.elements.empty()) {
    row.elements = {first, checked(structure.elements.size())};
  }
  const std::uint32_t first_id = first + below_.id_offset(image::Section::element);
  for (const ElementModel& element : structure.elements) {
    elements_.push_back(element_row(element, first_id));
  }
  structures_.push_back(row);
}

// A row takes the place of one below that has the same url and version.
template <typename Row>
std::uint32_t ImageWriter::other_version(image::Section section, std::string_view url,
                                         std::string_view version) const {
  std::uint32_t id = below_.id(section, url);
  while (id != 0) {
    const Located<Row> found = below_.image()->at<Row>(section, id);
    if (found.image.text(found->version) != version) {
      break;
    }
    id = below_.image()->next_same_url<Row>(section, id);
  }
  return id;
}

// Chains of equal urls hold row numbers so far; ids and the way down to the rows below come here.
template <typename Row>
void ImageWriter::link_below(std::vector<Row>& rows, image::Section section) {
  const std::uint32_t offset = below_.id_offset(section);
  for (std::size_t at = 1; at < rows.size() && offset != 0; ++at) {
    std::uint32_t& next = rows[at].next_same_url;
    next = next != 0 ? next + offset
                     : other_version<Row>(section, texts_.text(rows[at].url),
                                          texts_.text(rows[at].version));
  }
}
template void ImageWriter::link_below(std::vector<image::ValueSetRow>&, image::Section);
template void ImageWriter::link_below(std::vector<image::CodeSystemRow>&, image::Section);

image::ChildRow ImageWriter::child_row(const ChildModel& child) {
  return {name(child.written), name(child.element), child.definition,
          child.type,          child.order,         child.flags};
}

void ImageWriter::add_types(const std::vector<TypeModel>& types) {
  for (std::size_t at = 1; at < types.size(); ++at) {
    const TypeModel& type = types[at];
    image::TypeRow row;
    row.name = texts_.add(type.name);
    row.kind = static_cast<std::uint32_t>(type.kind);
    row.abstract = type.abstract ? 1 : 0;
    row.base = type.base;
    row.root = type.root;
    row.structure = type.structure;
    row.pattern = texts_.add(type.pattern);
    row.json_kind = static_cast<std::uint32_t>(type.json_kind);
    row.children = {checked(children_.size()), checked(type.children.size())};
    for (const ChildModel& child : type.children) {
      children_.push_back(child_row(child));
    }
    types_.push_back(row);
  }
}

void ImageWriter::add_structures(const Model& model) {
  // The texts of types and names come first, so that opening an image touches few pages.
  add_types(build_types(model.structures, below_));
  for (const StructureModel& structure : model.structures) {
    for (const ElementModel& element : structure.elements) {
      name(element.name());
    }
  }
  for (const StructureModel& structure : model.structures) {
    add_structure(structure);
  }
  structure_slots_ = index_by_url(structures_, texts_);
  link_below(structures_, image::Section::structure);
}

void ImageWriter::add_canonicals(const Model& model) {
  for (const CanonicalModel& item : model.canonicals) {
    canonicals_.push_back({texts_.add(item.url), texts_.add(item.type), texts_.add(item.resource)});
  }
  canonical_slots_ = index_by_url(canonicals_, texts_);
}

std::vector<std::byte> ImageWriter::bytes(const std::string& fhir_version) {
  using image::Section;
  const image::Text version = texts_.add(fhir_version);
  std::vector<std::byte> out;
  Joiner joiner(out);
  joiner.add(Section::text, texts_.bytes());
  joiner.add(Section::name, names_);
  joiner.add(Section::type, types_);
  joiner.add(Section::child, children_);
  joiner.add(Section::structure, structures_);
  joiner.add(Section::element, elements_);
  joiner.add(Section::type_ref, type_refs_.rows());
  joiner.add(Section::invariant, invariants_);
  joiner.add(Section::discriminator, discriminators_.rows());
  joiner.add(Section::text_list, text_lists_.rows());
  joiner.add(Section::number_list, number_lists_.rows());
  joiner.add(Section::value_set, value_sets_);
  joiner.add(Section::block, blocks_);
  joiner.add(Section::code_slot, code_slots_.rows());
  joiner.add(Section::code_system, code_systems_);
  joiner.add(Section::concept_row, concepts_);
  joiner.add(Section::concept_slot, concept_slots_);
  joiner.add(Section::canonical, canonicals_);
  joiner.add(Section::structure_slot, structure_slots_);
  joiner.add(Section::value_set_slot, value_set_slots_);
  joiner.add(Section::code_system_slot, code_system_slots_);
  joiner.add(Section::canonical_slot, canonical_slots_);
  joiner.finish(version, below_);
  return out;
}

}  // namespace lhcr::definition::compiler
