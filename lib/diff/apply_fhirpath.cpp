// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "base/decimal.hpp"
#include "base/suggest.hpp"
#include "diff/apply.hpp"
#include "diff/names.hpp"
#include "diff/patch.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/value.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::diff {

using definition::Child;
using definition::TypeId;

namespace {

/// One operation of a patch.
struct Operation {
  std::size_t number = 0;
  std::string type;
  std::string path;
  NodeId name = no_node;  // parts of the patch
  NodeId value = no_node;
  NodeId index = no_node;
  NodeId source = no_node;
  NodeId destination = no_node;
};

class FhirPathPatcher {
 public:
  FhirPathPatcher(Tree& record, const Tree& patch, const definition::Definitions& definitions,
                  const SymbolTable& symbols)
      : record_(record),
        patch_(patch),
        definitions_(definitions),
        symbols_(symbols),
        evaluator_(definitions) {}

  void run() {
    if (patch_.resource_type(tree::root_node) != "Parameters") {
      fail("a FHIRPath Patch is a Parameters resource");
    }
    for (const NodeId parameter : children(tree::root_node, "parameter")) {
      operation_ = read(parameter);
      carry_out();
    }
    for (const NodeId node : emptied_) drop_if_empty(node);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    std::string text;
    if (operation_.number > 0) {
      text = "operation " + std::to_string(operation_.number) + " (" + operation_.type +
             (operation_.path.empty() ? "" : " " + operation_.path) + "): ";
    }
    throw Refused(text + why);
  }

  // --- the patch ---

  [[nodiscard]] std::vector<NodeId> children(NodeId node, std::string_view name) const {
    std::vector<NodeId> found;
    for (const NodeId child : patch_.children(node)) {
      if (patch_.name(patch_[child].element) == name) found.push_back(child);
    }
    return found;
  }
  [[nodiscard]] NodeId child(NodeId node, std::string_view name) const {
    const std::vector<NodeId> found = children(node, name);
    return found.empty() ? no_node : found.front();
  }
  [[nodiscard]] std::string text(NodeId node, std::string_view name) const {
    const NodeId found = node == no_node ? no_node : child(node, name);
    return found == no_node ? std::string() : std::string(patch_[found].text());
  }

  Operation read(NodeId parameter) {
    Operation made;
    made.number = operation_.number + 1;
    operation_ = made;
    if (text(parameter, "name") != "operation") fail("its name is not 'operation'");
    for (const NodeId part : children(parameter, "part")) {
      const std::string name = text(part, "name");
      if (name == "type") {
        made.type = text(part, "value");
      } else if (name == "path") {
        made.path = text(part, "value");
      } else {
        NodeId* const slot = slot_of(made, name);
        if (slot == nullptr) fail("'" + name + "' is not part of an operation");
        *slot = part;
      }
    }
    return made;
  }

  static NodeId* slot_of(Operation& operation, std::string_view name) {
    if (name == "name") return &operation.name;
    if (name == "value") return &operation.value;
    if (name == "index") return &operation.index;
    if (name == "source") return &operation.source;
    return name == "destination" ? &operation.destination : nullptr;
  }

  [[nodiscard]] std::size_t number(NodeId part, std::string_view name, std::size_t limit) const {
    const auto value = Decimal::parse(text(part, "value"));
    const auto whole = value ? value->integer() : std::nullopt;
    if (!whole || *whole < 0) fail("the part '" + std::string(name) + "' must be a whole number");
    if (static_cast<std::uint64_t>(*whole) >= limit) {
      fail("the " + std::string(name) + " " + std::to_string(*whole) +
           " is outside the list, which has " + std::to_string(size_) + " item(s)");
    }
    return static_cast<std::size_t>(*whole);
  }

  // --- the operations ---

  void carry_out() {
    if (operation_.path.empty()) fail("the part 'path' is missing");
    if (operation_.type == "add") {
      add();
    } else if (operation_.type == "insert") {
      insert();
    } else if (operation_.type == "delete") {
      remove();
    } else if (operation_.type == "replace") {
      replace();
    } else if (operation_.type == "move") {
      move();
    } else {
      fail("the type is not one of add, insert, delete, replace and move");
    }
  }

  std::vector<NodeId> select() {
    std::vector<NodeId> found;
    try {
      const fhirpath::Expression expression(operation_.path, definitions_, symbols_);
      fhirpath::Context context;
      context.tree = &record_;
      for (const fhirpath::Value& value :
           evaluator_.evaluate(expression, context, tree::root_node)) {
        if (!value.is_node()) fail("the path yields a value, not an element");
        found.push_back(value.node());
      }
    } catch (const fhirpath::ExpressionError& error) {
      fail("column " + std::to_string(error.position() + 1) + " of the path: " + error.what());
    }
    return found;
  }

  NodeId select_one(std::string_view doing) {
    const std::vector<NodeId> found = select();
    if (found.empty()) {
      fail("No content found at " + operation_.path + " when " + std::string(doing));
    }
    if (found.size() > 1) {
      fail("Multiple matches found at " + operation_.path + " when " + std::string(doing));
    }
    return found.front();
  }

  void add() {
    const NodeId parent = select_one("adding");
    const std::string name = text(operation_.name, "value");
    if (name.empty()) fail("the part 'name' is missing");
    const std::string written = written_name(parent, name, operation_.value);
    const Symbol symbol = record_.intern(written);
    const Child* row = definitions_.child(record_[parent].type, symbol);
    NodeId last = no_node;
    for (const NodeId child : record_.children(parent)) {
      if (row != nullptr && record_[child].element == row->element) last = child;
    }
    const bool list = row != nullptr && (row->flags & definition::child_list) != 0;
    if (last != no_node && !list) {
      fail("the element " + name + " is there already and does not repeat: use replace");
    }
    if (last == no_node) last = place_for(parent, row);
    put(parent, last, written, operation_.value);
  }

  /// Behind what the definition puts before the new element.
  NodeId place_for(NodeId parent, const Child* row) const {
    NodeId last = no_node;
    for (const NodeId child : record_.children(parent)) {
      const Child* known = definitions_.child(record_[parent].type, record_[child].name);
      const bool before = record_[child].is(Flag::meta) || row == nullptr ||
                          (known != nullptr && known->order < row->order);
      if (before) last = child;
    }
    return last;
  }

  void insert() {
    const std::vector<NodeId> items = list_at();
    size_ = items.size();
    const std::size_t at = number(operation_.index, "index", size_ + 1);
    const NodeId parent = record_[items.front()].parent;
    const NodeId previous = at == 0 ? before(items.front()) : items[at - 1];
    put(parent, previous, std::string(record_.name_of(items.front())), operation_.value);
  }

  std::vector<NodeId> list_at() {
    std::vector<NodeId> items = select();
    if (items.empty()) fail("No content found at " + operation_.path);
    const Node& first = record_[items.front()];
    const bool one_list = std::all_of(items.begin(), items.end(), [&](NodeId item) {
      return record_[item].parent == first.parent && record_[item].element == first.element;
    });
    if (!one_list) fail("the path yields items of more than one list");
    std::size_t siblings = 0;
    for (const NodeId child : record_.children(first.parent)) {
      siblings += record_[child].name == first.name ? 1U : 0U;
    }
    if (siblings != items.size()) fail("the path must yield a whole list");
    if (first.parent == no_node) fail("the path yields the record itself");
    return items;
  }

  void remove() {
    const std::vector<NodeId> found = select();
    if (found.empty()) return;  // deleting what is not there is no error
    if (found.size() > 1) fail("Multiple matches found at " + operation_.path + " when deleting");
    const NodeId parent = record_[found.front()].parent;
    if (parent == no_node) fail("the whole record cannot be deleted");
    unlink(found.front());
    emptied_.push_back(parent);
  }

  void replace() {
    const NodeId old = select_one("replacing");
    const NodeId parent = record_[old].parent;
    if (parent == no_node) fail("the whole record cannot be replaced");
    const std::string element(record_.name(record_[old].element));
    const std::string written = record_[old].is(Flag::choice)
                                    ? written_name(parent, element, operation_.value)
                                    : std::string(record_.name_of(old));
    const NodeId previous = before(old);
    unlink(old);
    put(parent, previous, written, operation_.value);
  }

  void move() {
    std::vector<NodeId> items = list_at();
    size_ = items.size();
    const std::size_t from = number(operation_.source, "source", size_);
    const std::size_t to = number(operation_.destination, "destination", size_);
    const NodeId parent = record_[items.front()].parent;
    const NodeId anchor = before(items.front());
    const NodeId moved = items[from];
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(from));
    unlink(moved);
    link(parent, to == 0 ? anchor : items[to - 1], moved);
  }

  // --- values ---

  /// The name in JSON of a child: "valueQuantity" for "value" and a Quantity.
  std::string written_name(NodeId parent, const std::string& name, NodeId part) {
    const TypeId type = record_[parent].type;
    const Symbol symbol = record_.intern(name);
    if (definitions_.child(type, symbol) != nullptr) return name;
    const TypeId wanted = part == no_node ? definition::no_type : value_type(part);
    std::vector<std::string_view> known;
    bool choice = false;
    for (const Child& row : definitions_.children(type)) {
      known.push_back(symbols_.name(row.element));
      if (row.element != symbol) continue;
      choice = true;
      if (row.type == wanted) return std::string(symbols_.name(row.written));
    }
    const std::string owner(definitions_.info(type).name);
    if (choice) {
      fail(owner + "." + name + " does not take a value of type " +
           std::string(definitions_.info(wanted).name));
    }
    if (type == definition::no_type) return name;
    const std::string_view meant = closest(name, known);
    fail("there is no element '" + name + "' in " + owner +
         (meant.empty() ? "" : "; did you mean '" + std::string(meant) + "'?"));
  }

  [[nodiscard]] TypeId value_type(NodeId part) const {
    const NodeId value = child(part, "value");
    return value == no_node ? definition::no_type : patch_[value].type;
  }

  /// Makes the element `name` of the value of a part.
  void put(NodeId parent, NodeId previous, const std::string& name, NodeId part) {
    if (part == no_node) fail("the part 'value' is missing");
    const NodeId made = make(parent, previous, name, part);
    set_type(parent, made);
  }

  NodeId make(NodeId parent, NodeId previous, const std::string& name, NodeId part) {
    const NodeId resource = child(part, "resource");
    const NodeId value = resource != no_node ? resource : child(part, "value");
    NodeId made = no_node;
    if (value != no_node) {
      made = copy_node(patch_, value, record_, parent, previous);
    } else {
      made = record_.insert(parent, previous, Node{});
    }
    Node& node = record_[made];
    node.name = record_.intern(name);
    node.element = node.name;
    node.flags &= static_cast<std::uint8_t>(Flag::resource | Flag::extended);
    if (value == no_node) make_parts(made, part);
    return made;
  }

  /// A type that Parameters cannot hold comes in parts, one for each child.
  void make_parts(NodeId made, NodeId part) {
    type_alone(record_[made].parent, made);
    NodeId last = no_node;
    for (const NodeId inner : children(part, "part")) {
      const std::string name = text(inner, "name");
      if (name.empty()) fail("a part of the value has no name");
      last = make(made, last, written_name(made, name, inner), inner);
      set_type(made, last);
    }
    if (last == no_node) fail("the part 'value' has no value");
  }

  /// The type of a node from its parent's, so that its children can be named.
  void type_alone(NodeId parent, NodeId node) {
    const Child* row = definitions_.child(record_[parent].type, record_[node].name);
    if (row != nullptr) record_[node].type = row->type;
  }

  void set_type(NodeId parent, NodeId node) {
    const Child* row = definitions_.child(record_[parent].type, record_[node].name);
    if (row == nullptr) return;
    Node& made = record_[node];
    made.element = row->element;
    unsigned flags = made.flags;
    flags |= (row->flags & definition::child_choice) != 0 ? unsigned{Flag::choice} : 0U;
    flags |= (row->flags & definition::child_attribute) != 0 ? unsigned{Flag::attribute} : 0U;
    flags |= (row->flags & definition::child_list) != 0 ? unsigned{Flag::list} : 0U;
    made.flags = static_cast<std::uint8_t>(flags);
    if ((row->flags & definition::child_xhtml) != 0) made.kind = Kind::xhtml;
    const TypeId type = (row->flags & definition::child_resource) != 0
                            ? definitions_.type(record_.resource_type(node))
                            : row->type;
    const definition::TypeInfo& info = definitions_.info(type);
    if (info.kind == definition::TypeKind::primitive && made.kind != Kind::null &&
        made.kind != Kind::xhtml) {
      // A value of the type itself keeps the form it came in.
      if (made.type != type) made.kind = kind_of(made, info);
    } else if (info.kind != definition::TypeKind::primitive && made.kind != Kind::object) {
      fail("the value must be a " + std::string(info.name));
    }
    definition::attach_types(record_, definitions_, node, type);
  }

  /// The form in JSON of a value that takes the place of a primitive of another type.
  [[nodiscard]] Kind kind_of(const Node& made, const definition::TypeInfo& info) const {
    const std::string_view text = made.text();
    const bool fits = made.kind != Kind::object &&
                      (info.json_kind != Kind::number || format::is_number(text)) &&
                      (info.json_kind != Kind::boolean || text == "true" || text == "false");
    if (!fits) fail("the value must be a " + std::string(info.name));
    return info.json_kind;
  }

  // --- links ---

  [[nodiscard]] NodeId before(NodeId node) const {
    NodeId previous = no_node;
    for (const NodeId child : record_.children(record_[node].parent)) {
      if (child == node) break;
      previous = child;
    }
    return previous;
  }
  void unlink(NodeId node) {
    const NodeId previous = before(node);
    const NodeId parent = record_[node].parent;
    (previous == no_node ? record_[parent].child : record_[previous].next) = record_[node].next;
  }
  void link(NodeId parent, NodeId previous, NodeId node) {
    NodeId& place = previous == no_node ? record_[parent].child : record_[previous].next;
    record_[node].next = place;
    place = node;
  }

  /// An element without content does not exist.
  void drop_if_empty(NodeId node) {
    const Node& found = record_[node];
    const bool empty =
        found.child == no_node && (found.kind == Kind::object || found.kind == Kind::null);
    if (!empty || found.parent == no_node || !is_linked(node)) return;
    const NodeId parent = found.parent;
    unlink(node);
    drop_if_empty(parent);
  }
  [[nodiscard]] bool is_linked(NodeId node) const {
    const auto siblings = record_.children(record_[node].parent);
    return std::find(siblings.begin(), siblings.end(), node) != siblings.end();
  }

  Tree& record_;
  const Tree& patch_;
  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  fhirpath::Evaluator evaluator_;
  Operation operation_;
  std::size_t size_ = 0;  // of the list that is worked on
  std::vector<NodeId> emptied_;
};

}  // namespace

void apply_fhirpath_patch(Tree& record, const Tree& parameters,
                          const definition::Definitions& definitions, const SymbolTable& symbols) {
  FhirPathPatcher(record, parameters, definitions, symbols).run();
}

}  // namespace lhcr::diff
