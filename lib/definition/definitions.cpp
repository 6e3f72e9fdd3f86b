// SPDX-License-Identifier: Apache-2.0
/// Types, structures and elements of an image.
#include "definition/definitions.hpp"

#include "base/text.hpp"
#include "definition/image/image.hpp"

namespace lhcr::definition {
namespace {

using image::Section;

std::vector<Element::Discriminator> discriminators(const Image& image,
                                                   const image::ElementRow& row) {
  std::vector<Element::Discriminator> found;
  for (const auto& item :
       image.rows<image::DiscriminatorRow>(Section::discriminator, row.discriminators)) {
    found.push_back({image.text(item.type), image.text(item.path)});
  }
  return found;
}

void fill_values(const Image& image, const image::ElementRow& row, Element& element) {
  image.read_values(row, element);
  element.max_length = row.max_length;
}

// Publishing stamps bindings with the version of FHIR, also those to sets that have versions of
// their own.
ValueSetId bound_set(const Definitions& definitions, std::string_view canonical) {
  const ValueSetId set = definitions.value_set(canonical);
  const std::size_t bar = canonical.find('|');
  const bool stamped =
      bar != std::string_view::npos && canonical.substr(bar + 1) == definitions.fhir_version();
  return set == no_value_set && stamped ? definitions.value_set(canonical.substr(0, bar)) : set;
}

void fill_flags(const image::ElementRow& row, Element& element) {
  element.choice = (row.flags & image::element_choice) != 0;
  element.modifier = (row.flags & image::element_modifier) != 0;
  element.must_support = (row.flags & image::element_must_support) != 0;
  element.attribute = (row.flags & image::element_attribute) != 0;
  element.sliced = (row.flags & image::element_sliced) != 0;
  element.slicing_ordered = (row.flags & image::element_slicing_ordered) != 0;
}

}  // namespace

Definitions::Definitions(std::span<const std::byte> image, SymbolTable& symbols)
    : image_(std::make_shared<const Image>(image, symbols)), types_(&image_->type_holder()) {}
Definitions::~Definitions() = default;

void Definitions::add_layer(std::span<const std::byte> image, SymbolTable& symbols) {
  image_ = std::make_shared<const Image>(image, symbols, image_);
  types_ = &image_->type_holder();
}

std::string_view Definitions::fhir_version() const {
  return image_->fhir_version();
}

TypeId Definitions::type(std::string_view name) const {
  return types_->type(name);
}

const TypeInfo& Definitions::info(TypeId type) const {
  const auto types = types_->types();
  return types[type < types.size() ? type : no_type];
}

bool Definitions::derives(TypeId type, TypeId ancestor) const {
  // The chain is short; counting it keeps a damaged image from looping.
  for (int steps = 0; type != no_type && steps < 64; ++steps) {
    if (type == ancestor) {
      return true;
    }
    type = info(type).base;
  }
  return false;
}

std::span<const TypeInfo> Definitions::types() const {
  return types_->types();
}

const Child* Definitions::child(TypeId parent, Symbol written) const {
  return types_->child(parent, written);
}

std::span<const Child> Definitions::children(TypeId parent) const {
  return types_->children(parent);
}

StructureId Definitions::structure(std::string_view canonical) const {
  return image_->find_canonical<image::StructureRow>(Section::structure_slot, Section::structure,
                                                     canonical);
}

Structure Definitions::structure_info(StructureId id) const {
  const auto [image, row] = image_->at<image::StructureRow>(Section::structure, id);
  Structure structure;
  structure.id = id;
  structure.url = image.text(row.url);
  structure.version = image.text(row.version);
  structure.name = image.text(row.name);
  structure.type = image.text(row.type);
  structure.kind = static_cast<TypeKind>(row.kind);
  structure.abstract = (row.flags & image::structure_abstract) != 0;
  structure.constraint = (row.flags & image::structure_constraint) != 0;
  structure.base = image.text(row.base);
  if (row.elements.count > 0) {
    structure.root = row.elements.first + image.id_offset(Section::element);
  }
  structure.status = image.text(row.status);
  structure.contexts = image.texts(row.contexts);
  structure.context_invariants = image.texts(row.context_invariants);
  structure.fhir_version = image.text(row.fhir_version);
  structure.problem = image.text(row.problem);
  return structure;
}

Element Definitions::element(ElementId id) const {
  const auto [image, row] = image_->at<image::ElementRow>(Section::element, id);
  Element element;
  element.id = image.text(row.id);
  element.path = image.text(row.path);
  element.slice_name = image.text(row.slice_name);
  element.short_text = image.text(row.short_text);
  element.name = image.symbol(row.name);
  element.min = row.min;
  element.max = row.max;
  element.base_max = row.base_max;
  fill_values(image, row, element);
  fill_flags(row, element);
  element.binding.strength = static_cast<Strength>(row.strength);
  element.binding.value_set = image.text(row.value_set);
  element.binding.set = bound_set(*this, element.binding.value_set);
  element.binding.max_value_set = image.text(row.max_value_set);
  element.binding.max_set = bound_set(*this, element.binding.max_value_set);
  element.content_reference = image.text(row.content_reference);
  element.slicing_rules = image.text(row.slicing_rules);
  element.discriminators = discriminators(image, row);
  element.parent = row.parent;
  element.first_child = row.first_child;
  element.next = row.next;
  return element;
}

std::vector<TypeRef> Definitions::element_types(ElementId id) const {
  const auto [image, row] = image_->at<image::ElementRow>(Section::element, id);
  std::vector<TypeRef> types;
  for (const auto& item : image.rows<image::TypeRefRow>(Section::type_ref, row.types)) {
    const std::string_view code = image.text(item.code);
    types.push_back({code, type(code), image.texts(item.profiles), image.texts(item.targets),
                     image.text(item.aggregation), image.text(item.versioning)});
  }
  return types;
}

std::vector<Invariant> Definitions::element_invariants(ElementId id) const {
  const auto [image, row] = image_->at<image::ElementRow>(Section::element, id);
  std::vector<Invariant> invariants;
  for (const std::uint32_t number :
       image.rows<std::uint32_t>(Section::number_list, row.invariants)) {
    const auto& item = image.row<image::InvariantRow>(Section::invariant, number);
    invariants.push_back({image.text(item.key), image.text(item.human), image.text(item.expression),
                          image.text(item.source), (item.flags & image::invariant_warning) != 0,
                          (item.flags & image::invariant_best_practice) != 0});
  }
  return invariants;
}

std::vector<std::string_view> Definitions::structure_urls() const {
  std::vector<std::string_view> urls;
  for (StructureId id = 1; id < image_->id_end(Section::structure); ++id) {
    const auto [image, row] = image_->at<image::StructureRow>(Section::structure, id);
    urls.push_back(image.text(row.url));
  }
  return urls;
}

std::string_view Definitions::canonical_type(std::string_view canonical) const {
  const auto [image, row] = image_->canonical(without_version(canonical));
  return image.text(row.type);
}

bool Definitions::is_given(std::string_view canonical) const {
  const auto [image, row] = image_->canonical(without_version(canonical));
  return image.is_layer() && row.url != 0;
}

std::string_view Definitions::resource(std::string_view canonical) const {
  const auto [image, row] = image_->canonical(without_version(canonical));
  return image.text(row.resource);
}

}  // namespace lhcr::definition
