// SPDX-License-Identifier: Apache-2.0
#include "map/version.hpp"

#include <algorithm>

#include "map/document.hpp"
#include "map/run.hpp"

namespace lhcr::map {
namespace {

using definition::Child;
using definition::Definitions;
using definition::TypeId;

class Changer : public Run::Same {
 public:
  Changer(const Map& map, const Versions& versions, const tree::Tree& source, tree::Tree& target)
      : map_(map),
        from_(versions.up ? versions.stu3 : versions.r4),
        to_(versions.up ? versions.r4 : versions.stu3),
        up_(versions.up),
        source_(source),
        target_(target),
        run_(map, versions.up, source, target) {
    run_.set_same(this);
  }

  Run& run() { return run_; }

  bool copy(tree::NodeId from, tree::NodeId to, TypeId type) override {
    const tree::Node& node = source_[from];
    if (node.is(tree::Flag::resource)) {
      resource(from, to);
      return true;
    }
    if (node.length > 0) {
      run_.set_text(to, node.text());
      target_[to].kind = node.kind;
    }
    run_.take(from);
    if (node.child != tree::no_node) {
      object(from, to, type);
    }
    return node.length > 0 || target_[to].child != tree::no_node;
  }

  void resource(tree::NodeId from, tree::NodeId to) {
    const std::string_view old_type = source_.resource_type(from);
    const Block* block = block_of(old_type, from);
    std::string_view type = old_type;
    if (block != nullptr) {
      type = up_ ? block->right_type : block->left_type;
    }
    target_[to].flags = static_cast<std::uint8_t>(target_[to].flags | tree::Flag::resource);
    const tree::NodeId meta = run_.add_copy(to, run_.names().resourceType, type);
    target_[meta].flags = static_cast<std::uint8_t>(target_[meta].flags | tree::Flag::meta);
    run_.take(from);
    run_.take(source_.child(from, run_.names().resourceType));
    const tree::NodeId before = resource_;
    resource_ = to;
    object(from, to, to_.type(type), block);
    resource_ = before;
  }

 private:
  /// The block whose source type is `type`, if any.
  const Block* block_of(std::string_view type, tree::NodeId node) {
    for (const auto& block : map_.blocks) {
      if ((up_ ? block->left_type : block->right_type) != type ||
          (block->direction != Direction::both &&
           (block->direction == Direction::forward) != up_)) {
        continue;
      }
      const Path& header = up_ ? block->left : block->right;
      if (header.steps.empty() || run_.holds(header.steps[0].tests, node)) {
        return block.get();
      }
    }
    return nullptr;
  }

  void object(tree::NodeId from, tree::NodeId to, TypeId type, const Block* block = nullptr) {
    if (block == nullptr && source_[from].type != definition::no_type) {
      block = block_of(from_.info(source_[from].type).name, from);
    }
    if (block != nullptr) {
      Places places;
      places.left = up_ ? from : to;
      places.right = up_ ? to : from;
      places.resource = resource_;
      run_.run_block(*block, places);
    }
    for (const tree::NodeId child : source_.children(from)) {
      if (!source_[child].is(tree::Flag::meta) && !done(child)) {
        element(child, to, type);
      }
    }
  }

  /// Whether nothing is left of a node but the names that select it.
  [[nodiscard]] bool done(tree::NodeId node) const {
    if (source_[node].length > 0) {
      return run_.is_taken(node) && source_[node].name != run_.names().url;
    }
    bool left = false;
    for (const tree::NodeId child : source_.children(node)) {
      left = left || (source_[child].name != run_.names().url && !done(child));
    }
    return !left && run_.is_taken(node);
  }

  void element(tree::NodeId from, tree::NodeId parent, TypeId type) {
    const Symbol name = target_.intern(source_.name_of(from));
    const Child* known = type != definition::no_type ? to_.child(type, name) : nullptr;
    if (known == nullptr) {
      return unknown(from, parent);
    }
    if ((known->flags & definition::child_list) == 0 &&
        target_.child(parent, known->element) != tree::no_node) {
      return;
    }
    const tree::NodeId made = run_.fresh(name);
    target_[made].element = known->element;
    target_[made].flags = source_[from].flags;
    if (fits(from, *known) ? copy_known(from, made, *known) : adapt(from, made, *known)) {
      run_.attach(parent, made);
    }
  }

  bool copy_known(tree::NodeId from, tree::NodeId made, const Child& known) {
    if (source_[from].name == run_.names().url || source_[from].name == run_.names().system) {
      run_.take(from);
      const std::string_view mapped = renamed(source_[from].text());
      run_.set_copy(made, mapped);
      return !mapped.empty();
    }
    return copy(from, made, known.type);
  }

  /// Addresses of extensions and code systems that another version calls otherwise.
  [[nodiscard]] std::string_view renamed(std::string_view url) const {
    const auto table = map_.concepts.find("version-urls");
    const Concepts::Target* target =
        table != map_.concepts.end() ? table->second->find(up_, {}, url) : nullptr;
    return target != nullptr ? std::string_view(target->code) : url;
  }

  [[nodiscard]] bool is_primitive(const Definitions& definitions, TypeId type) const {
    return type != definition::no_type &&
           definitions.info(type).kind == definition::TypeKind::primitive;
  }

  /// Same shape on both sides: both primitive, or types of one name, or both anonymous.
  [[nodiscard]] bool fits(tree::NodeId from, const Child& known) const {
    if (source_[from].is(tree::Flag::resource) || known.type == definition::no_type ||
        source_[from].type == definition::no_type) {
      return true;
    }
    const auto& old_type = from_.info(source_[from].type);
    const auto& new_type = to_.info(known.type);
    if (is_primitive(from_, source_[from].type) || is_primitive(to_, known.type)) {
      return is_primitive(from_, source_[from].type) && is_primitive(to_, known.type);
    }
    return old_type.name == new_type.name || old_type.kind == definition::TypeKind::backbone;
  }

  /// Types that differ in a way that needs no row: Reference <-> uri or canonical, code <->
  /// CodeableConcept, Coding <-> both.
  bool adapt(tree::NodeId from, tree::NodeId made, const Child& known) {
    const Names& names = run_.names();
    const std::string_view old_type = from_.info(source_[from].type).name;
    const std::string_view new_type = to_.info(known.type).name;
    if (old_type == "Reference" && is_primitive(to_, known.type)) {
      run_.take(from);
      run_.set_copy(made, run_.read(from, names.reference));
      return target_[made].length > 0;
    }
    if (new_type == "Reference" && is_primitive(from_, source_[from].type)) {
      run_.take(from);
      return run_.add_copy(made, names.reference, source_[from].text()) != tree::no_node;
    }
    if (old_type == "Coding" && new_type == "CodeableConcept") {
      const tree::NodeId coding = run_.fresh(names.coding);
      const bool good = copy(from, coding, to_.type(old_type));
      run_.attach(made, coding);
      return good;
    }
    if (old_type == "CodeableConcept" && new_type == "Coding") {
      const tree::NodeId coding = source_.child(from, names.coding);
      run_.take(from);
      return coding != tree::no_node && copy(coding, made, known.type);
    }
    if (old_type == "SimpleQuantity" || new_type == "SimpleQuantity" ||
        from_.derives(source_[from].type, from_.type("Quantity"))) {
      return copy(from, made, known.type);
    }
    return false;
  }

  /// No such element there: kept as the version's own extension when it has a value that an
  /// extension can hold.
  void unknown(tree::NodeId from, tree::NodeId parent) {
    const TypeId type = source_[from].type;
    if (type == definition::no_type || source_[from].is(tree::Flag::resource) ||
        parent == tree::no_node) {
      return;
    }
    const auto& info = from_.info(type);
    std::string value = "value";
    value += static_cast<char>(std::toupper(static_cast<unsigned char>(info.name[0])));
    value += info.name.substr(1);
    const TypeId extension_type = to_.type("Extension");
    const Child* slot = to_.child(extension_type, target_.intern(value));
    if (slot == nullptr) {
      return;
    }
    const tree::NodeId extension = run_.fresh(run_.names().extension);
    run_.add_copy(extension, run_.names().url, extension_url(from));
    const tree::NodeId made = run_.fresh(slot->written);
    target_[made].element = slot->element;
    if (copy(from, made, slot->type)) {
      run_.attach(extension, made);
      run_.attach(parent, extension);
    }
  }

  [[nodiscard]] std::string extension_url(tree::NodeId from) const {
    const tree::NodeId holder = source_.enclosing_resource(from);
    std::string path(source_.name_of(from));
    for (tree::NodeId at = source_[from].parent; at != holder && at != tree::no_node;
         at = source_[at].parent) {
      path = std::string(source_.name_of(at)) + "." + path;
    }
    const std::string_view version = up_ ? "3.0" : "4.0";
    return "http://hl7.org/fhir/" + std::string(version) + "/StructureDefinition/extension-" +
           std::string(source_.resource_type(holder)) + "." + path;
  }

  const Map& map_;
  const Definitions& from_;
  const Definitions& to_;
  bool up_;
  const tree::Tree& source_;
  tree::Tree& target_;
  Run run_;
  tree::NodeId resource_ = tree::no_node;
};

}  // namespace

void change_fhir_version(const Map& map, const Versions& versions, const tree::Tree& source,
                         tree::Tree& target, LossReport& loss) {
  const tree::Builder root(target);
  target.set_kinds_open(true);
  Changer changer(map, versions, source, target);
  changer.resource(tree::root_node, tree::root_node);
  const Definitions& definitions = versions.up ? versions.r4 : versions.stu3;
  definition::attach_types(target, definitions);
  definition::sort_children(target, definitions);
  report_loss(changer.run(), tree::root_node, false, loss);
}

}  // namespace lhcr::map
