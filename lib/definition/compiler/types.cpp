// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/types.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "base/error.hpp"

namespace lhcr::definition::compiler {
namespace {

/// What all data types of CDA are.
constexpr std::string_view any_type = "ANY";

/// The last segment of a canonical: the type's name in its own structure's url.
std::string_view last_segment(std::string_view url) {
  return url.substr(url.rfind('/') + 1);
}

class TypeBuilder {
 public:
  TypeBuilder(const std::vector<StructureModel>& structures, const Below& below)
      : structures_(structures),
        below_(below.image()),
        first_type_(below.id_offset(image::Section::type)),
        first_structure_(below.id_offset(image::Section::structure)) {
    ElementId next = below.id_offset(image::Section::element) + 1;
    for (const StructureModel& structure : structures) {
      first_element_.push_back(next);
      next += static_cast<ElementId>(structure.elements.size());
    }
  }

  std::vector<TypeModel> build() {
    types_.emplace_back();
    add_named(false);
    add_named(true);
    const std::size_t named = types_.size();
    for (std::size_t type = 1; type < named; ++type) {
      add_backbones(owner(types_[type]));
    }
    if (first_type_ + types_.size() > std::numeric_limits<TypeId>::max()) {
      throw Error(ErrorKind::input, "the packages define more than 65,535 types");
    }
    link_bases(named);
    for (std::size_t type = 1; type < named; ++type) {
      describe_primitive(types_[type]);
    }
    for (std::size_t type = 1; type < named; ++type) {
      fill_children(owner(types_[type]));
    }
    return std::move(types_);
  }

 private:
  using Place = std::pair<std::size_t, std::size_t>;  // structure, element

  // Logical models come last, so that they never hide a type that records use.
  void add_named(bool logical) {
    for (std::size_t at = 0; at < structures_.size(); ++at) {
      const StructureModel& structure = structures_[at];
      const std::string name(last_segment(structure.type));
      if (structure.constraint || structure.elements.empty() ||
          (structure.kind == TypeKind::logical) != logical || find(name) != no_type) {
        continue;
      }
      TypeModel type;
      type.name = name;
      type.kind = structure.kind;
      type.abstract = structure.abstract;
      type.root = first_element_[at];
      type.structure = structure_id(at);
      named_.emplace(name, add({at, 0}, std::move(type)));
    }
  }

  void add_backbones(std::size_t at) {
    const StructureModel& structure = structures_[at];
    for (std::size_t element = 1; element < structure.elements.size(); ++element) {
      if (structure.elements[element].first_child < 0) {
        continue;
      }
      TypeModel type;
      type.name = structure.elements[element].path;
      type.kind = TypeKind::backbone;
      type.root = element_id(at, element);
      type.structure = structure_id(at);
      add({at, element}, std::move(type));
    }
  }

  TypeId add(Place place, TypeModel type) {
    const auto id = static_cast<TypeId>(first_type_ + types_.size());
    places_.emplace(place, id);
    types_.push_back(std::move(type));
    return id;
  }

  void link_bases(std::size_t named) {
    for (std::size_t at = 1; at < types_.size(); ++at) {
      TypeModel& type = types_[at];
      if (at < named) {
        type.base = base_of(structures_[owner(type)]);
      } else {
        const ElementModel& element = element_of(owner(type), type.root);
        type.base = element.types.empty() ? no_type : find(element.types.front().code);
      }
    }
  }

  /// The base's url need not end in its name, and a primitive of CDA may have the name of the one
  /// of FHIR that it is a kind of.
  [[nodiscard]] TypeId base_of(const StructureModel& structure) const {
    const auto base =
        std::find_if(structures_.begin(), structures_.end(),
                     [&](const StructureModel& known) { return known.url == structure.base; });
    if (base != structures_.end() && !base->constraint) {
      return find(last_segment(base->type));
    }
    return structure.cda ? no_type : find(last_segment(structure.base));
  }

  // A primitive's own definition of its value says how it is written; what it leaves open comes
  // from its base.
  void describe_primitive(TypeModel& type) {
    if (type.kind != TypeKind::primitive || type.json_kind != tree::Kind::object) {
      return;
    }
    type.json_kind = tree::Kind::string;
    for (const ElementModel& element : structures_[owner(type)].elements) {
      if (is_value(type.kind, element) && !element.types.empty()) {
        type.pattern = element.types.front().pattern;
        type.json_kind = element.types.front().json_kind;
        type.xhtml = element.xhtml;
      }
    }
    TypeModel* const base = own(type.base);
    if (base == nullptr || base->kind != TypeKind::primitive) {
      return;
    }
    describe_primitive(*base);
    type.pattern = type.pattern.empty() ? base->pattern : type.pattern;
    type.json_kind = base->json_kind != tree::Kind::string ? base->json_kind : type.json_kind;
  }

  /// The element that stands for a primitive's own value: not a child in any format.
  static bool is_value(TypeKind kind, const ElementModel& element) {
    return kind == TypeKind::primitive && element.name() == "value";
  }

  void fill_children(std::size_t at) {
    const StructureModel& structure = structures_[at];
    for (std::size_t element = 0; element < structure.elements.size(); ++element) {
      const auto type = places_.find({at, element});
      if (type != places_.end()) {
        fill_children(at, element, *own(type->second));
      }
    }
  }

  void fill_children(std::size_t at, std::size_t parent, TypeModel& type) {
    const auto& elements = structures_[at].elements;
    std::uint16_t order = 0;
    bool loose = false;
    for (std::int32_t child = elements[parent].first_child; child >= 0;
         child = elements[static_cast<std::size_t>(child)].next) {
      const auto index = static_cast<std::size_t>(child);
      const ElementModel& element = elements[index];
      if (!element.slice_name.empty() || is_value(type.kind, element)) {
        continue;
      }
      ChildModel row;
      row.element = element.name();
      row.definition = element_id(at, index);
      order = static_cast<std::uint16_t>(order + (element.any_order && loose ? 0 : 1));
      loose = element.any_order;
      row.order = order;
      row.flags = flags_of(element);
      add_rows(at, index, row, type.children);
    }
  }

  void add_rows(std::size_t at, std::size_t index, const ChildModel& common,
                std::vector<ChildModel>& rows) {
    const ElementModel& element = structures_[at].elements[index];
    if (!element.choice()) {
      ChildModel row = common;
      row.written = element.written.empty() ? row.element : element.written;
      row.type = type_of(at, index);
      finish(row, rows);
      return;
    }
    for (const TypeRefModel& type : element.types) {
      ChildModel row = common;
      std::string suffix = type.code;
      if (!suffix.empty() && suffix[0] >= 'a' && suffix[0] <= 'z') {
        suffix[0] = static_cast<char>(suffix[0] - 'a' + 'A');
      }
      row.written = row.element + suffix;
      row.type = find(type.code);
      row.flags |= child_choice;
      finish(row, rows);
    }
  }

  void finish(ChildModel& row, std::vector<ChildModel>& rows) {
    const TypeModel* const type = own(row.type);
    if (kind_of(row.type) == TypeKind::resource) {
      row.flags |= child_resource;
    }
    if (type != nullptr && type->xhtml) {
      row.flags |= child_xhtml;
    }
    rows.push_back(row);
  }

  static std::uint32_t flags_of(const ElementModel& element) {
    std::uint32_t flags = 0;
    const auto set = [&](bool condition, ChildFlag flag) {
      flags |= condition ? static_cast<std::uint32_t>(flag) : 0U;
    };
    set(element.max > 1, child_list);
    set(element.attribute, child_attribute);
    set(element.xhtml, child_xhtml);
    set(element.xml_text, child_text);
    set(element.typed, child_typed);
    return flags;
  }

  TypeId type_of(std::size_t at, std::size_t index) {
    const ElementModel& element = structures_[at].elements[index];
    if (!element.content_reference.empty()) {
      return referenced(at, element.content_reference);
    }
    if (const auto own = places_.find({at, index}); own != places_.end()) {
      return own->second;
    }
    if (element.typed && element.types.size() > 1) {
      return find(element.default_type.empty() ? any_type : element.default_type);
    }
    return element.types.empty() ? no_type : find(element.types.front().code);
  }

  [[nodiscard]] TypeId referenced(std::size_t at, const std::string& reference) const {
    const auto& elements = structures_[at].elements;
    const auto found = std::find_if(elements.begin(), elements.end(), [&](const ElementModel& e) {
      return e.id == reference || e.path == reference;
    });
    if (found == elements.end()) {
      return no_type;
    }
    const auto type = places_.find({at, static_cast<std::size_t>(found - elements.begin())});
    return type == places_.end() ? no_type : type->second;
  }

  [[nodiscard]] TypeId find(std::string_view name) const {
    const auto found = named_.find(name);
    if (found != named_.end()) {
      return found->second;
    }
    return below_ == nullptr ? no_type : below_->type_holder().type(name);
  }

  /// The type in types_, nullptr for one from below.
  [[nodiscard]] TypeModel* own(TypeId id) {
    return id > first_type_ ? &types_[id - first_type_] : nullptr;
  }

  [[nodiscard]] TypeKind kind_of(TypeId id) {
    if (const TypeModel* const type = own(id); type != nullptr) {
      return type->kind;
    }
    return below_ == nullptr || id == no_type ? TypeKind::complex
                                              : below_->type_holder().types()[id].kind;
  }

  [[nodiscard]] StructureId structure_id(std::size_t at) const {
    return first_structure_ + static_cast<StructureId>(at) + 1;
  }
  /// Index of the structure that a type belongs to.
  [[nodiscard]] std::size_t owner(const TypeModel& type) const {
    return type.structure - first_structure_ - 1;
  }

  [[nodiscard]] ElementId element_id(std::size_t at, std::size_t element) const {
    return first_element_[at] + static_cast<ElementId>(element);
  }

  [[nodiscard]] const ElementModel& element_of(std::size_t at, ElementId id) const {
    return structures_[at].elements[id - first_element_[at]];
  }

  const std::vector<StructureModel>& structures_;
  const Image* below_;
  std::uint32_t first_type_;
  std::uint32_t first_structure_;
  std::vector<ElementId> first_element_;
  std::map<std::string, TypeId, std::less<>> named_;
  std::map<Place, TypeId> places_;
  std::vector<TypeModel> types_;
};

}  // namespace

std::vector<TypeModel> build_types(const std::vector<StructureModel>& structures,
                                   const Below& below) {
  return TypeBuilder(structures, below).build();
}

}  // namespace lhcr::definition::compiler
