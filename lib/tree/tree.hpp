// SPDX-License-Identifier: Apache-2.0
/// The element tree: FHIR JSON, FHIR XML and CDA XML in one form. Readers fill it, engines read it,
/// writers empty it.
///
/// Layout (one resource):
///  - node 1 is the root: nameless, and the resource's elements are its children;
///  - an array is repeated siblings of one name, adjacent and in order (Flag::list says it was, or
///  is to be, an array);
///  - a primitive's value is the node's text exactly as it came in, `_name` folds into the children
///  of `name`,
///    and a primitive without value but with children has Kind::null;
///  - `resourceType` is a child flagged Flag::meta of a node flagged Flag::resource, from every
///  reader;
///  - narrative XHTML is one node of Kind::xhtml whose text is the whole `<div>` element;
///  - attributes (CDA; FHIR XML `id`, `url`) are children flagged Flag::attribute, mixed text is
///  nameless Kind::text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/arena.hpp"
#include "base/symbol.hpp"

namespace lhcr::tree {

/// Index of a node in its tree. 0 is "no node", 1 the root.
using NodeId = std::uint32_t;
constexpr NodeId no_node = 0;
constexpr NodeId root_node = 1;

enum class Kind : std::uint8_t { object, string, number, boolean, null, xhtml, text };

/// Bits of Node::flags.
enum Flag : std::uint8_t {
  list = 1,       ///< member of an array (as read from JSON, or by definition)
  attribute = 2,  ///< written as an XML attribute
  meta = 4,       ///< not an element: resourceType, namespace declarations
  choice = 8,  ///< Node::name carries a type suffix, Node::element does not (valueQuantity, value)
  generated = 16,  ///< not in the input
  resource = 32,   ///< holds a resource: has a resourceType child
  unknown = 64,    ///< the definitions know no such element (set by the type pass)
  extended = 128,  ///< a primitive whose JSON `_name` part was present
};

/// One element. Text points into the input or into the tree's arena and is never owned.
struct Node {
  const char* bytes = nullptr;
  std::uint32_t length = 0;
  Symbol name = no_symbol;     ///< as written
  Symbol element = no_symbol;  ///< as defined: equals `name` but for choice elements
  NodeId parent = no_node;
  NodeId next = no_node;     ///< next sibling
  NodeId child = no_node;    ///< first child
  std::uint32_t offset = 0;  ///< bytes from the start of the record's source
  std::uint16_t type = 0;    ///< definition::TypeId, 0 before the type pass or when unknown
  Kind kind = Kind::object;
  std::uint8_t flags = 0;

  [[nodiscard]] std::string_view text() const noexcept { return {bytes, length}; }
  [[nodiscard]] bool is(Flag flag) const noexcept { return (flags & flag) != 0; }
};
static_assert(sizeof(Node) <= 40);
static_assert(std::is_trivially_copyable_v<Node>);

/// Nodes in one piece that grows where it lies when the system can: a record of megabytes has
/// hundreds of thousands, and a vector's copies would be most of the memory.
class NodeList {
 public:
  NodeList() { add(); }
  NodeList(NodeList&& other) noexcept { *this = std::move(other); }
  NodeList& operator=(NodeList&& other) noexcept {
    nodes_ = std::move(other.nodes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  NodeList(const NodeList&) = delete;
  NodeList& operator=(const NodeList&) = delete;
  ~NodeList() = default;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Node& operator[](std::size_t at) noexcept { return nodes_.get()[at]; }
  [[nodiscard]] const Node& operator[](std::size_t at) const noexcept { return nodes_.get()[at]; }
  Node& add() {
    if (size_ == capacity_) {
      grow();
    }
    return *new (nodes_.get() + size_++) Node{};
  }
  /// `size` must not be larger than size().
  void shrink(std::size_t size) noexcept { size_ = size; }
  /// Keeps node 0 only, and gives the memory of a large record back.
  void release();

 private:
  struct Free {
    void operator()(Node* nodes) const noexcept { std::free(nodes); }
  };
  void grow();

  std::unique_ptr<Node, Free> nodes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class Tree;

/// Forward range over the children of a node.
class Children {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = NodeId;
    using difference_type = std::ptrdiff_t;
    using pointer = const NodeId*;
    using reference = NodeId;
    iterator() = default;
    iterator(const Tree* tree, NodeId id) : tree_(tree), id_(id) {}
    NodeId operator*() const noexcept { return id_; }
    inline iterator& operator++() noexcept;
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const iterator& other) const noexcept { return id_ == other.id_; }

   private:
    const Tree* tree_ = nullptr;
    NodeId id_ = no_node;
  };
  Children(const Tree* tree, NodeId first) : tree_(tree), first_(first) {}
  [[nodiscard]] iterator begin() const noexcept { return {tree_, first_}; }
  [[nodiscard]] iterator end() const noexcept { return {tree_, no_node}; }

 private:
  const Tree* tree_;
  NodeId first_;
};

/// The nodes of one record, their text and the names that no definition knows. Reused from record
/// to record: clear() keeps the memory. `symbols` must outlive the tree.
class Tree {
 public:
  explicit Tree(const SymbolTable& symbols) : names_(&symbols) {}

  void clear();
  /// Forgets the nodes and gives their memory back, when it is much; the texts in the arena stay
  /// for those who point to them.
  void release_nodes();
  /// Forgets the nodes from `size` on. Nothing that stays may point to them.
  void truncate(NodeId size) noexcept { nodes_.shrink(size); }
  /// Remembers the bytes that node offsets count from. The caller keeps them alive as long as the
  /// tree is used.
  void set_source(std::string_view source) noexcept { source_ = source; }
  [[nodiscard]] std::string_view source() const noexcept { return source_; }
  /// Whether the reader left the kinds of primitives open: XML does not say them, so that its
  /// reader makes every value Kind::string and definition::attach_types() gives it the kind, and
  /// the list flag, that the definitions know.
  void set_kinds_open(bool open) noexcept { kinds_open_ = open; }
  [[nodiscard]] bool kinds_are_open() const noexcept { return kinds_open_; }

  [[nodiscard]] bool empty() const noexcept { return nodes_.size() < 2; }
  /// Number of nodes plus one: every valid id is below it.
  [[nodiscard]] NodeId size() const noexcept { return static_cast<NodeId>(nodes_.size()); }
  [[nodiscard]] const Node& operator[](NodeId id) const noexcept { return nodes_[id]; }
  [[nodiscard]] Node& operator[](NodeId id) noexcept { return nodes_[id]; }
  [[nodiscard]] Children children(NodeId id) const noexcept { return {this, nodes_[id].child}; }
  /// First child whose element (not its written name) is `element`, or no_node.
  [[nodiscard]] NodeId child(NodeId id, Symbol element) const noexcept;
  /// The text of the resourceType of a node flagged Flag::resource, else empty.
  [[nodiscard]] std::string_view resource_type(NodeId id) const noexcept;
  /// The nearest node flagged Flag::resource at or above `id`, or the root.
  [[nodiscard]] NodeId enclosing_resource(NodeId id) const noexcept;

  /// Adds a node below `parent` after `previous` (no_node: as first child) and returns its id.
  NodeId insert(NodeId parent, NodeId previous, const Node& node);
  /// As above with an empty node, for the caller to fill in place.
  NodeId insert(NodeId parent, NodeId previous);
  /// Adds a node as the last child of `parent`; walks the siblings.
  NodeId append(NodeId parent, const Node& node);

  [[nodiscard]] Symbol intern(std::string_view name) { return names_.intern(name); }
  [[nodiscard]] Symbol find(std::string_view name) const noexcept { return names_.find(name); }
  [[nodiscard]] std::string_view name(Symbol symbol) const noexcept { return names_.name(symbol); }
  [[nodiscard]] std::string_view name_of(NodeId id) const noexcept {
    return names_.name(nodes_[id].name);
  }
  /// Room for text that is not in the input as it stands (unescaped strings, generated values).
  [[nodiscard]] Arena& arena() noexcept { return arena_; }

 private:
  SymbolTable names_;
  NodeList nodes_;
  Arena arena_;
  std::string_view source_;
  bool kinds_open_ = false;
};

inline NodeId Tree::insert(NodeId parent, NodeId previous) {
  const NodeId id = size();
  Node& added = nodes_.add();
  NodeId& link = previous == no_node ? nodes_[parent].child : nodes_[previous].next;
  added.parent = parent;
  added.next = link;
  link = id;
  return id;
}

inline NodeId Tree::insert(NodeId parent, NodeId previous, const Node& node) {
  const NodeId id = insert(parent, previous);
  Node& added = nodes_[id];
  const NodeId next = added.next;
  added = node;
  added.parent = parent;
  added.next = next;
  return id;
}

inline Children::iterator& Children::iterator::operator++() noexcept {
  id_ = (*tree_)[id_].next;
  return *this;
}

/// Adds nodes in document order in constant time each.
class Builder {
 public:
  /// Clears `tree` and makes its root.
  explicit Builder(Tree& tree);
  /// Continues in a tree that exists: what follows is appended to `parent`.
  Builder(Tree& tree, NodeId parent);

  /// Adds a node below the current one and makes it current.
  NodeId open(const Node& node);
  /// Makes the parent current again.
  void close();
  /// Adds a node without making it current.
  NodeId leaf(const Node& node);
  /// Makes an existing node current, so that children can be added to it; close() returns to the
  /// present one.
  void reopen(NodeId node);
  [[nodiscard]] NodeId current() const noexcept { return stack_.back().node; }
  [[nodiscard]] std::size_t depth() const noexcept { return stack_.size(); }

 private:
  struct Level {
    NodeId node;
    NodeId last;  // last child so far
  };
  [[nodiscard]] NodeId last_child(NodeId node) const;

  Tree& tree_;
  std::vector<Level> stack_;
};

/// The FHIRPath location of a node with list indexes: `Bundle.entry[0].resource.name[1].given[0]`,
/// choice elements as `Observation.value.ofType(Quantity)`. Starts at the outermost resource's
/// type, or at the root's first element name. For one node; Paths is for many.
[[nodiscard]] std::string path_of(const Tree& tree, NodeId id);

/// Whether two subtrees say the same: names, kinds, text byte for byte, order within each list and
/// among mixed text; the order of differently named siblings and where the text came from do not
/// count.
[[nodiscard]] bool equal(const Tree& left, NodeId left_id, const Tree& right, NodeId right_id);
/// As equal(), and says where the first difference is (a path), empty when there is none.
[[nodiscard]] std::string first_difference(const Tree& left, NodeId left_id, const Tree& right,
                                           NodeId right_id);

}  // namespace lhcr::tree
