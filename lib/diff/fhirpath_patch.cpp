// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/names.hpp"
#include "diff/names.hpp"
#include "diff/patch.hpp"

namespace lhcr::diff {

using definition::TypeId;

namespace {

/// Builds the Parameters of a patch. Text is copied into the arena of its tree.
class ParametersBuilder {
 public:
  ParametersBuilder(const Tree& source, const definition::Definitions& definitions, Tree& out)
      : source_(source),
        definitions_(definitions),
        out_(out),
        builder_(out),
        parameter_type_(parameter_type(definitions)) {
    leaf("resourceType", "Parameters", Kind::string, Flag::meta);
    out_[tree::root_node].flags |= Flag::resource;
  }

  void open_operation(std::string_view type, std::string_view path) {
    open("parameter");
    leaf("name", "operation", Kind::string);
    part("type", "valueCode", type, Kind::string);
    part("path", "valueString", path, Kind::string);
  }
  void close_operation() { builder_.close(); }
  void name(std::string_view text) { part("name", "valueString", text, Kind::string); }
  void index(std::string_view which, std::uint32_t number) {
    part(which, "valueInteger", std::to_string(number), Kind::number);
  }
  /// The part `value`.
  void value(NodeId node) { named_value("value", node); }

 private:
  static TypeId parameter_type(const definition::Definitions& definitions) {
    const definition::Child* row =
        definitions.child(definitions.type("Parameters"), name::parameter);
    return row == nullptr ? definition::no_type : row->type;
  }

  void open(std::string_view name) { builder_.open(made(name, {}, Kind::object, Flag::list)); }
  void leaf(std::string_view name, std::string_view text, Kind kind, std::uint8_t flags = 0) {
    builder_.leaf(made(name, text, kind, flags));
  }
  void part(std::string_view name, std::string_view element, std::string_view text, Kind kind) {
    open("part");
    leaf("name", name, Kind::string);
    leaf(element, text, kind);
    builder_.close();
  }

  Node made(std::string_view name, std::string_view text, Kind kind, std::uint8_t flags) {
    const std::string_view kept = out_.arena().copy(text);
    Node node;
    node.name = out_.intern(name);
    node.element = node.name;
    node.bytes = kept.data();
    node.length = static_cast<std::uint32_t>(kept.size());
    node.kind = kind;
    node.flags = flags;
    return node;
  }

  void named_value(std::string_view name, NodeId node) {
    open("part");
    leaf("name", name, Kind::string);
    const std::string element = value_element(node);
    if (!element.empty()) {
      copy_as(element, node);
    } else {
      for (const NodeId child : source_.children(node)) {
        named_value(source_.name(source_[child].element), child);
      }
    }
    builder_.close();
  }

  /// Text of the source is not owned by the patch, which is written while the source is there.
  void copy_as(const std::string& element, NodeId node) {
    const NodeId copy = copy_node(source_, node, out_, builder_.current(), last_child());
    out_[copy].name = out_.intern(element);
    out_[copy].element = out_[copy].name;
    if (out_[copy].kind == Kind::xhtml) out_[copy].kind = Kind::string;
    out_[copy].flags &= static_cast<std::uint8_t>(~unsigned{Flag::list});
  }

  [[nodiscard]] NodeId last_child() const {
    NodeId last = no_node;
    for (const NodeId child : out_.children(builder_.current())) last = child;
    return last;
  }

  /// "valueHumanName", "resource", or empty: a type that Parameters cannot hold, to be told in
  /// parts.
  [[nodiscard]] std::string value_element(NodeId node) const {
    const Node& found = source_[node];
    if (found.is(Flag::resource)) return "resource";
    if (found.kind == Kind::xhtml) return "valueString";
    std::string type(definitions_.info(found.type).name);
    if (found.type == definition::no_type || type.empty()) {
      return found.kind == Kind::object    ? ""
             : found.kind == Kind::number  ? "valueDecimal"
             : found.kind == Kind::boolean ? "valueBoolean"
                                           : "valueString";
    }
    type[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(type[0])));
    std::string element = "value" + type;
    const Symbol symbol = out_.find(element);
    const bool known =
        symbol != no_symbol && definitions_.child(parameter_type_, symbol) != nullptr;
    if (known) return element;
    return found.kind == Kind::object ? "" : "valueString";
  }

  const Tree& source_;
  const definition::Definitions& definitions_;
  Tree& out_;
  tree::Builder builder_;
  TypeId parameter_type_;
};

class FhirPathPatchWriter {
 public:
  FhirPathPatchWriter(const Script& script, const definition::Definitions& definitions, Tree& out)
      : left_(*script.left.tree),
        right_(*script.right.tree),
        definitions_(definitions),
        left_paths_(left_),
        parameters_(right_, definitions, out) {}

  void write(const Change& change) {
    if (change.fhirpath_covered) return;
    switch (change.what) {
      case What::changed:
        changed(change);
        break;
      case What::removed:
        parameters_.open_operation("delete", left_paths_.of(change.left));
        parameters_.close_operation();
        break;
      case What::added:
        added(change);
        break;
      case What::moved:
        parameters_.open_operation("move", list_path(change, left_, change.left));
        parameters_.index("source", change.from);
        parameters_.index("destination", change.to);
        parameters_.close_operation();
        break;
      case What::rewrite:
        break;
    }
  }

 private:
  void changed(const Change& change) {
    if (change.left == tree::root_node) {
      throw Error(ErrorKind::usage, "a FHIRPath Patch cannot make a " +
                                        std::string(right_.resource_type(tree::root_node)) +
                                        " of a " +
                                        std::string(left_.resource_type(tree::root_node)) +
                                        ": use --format json-patch");
    }
    parameters_.open_operation("replace", left_paths_.of(change.left));
    parameters_.value(change.right);
    parameters_.close_operation();
  }

  void added(const Change& change) {
    // `add` is for what may repeat; a list that must not be one is made longer by its place.
    const bool behind = change.to >= change.size && (change.size == 0 || repeats(change));
    if (change.list && !behind) {
      parameters_.open_operation("insert", list_path(change, right_, change.right));
      parameters_.index("index", change.to);
    } else {
      parameters_.open_operation("add", left_paths_.of(change.left_parent));
      parameters_.name(right_.name(right_[change.right].element));
    }
    parameters_.value(change.right);
    parameters_.close_operation();
  }

  /// Whether the definitions know the element that is added to as one that repeats.
  [[nodiscard]] bool repeats(const Change& change) const {
    const definition::Child* row =
        definitions_.child(left_[change.left_parent].type, right_[change.right].name);
    return row != nullptr && (row->flags & definition::child_list) != 0;
  }

  /// The path of a whole list: that of its parent and its name.
  [[nodiscard]] std::string list_path(const Change& change, const Tree& tree, NodeId item) {
    return left_paths_.of(change.left_parent) + '.' + std::string(tree.name(tree[item].element));
  }

  const Tree& left_;
  const Tree& right_;
  const definition::Definitions& definitions_;
  tree::Paths left_paths_;
  ParametersBuilder parameters_;
};

}  // namespace

NodeId copy_node(const Tree& from, NodeId node, Tree& to, NodeId parent, NodeId previous) {
  Node made = from[node];
  made.name = to.intern(from.name(made.name));
  made.element = made.element == no_symbol ? no_symbol : to.intern(from.name(made.element));
  made.child = no_node;
  const NodeId copy = to.insert(parent, previous, made);
  NodeId last = no_node;
  for (const NodeId child : from.children(node)) last = copy_node(from, child, to, copy, last);
  return copy;
}

void make_fhirpath_patch(const Script& script, const definition::Definitions& definitions,
                         Tree& parameters) {
  {
    FhirPathPatchWriter writer(script, definitions, parameters);
    for (const Change& change : script.changes) writer.write(change);
  }
  definition::attach_types(parameters, definitions);
}

}  // namespace lhcr::diff
