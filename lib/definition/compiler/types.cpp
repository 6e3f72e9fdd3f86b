// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/types.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "base/error.hpp"

namespace lhcr::definition::compiler {
namespace {

/// The last segment of a canonical: the type's name in its own structure's url.
std::string_view last_segment(std::string_view url) {
  return url.substr(url.rfind('/') + 1);
}

class TypeBuilder {
 public:
  explicit TypeBuilder(const std::vector<StructureModel>& structures) : structures_(structures) {
    ElementId next = 1;
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
      add_backbones(types_[type].structure - 1);
    }
    if (types_.size() > std::numeric_limits<TypeId>::max()) {
      throw Error(ErrorKind::input, "the packages define more than 65,535 types");
    }
    link_bases(named);
    for (std::size_t type = 1; type < named; ++type) {
      describe_primitive(static_cast<TypeId>(type));
    }
    for (std::size_t type = 1; type < named; ++type) {
      fill_children(types_[type].structure - 1);
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
          (structure.kind == TypeKind::logical) != logical || named_.contains(name)) {
        continue;
      }
      TypeModel type;
      type.name = name;
      type.kind = structure.kind;
      type.abstract = structure.abstract;
      type.root = first_element_[at];
      type.structure = static_cast<StructureId>(at + 1);
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
      type.structure = static_cast<StructureId>(at + 1);
      add({at, element}, std::move(type));
    }
  }

  TypeId add(Place place, TypeModel type) {
    const auto id = static_cast<TypeId>(types_.size());
    places_.emplace(place, id);
    types_.push_back(std::move(type));
    return id;
  }

  void link_bases(std::size_t named) {
    for (std::size_t at = 1; at < types_.size(); ++at) {
      TypeModel& type = types_[at];
      if (at < named) {
        type.base = find(last_segment(structures_[type.structure - 1].base));
      } else {
        const ElementModel& element = element_of(type.structure - 1, type.root);
        type.base = element.types.empty() ? no_type : find(element.types.front().code);
      }
    }
  }

  // A primitive's own definition of its value says how it is written; what it leaves open comes
  // from its base.
  void describe_primitive(TypeId id) {
    TypeModel& type = types_[id];
    if (type.kind != TypeKind::primitive || type.json_kind != tree::Kind::object) {
      return;
    }
    type.json_kind = tree::Kind::string;
    for (const ElementModel& element : structures_[type.structure - 1].elements) {
      if (is_value(type.kind, element) && !element.types.empty()) {
        type.pattern = element.types.front().pattern;
        type.json_kind = element.types.front().json_kind;
        type.xhtml = element.xhtml;
      }
    }
    if (type.base == no_type || types_[type.base].kind != TypeKind::primitive) {
      return;
    }
    describe_primitive(type.base);
    const TypeModel& base = types_[type.base];
    type.pattern = type.pattern.empty() ? base.pattern : type.pattern;
    type.json_kind = base.json_kind != tree::Kind::string ? base.json_kind : type.json_kind;
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
        fill_children(at, element, types_[type->second]);
      }
    }
  }

  void fill_children(std::size_t at, std::size_t parent, TypeModel& type) {
    const auto& elements = structures_[at].elements;
    std::uint16_t order = 0;
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
      row.order = ++order;
      row.flags = flags_of(element);
      add_rows(at, index, row, type.children);
    }
  }

  void add_rows(std::size_t at, std::size_t index, const ChildModel& common,
                std::vector<ChildModel>& rows) {
    const ElementModel& element = structures_[at].elements[index];
    if (!element.choice()) {
      ChildModel row = common;
      row.written = row.element;
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
    if (row.type != no_type && types_[row.type].kind == TypeKind::resource) {
      row.flags |= child_resource;
    }
    if (row.type != no_type && types_[row.type].xhtml) {
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
    return found == named_.end() ? no_type : found->second;
  }

  [[nodiscard]] ElementId element_id(std::size_t at, std::size_t element) const {
    return first_element_[at] + static_cast<ElementId>(element);
  }

  [[nodiscard]] const ElementModel& element_of(std::size_t at, ElementId id) const {
    return structures_[at].elements[id - first_element_[at]];
  }

  const std::vector<StructureModel>& structures_;
  std::vector<ElementId> first_element_;
  std::map<std::string, TypeId, std::less<>> named_;
  std::map<Place, TypeId> places_;
  std::vector<TypeModel> types_;
};

}  // namespace

std::vector<TypeModel> build_types(const std::vector<StructureModel>& structures) {
  return TypeBuilder(structures).build();
}

}  // namespace lhcr::definition::compiler
