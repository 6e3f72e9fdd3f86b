// SPDX-License-Identifier: Apache-2.0
#include "map/run/version.hpp"

#include <algorithm>
#include <cctype>
#include <unordered_set>

#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/addresses.hpp"
#include "map/run/document.hpp"
#include "map/run/parts.hpp"
#include "map/run/rows.hpp"
#include "map/run/run.hpp"
#include "map/run/version_settle.hpp"

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
        run_(map, versions.up, source, target),
        addresses_(map, from_, to_, versions.up) {
    run_.set_same(this);
  }

  Run& run() { return run_; }
  [[nodiscard]] const Restored& restored() const { return restored_; }

  /// When the types of the target are known: a string of JSON where a number or a boolean belongs
  /// stays one, for a conversion does not mend the record.
  void quote_again() {
    for (const tree::NodeId node : quoted_) target_[node].kind = tree::Kind::string;
  }

  bool copy(tree::NodeId from, tree::NodeId to, TypeId type) override {
    return !absent(from) && change(from, to, type);
  }

  bool carry(tree::NodeId from, tree::NodeId to, TypeId type) {
    const tree::Node& node = source_[from];
    if (node.is(tree::Flag::resource)) {
      resource(from, to);
      return true;
    }
    if (node.length > 0) {
      run_.set_text(to, node.text());
      target_[to].kind = node.kind;
      if (is_quoted(node)) quoted_.push_back(to);
    }
    if (node.child != tree::no_node || node.kind != tree::Kind::string || node.length > 0) {
      run_.take(from);  // an empty string is nothing that could be carried
    }
    if (node.child != tree::no_node) {
      object(from, to, type);
    }
    return node.length > 0 || target_[to].child != tree::no_node;
  }

  void resource(tree::NodeId from, tree::NodeId to) {
    const std::string_view old_type = source_.resource_type(from);
    const Block* block = block_of(from_.type(old_type), from);
    std::string_view type = old_type;
    if (block != nullptr) {
      type = up_ ? block->right_type : block->left_type;
    }
    target_[to].flags = static_cast<std::uint8_t>(target_[to].flags | tree::Flag::resource);
    const tree::NodeId meta = run_.add_copy(to, name::resource_type, type);
    target_[meta].flags = static_cast<std::uint8_t>(target_[meta].flags | tree::Flag::meta);
    run_.take(from);
    run_.take(source_.child(from, name::resource_type));
    const tree::NodeId before = resource_;
    resource_ = to;
    object(from, to, to_.type(type), block);
    resource_ = before;
  }

 private:
  [[nodiscard]] bool is_quoted(const tree::Node& node) const {
    return node.kind == tree::Kind::string && !source_.kinds_are_open() &&
           is_primitive(from_, node.type) && from_.info(node.type).json_kind != tree::Kind::string;
  }

  /// The block whose source type is `type`, if any; those that object() rows name stay theirs.
  const Block* block_of(TypeId type, tree::NodeId node) {
    const auto& by_type = up_ ? map_.by_left_type : map_.by_right_type;
    const auto found = by_type.find(type);
    if (type == definition::no_type || found == by_type.end()) {
      return nullptr;
    }
    for (const Block* block : found->second) {
      if (block->direction != Direction::both && (block->direction == Direction::forward) != up_) {
        continue;
      }
      const Path& header = up_ ? block->left : block->right;
      if (header.steps.empty() || run_.parts().matcher.holds(header.steps[0].tests, node)) {
        return block;
      }
    }
    return nullptr;
  }

  void object(tree::NodeId from, tree::NodeId to, TypeId type, const Block* block = nullptr) {
    if (block == nullptr) {
      block = block_of(source_[from].type, from);
    }
    if (block != nullptr) {
      Places places;
      places.left = up_ ? from : to;
      places.right = up_ ? to : from;
      places.resource = resource_;
      run_.rows().run_block(*block, places);
    }
    rest(from, to, type);
  }

  /// What no row has carried; extensions that stand for elements come before those elements.
  void rest(tree::NodeId from, tree::NodeId to, TypeId type) {
    for (const tree::NodeId child : source_.children(from)) {
      if (is_extension(child) && !done(child)) {
        restore(child, to, type);
      }
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
      return run_.is_taken(node) && source_[node].name != name::url;
    }
    bool left = false;
    for (const tree::NodeId child : source_.children(node)) {
      left = left || (source_[child].name != name::url && !done(child));
    }
    return !left && run_.is_taken(node);
  }

  void element(tree::NodeId from, tree::NodeId parent, TypeId type) {
    const Child* known = type != definition::no_type ? slot(from, type) : nullptr;
    if (known == nullptr) {
      return unknown(from, parent, type);
    }
    if (absent(from) && only_demanded(from, *known)) {
      return run_.take_all(from);
    }
    if (!is_extension(source_[from].parent) && turns(from, known->type)) {
      return;
    }
    if (const tree::NodeId there = occupied(parent, *known); there != tree::no_node) {
      if (source_[from].name == name::reference) {
        run_.take(from);
      } else if (restored_.contains(there) && source_[from].length > 0) {
        run_.take_all(from);  // it stood in for what has been restored
      } else if (target_[there].name == known->written && first(from) &&
                 source_[from].length == 0 && target_[there].length == 0) {
        rest(from, there, known->type);
      } else {
        unknown(from, parent, type);
      }
      return;
    }
    if (const tree::NodeId part = begun(from, parent, *known); part != tree::no_node) {
      return rest(from, part, known->type);
    }
    const tree::NodeId made = draft(from, *known);
    if (change(from, made, known->type)) {
      run_.attach(parent, made);
      if (source_[from].name == name::reference) rename_reference(from, made, parent);
      if (source_[from].name == name::system) keep_system(from, made, parent, type);
    } else {
      unknown(from, parent, type);
    }
  }

  /// Whether a data type would say another thing without a modifier that the other version has no
  /// code for: a data type cannot be modified by an extension (Identifier.use `old` in STU3).
  [[nodiscard]] bool turns(tree::NodeId from, TypeId type) {
    const TypeId old_type = source_[from].type;
    if (old_type == definition::no_type || type == definition::no_type ||
        from_.info(old_type).kind != definition::TypeKind::complex ||
        to_.child(type, name::modifier_extension) != nullptr) {
      return false;
    }
    const auto children = source_.children(from);
    return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
      const std::string_view code = source_[child].text();
      const Child* const there =
          code.empty() || !is_modifier(child) ? nullptr : to_.child(type, source_[child].name);
      return there != nullptr && there->definition != definition::no_element &&
             to_.element(there->definition).binding.strength == definition::Strength::required &&
             to_.contains(to_.element(there->definition).binding.set, {}, code) ==
                 definition::Membership::no &&
             knows(from, child, code) && !map_.is_plain(element_of(type, child), code);
    });
  }
  /// "Address.use", as the map names it.
  [[nodiscard]] std::string element_of(TypeId type, tree::NodeId node) const {
    return std::string(to_.info(type).name).append(".").append(source_.name_of(node));
  }
  /// A code that no version has is left to who reads it.
  [[nodiscard]] bool knows(tree::NodeId holder, tree::NodeId node, std::string_view code) const {
    const Child* const here = from_.child(source_[holder].type, source_[node].name);
    return here != nullptr && from_.contains(from_.element(here->definition).binding.set, {},
                                             code) == definition::Membership::yes;
  }

  /// The node of an element that does not repeat, when it is there already.
  [[nodiscard]] tree::NodeId occupied(tree::NodeId parent, const Child& known) const {
    return (known.flags & definition::child_list) != 0 ? tree::no_node
                                                       : target_.child(parent, known.element);
  }

  /// What rows have begun of the first item of a list, with elements that the version that was read
  /// has elsewhere: it is the same item. no_node: nothing.
  [[nodiscard]] tree::NodeId begun(tree::NodeId from, tree::NodeId parent, const Child& known) {
    const tree::NodeId there = target_.child(parent, known.element);
    if ((known.flags & definition::child_list) == 0 || there == tree::no_node ||
        target_[there].child == tree::no_node || source_[from].is(tree::Flag::resource) ||
        source_[from].length > 0 || begun_.contains(there) || !first(from)) {
      return tree::no_node;
    }
    for (const tree::NodeId part : target_.children(there)) {
      if (from_.child(source_[from].type, target_[part].name) != nullptr) return tree::no_node;
    }
    begun_.insert(there);
    return there;
  }

  /// Whether no sibling before it has its name.
  [[nodiscard]] bool first(tree::NodeId node) const {
    return source_.child(source_[node].parent, source_[node].element) == node;
  }

  tree::NodeId draft(tree::NodeId from, const Child& known) {
    constexpr unsigned same = tree::Flag::attribute | tree::Flag::extended | tree::Flag::resource;
    const tree::NodeId made = run_.fresh(known.written);
    target_[made].element = known.element;
    target_[made].flags = static_cast<std::uint8_t>(
        (source_[from].flags & same) |
        ((known.flags & definition::child_list) != 0 ? tree::Flag::list : 0));
    return made;
  }

  /// Where the other version keeps an element: under the same name, as one type of a choice, or as
  /// a choice between fewer types.
  const Child* slot(tree::NodeId from, TypeId type) {
    const Child* known = to_.child(type, target_.intern(source_.name_of(from)));
    if (known != nullptr || source_[from].type == definition::no_type) {
      return known;
    }
    const std::string_view old = from_.info(source_[from].type).name;
    const Symbol element = target_.intern(source_.name(source_[from].element));
    for (const Child& child : to_.children(type)) {
      if (child.element == element &&
          (child.type == definition::no_type || to_.info(child.type).name == old ||
           to_.info(child.type).name == stand_in(old))) {
        return &child;
      }
    }
    return nullptr;
  }

  /// The type that stands for one the other version does not have.
  [[nodiscard]] static std::string_view stand_in(std::string_view type) {
    return type == "url" || type == "canonical" || type == "uuid" ? "uri" : std::string_view{};
  }

  /// Copies a value to where its type is `type`, in another shape when need be.
  bool change(tree::NodeId from, tree::NodeId made, TypeId type) {
    const Symbol name = source_[from].name;
    const bool text = source_[from].length > 0;
    if (text && (name == name::url || name == name::system || name == name::profile)) {
      const bool good = carry(from, made, type);
      run_.set_copy(made, addresses_.renaming(source_[from].text()).text);
      return good;
    }
    return fits(from, type) ? carry(from, made, type) : adapt(from, made, type);
  }

  /// "ProcedureRequest/1" is "ServiceRequest/1"; where two types become one, the reference as it
  /// was stays beside it.
  void rename_reference(tree::NodeId from, tree::NodeId made, tree::NodeId parent) {
    const std::string_view text = source_[from].text();
    const ReferenceText cut = cut_reference(text);
    const Block* block = cut.type.empty() ? nullptr : block_of(from_.type(cut.type), tree::no_node);
    if (block == nullptr || block->left_type == block->right_type) return;
    std::string renamed(cut.base);
    renamed += up_ ? block->right_type : block->left_type;
    run_.set_copy(made, renamed.append(text.substr(cut.base.size() + cut.type.size())));
    if (up_ && !block->right.steps[0].tests.empty()) {
      run_.attach(parent, extension(from, url_prefix(true) + "Reference.reference"));
    }
  }

  /// A record may call a code system by the address that it has in the other version. The way back
  /// would give it another one, so that it stays beside what was written.
  void keep_system(tree::NodeId from, tree::NodeId made, tree::NodeId parent, TypeId type) {
    const std::string_view text = source_[from].text();
    if (text.empty() || addresses_.renaming(text).returns ||
        target_[made].text() != addresses_.renaming(text).text ||
        to_.child(type, name::extension) == nullptr) {
      return;
    }
    const std::string holder(from_.info(source_[source_[from].parent].type).name);
    run_.attach(parent, extension(from, url_prefix(up_) + holder + ".system"));
  }

  [[nodiscard]] static bool is_primitive(const Definitions& definitions, TypeId type) {
    return type != definition::no_type &&
           definitions.info(type).kind == definition::TypeKind::primitive;
  }

  /// Same shape on both sides: both primitive, or types of one name, or both anonymous.
  [[nodiscard]] bool fits(tree::NodeId from, TypeId type) const {
    if (source_[from].is(tree::Flag::resource) || type == definition::no_type ||
        source_[from].type == definition::no_type) {
      return true;
    }
    const auto& old_type = from_.info(source_[from].type);
    const auto& new_type = to_.info(type);
    if (is_primitive(from_, source_[from].type) || is_primitive(to_, type)) {
      return is_primitive(from_, source_[from].type) && is_primitive(to_, type);
    }
    const bool quantity = old_type.name != "Money" && new_type.name != "Money" &&
                          from_.derives(source_[from].type, from_.type("Quantity")) &&
                          to_.derives(type, to_.type("Quantity"));
    return old_type.name == new_type.name || quantity ||
           (old_type.kind == definition::TypeKind::backbone &&
            new_type.kind == definition::TypeKind::backbone);
  }

  /// Types that differ in a way that needs no row: Reference <-> uri or canonical, Coding <->
  /// CodeableConcept, text <-> Annotation.
  bool adapt(tree::NodeId from, tree::NodeId made, TypeId type) {
    const std::string_view old_type = from_.info(source_[from].type).name;
    const std::string_view new_type = to_.info(type).name;
    const bool plain = is_primitive(to_, type);
    if (old_type == "Reference" && plain) return unwrap(from, made, type, name::reference);
    if (old_type == "Annotation" && plain) return unwrap(from, made, type, name::text);
    if (is_primitive(from_, source_[from].type)) {
      if (new_type == "Reference") return wrap(from, made, type, name::reference);
      return new_type == "Annotation" && wrap(from, made, type, name::text);
    }
    if (old_type == "Coding" && new_type == "CodeableConcept") {
      for (const tree::NodeId child : source_.children(from)) {
        restore(child, made, type);  // what the Coding stands for had a text
      }
      const tree::NodeId coding = run_.fresh(name::coding);
      const bool good = copy(from, coding, to_.type(old_type));
      run_.attach(made, coding);
      return good;
    }
    if (old_type == "CodeableConcept" && new_type == "Coding") {
      const tree::NodeId coding = source_.child(from, name::coding);
      const bool good = coding != tree::no_node && copy(coding, made, type);
      rest(from, made, type);
      return good;
    }
    return false;
  }

  /// An object of which the other version keeps one child only; the others become extensions.
  bool unwrap(tree::NodeId from, tree::NodeId made, TypeId type, Symbol child) {
    run_.take(from);
    run_.set_copy(made, run_.read(from, child));
    rest(from, made, type);
    return target_[made].length > 0;
  }

  bool wrap(tree::NodeId from, tree::NodeId made, TypeId type, Symbol child) {
    run_.take(from);
    rest(from, made, type);
    return run_.add_copy(made, child, source_[from].text()) != tree::no_node;
  }

  /// No such element there: kept as the version's own extension, which the way back takes for the
  /// element again. That of a modifier modifies (versions.html#extensions); what stands where
  /// nothing may be modified is not carried.
  void unknown(tree::NodeId from, tree::NodeId parent, TypeId type) {
    const Symbol holder = is_modifier(from) ? name::modifier_extension : name::extension;
    if (source_[from].is(tree::Flag::resource) || source_[from].kind == tree::Kind::xhtml ||
        (type != definition::no_type && to_.child(type, holder) == nullptr)) {
      return;
    }
    if (absent(from)) {
      return run_.take_all(from);
    }
    if (const tree::NodeId made = extension(from, extension_url(from), holder);
        made != tree::no_node) {
      run_.attach(parent, made);
    }
  }

  [[nodiscard]] bool is_modifier(tree::NodeId node) const {
    return map::is_modifier(from_, source_[source_[node].parent].type, source_[node].name);
  }
  [[nodiscard]] bool is_extension(tree::NodeId node) const {
    return source_[node].name == name::extension || source_[node].name == name::modifier_extension;
  }

  /// Nothing but that it is not known, as conversions write what must be there and is not.
  [[nodiscard]] bool absent(tree::NodeId node) const {
    const tree::NodeId child = source_[node].child;
    return source_[node].length == 0 && child != tree::no_node &&
           source_[child].next == tree::no_node && source_[child].name == name::extension &&
           run_.peek(child, name::url) == absent_reason_url && code_of(child) == "unknown";
  }

  /// An extension's valueCode, or empty.
  [[nodiscard]] std::string_view code_of(tree::NodeId extension) const {
    for (const tree::NodeId child : source_.children(extension)) {
      if (source_[child].name == name::value_code) return source_[child].text();
    }
    return {};
  }

  /// Whether the version that was read demands an element, and the other one does not.
  [[nodiscard]] bool only_demanded(tree::NodeId from, const Child& there) const {
    const Child* const here = from_.child(source_[source_[from].parent].type, source_[from].name);
    return here != nullptr && demanded(from_, *here) && !demanded(to_, there);
  }
  [[nodiscard]] static bool demanded(const Definitions& definitions, const Child& row) {
    return row.definition != definition::no_element && definitions.element(row.definition).min > 0;
  }

  tree::NodeId extension(tree::NodeId from, const std::string& url, Symbol as = name::extension) {
    const TypeId type = source_[from].type;
    if (type == definition::no_type) {
      return tree::no_node;  // no version has it: nothing says what it is, so that it is told
    }
    const tree::NodeId made = run_.fresh(as);
    run_.add_copy(made, name::url, url);
    const Child* slot = type == definition::no_type ? nullptr : value_slot(from_.info(type).name);
    bool good = false;
    if (slot != nullptr) {
      const tree::NodeId value = run_.fresh(slot->written);
      target_[value].element = slot->element;
      good = copy(from, value, slot->type);
      if (good) run_.attach(made, value);
    } else {
      run_.take(from);
      for (const tree::NodeId child : source_.children(from)) {
        const bool ready = source_[child].is(tree::Flag::meta) || done(child) ||
                           source_[child].is(tree::Flag::resource);
        const tree::NodeId part =
            ready ? tree::no_node : extension(child, std::string(source_.name_of(child)));
        if (part != tree::no_node) run_.attach(made, part);
        good = good || part != tree::no_node;
      }
    }
    return good ? made : tree::no_node;
  }

  /// value[x] of an extension for a type's name, or nullptr.
  const Child* value_slot(std::string_view type) {
    for (const std::string_view name : {type, stand_in(type)}) {
      if (name.empty()) continue;
      std::string value = "value";
      value += static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
      value += name.substr(1);
      const Child* slot = to_.child(to_.type("Extension"), target_.intern(value));
      if (slot != nullptr) return slot;
    }
    return nullptr;
  }

  /// Whether what was written says no more than that it is not known.
  [[nodiscard]] bool says_absent(tree::NodeId node) const {
    const tree::NodeId child = target_[node].child;
    const tree::NodeId url = child == tree::no_node ? child : target_.child(child, name::url);
    return target_[node].length == 0 && url != tree::no_node &&
           target_[child].next == tree::no_node && target_[url].text() == absent_reason_url;
  }

  /// An extension that stands for an element of the version that is written.
  bool restore(tree::NodeId from, tree::NodeId to, TypeId type) {
    if (!is_extension(from) || type == definition::no_type) {
      return false;
    }
    std::string_view url = run_.peek(from, name::url);
    const std::string prefix = url_prefix(!up_);
    if (!url.starts_with(prefix) || url.find('.', prefix.size()) == url.npos) {
      return false;
    }
    url.remove_prefix(url.rfind('.') + 1);
    return !outdated(from, url) && restore_as(from, to, type, url);
  }

  /// Whether the element has another code now than the one that the extension's became.
  [[nodiscard]] bool outdated(tree::NodeId extension, std::string_view name) const {
    const tree::NodeId current = source_.child(source_[extension].parent, source_.find(name));
    if (current == tree::no_node || run_.is_taken(current)) return false;  // a row has read it
    const std::string_view now = source_[current].text();
    if (source_[current].name == name::system) {
      const tree::NodeId value = source_.child(extension, name::value);
      return value != tree::no_node && addresses_.renamed(source_[value].text(), !up_) != now;
    }
    const std::string_view kept = code_of(extension);
    const auto table = map_.concepts.find("version-codes");
    if (kept.empty() || now.empty() || table == map_.concepts.end()) return false;
    const Concepts::Target* const became = table->second->find(!up_, {}, kept);
    return became != nullptr && became->code != now;
  }

  bool restore_as(tree::NodeId from, tree::NodeId to, TypeId type, std::string_view name) {
    const Child* known = to_.child(type, target_.intern(name));
    if (known == nullptr) {
      return false;
    }
    tree::NodeId there = occupied(to, *known);
    if (there != tree::no_node && target_[there].name != known->written && says_absent(there)) {
      run_.detach(to, there);  // another type of the choice, which the other version demanded
      there = tree::no_node;
    }
    if (there != tree::no_node &&
        (target_[there].length > 0 || target_[there].name != known->written)) {
      return false;
    }
    const tree::NodeId made = there != tree::no_node ? there : draft(from, *known);
    bool good = false;
    for (const tree::NodeId child : source_.children(from)) {
      if (source_[child].element == name::value) {
        good = change(child, made, known->type) || good;
      } else if (source_[child].name == name::extension) {
        good = restore_as(child, made, known->type, run_.peek(child, name::url)) || good;
      }
    }
    if (good) {
      restored_.insert(made);
      run_.take(from);
      run_.read(from, name::url);
      if (there == tree::no_node) run_.attach(to, made);
    }
    return good;
  }

  [[nodiscard]] static std::string url_prefix(bool stu3) {
    return std::string("http://hl7.org/fhir/") + (stu3 ? "3.0" : "4.0") +
           "/StructureDefinition/extension-";
  }

  [[nodiscard]] std::string extension_url(tree::NodeId from) const {
    const tree::NodeId holder = source_.enclosing_resource(from);
    std::string path(source_.name_of(from));
    for (tree::NodeId at = source_[from].parent; at != holder && at != tree::no_node;
         at = source_[at].parent) {
      path.insert(0, 1, '.').insert(0, source_.name_of(at));
    }
    return url_prefix(up_) + std::string(source_.resource_type(holder)) + "." + path;
  }

  const Map& map_;
  const Definitions& from_;
  const Definitions& to_;
  bool up_;
  const tree::Tree& source_;
  tree::Tree& target_;
  Run run_;
  Addresses addresses_;
  tree::NodeId resource_ = tree::no_node;
  std::vector<tree::NodeId> quoted_;
  Restored restored_;                       // in the target, from extensions
  std::unordered_set<tree::NodeId> begun_;  // in the target, by rows, and gone on with
};

}  // namespace

void change_fhir_version(const Map& map, const Versions& versions, const Completion& completion,
                         const tree::Tree& source, tree::Tree& target, LossReport& loss) {
  const tree::Builder root(target);
  target.set_kinds_open(true);
  Changer changer(map, versions, source, target);
  changer.resource(tree::root_node, tree::root_node);
  const Definitions& definitions = versions.up ? versions.r4 : versions.stu3;
  definition::attach_types(target, definitions);
  settle_version(map, versions, changer.restored(), target);
  completion.demand(target);
  definition::sort_children(target, definitions);
  changer.quote_again();
  report_loss(changer.run(), tree::root_node, false, loss);
}

}  // namespace lhcr::map
