// SPDX-License-Identifier: Apache-2.0
/// From JSON tokens to the tree: grammar, arrays as repeated siblings, `_name` parts folded into
/// their elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "format/format.hpp"
#include "format/issues.hpp"
#include "format/json/json_scan.hpp"
#include "tree/tree.hpp"

namespace lhcr::format {

/// The value of a `_name` member, taken out of the tree until its object is complete.
struct ExtensionPart {
  Symbol name = no_symbol;
  tree::NodeId head =
      tree::no_node;  ///< first of its nodes, linked by Node::next; no_node when there is none
  tree::NodeId before = tree::no_node;  ///< the sibling it stood after
  std::uint32_t offset = 0;
  bool array = false;
};

/// Gives each part's children to the primitive it belongs to, makes value-less primitives of the
/// others, and takes nulls that stand for nothing out. `last` is the object's last child, before
/// and after.
class PartFolder {
 public:
  using Group = std::pair<Symbol, tree::NodeId>;
  /// `groups` is scratch memory.
  PartFolder(tree::Tree& tree, Issues& issues, std::vector<Group>& groups)
      : tree_(tree), issues_(issues), groups_(groups) {}
  void fold(tree::NodeId object, std::span<ExtensionPart> parts, tree::NodeId& last);
  void drop_nulls(tree::NodeId object, tree::NodeId& last);

 private:
  [[nodiscard]] tree::NodeId find_group(Symbol name) const;
  void merge(tree::NodeId element, const ExtensionPart& part, tree::NodeId& last);
  void give_children(tree::NodeId from, tree::NodeId to);
  void place(tree::NodeId object, tree::NodeId after, tree::NodeId head, tree::NodeId& last);

  tree::Tree& tree_;
  Issues& issues_;
  std::vector<Group>& groups_;
};

/// The token stream of one text.
struct JsonTokens {
  std::string_view text;                   ///< token offsets count from here
  std::span<const std::uint32_t> offsets;  ///< where tokens begin; one more than there are tokens
  std::uint32_t shift = 0;                 ///< of `text` in the record
  const std::optional<Fault>* fault = nullptr;  ///< why the tokens end early
};

/// An object that is being read.
struct JsonLevel {
  tree::NodeId node = tree::no_node;
  tree::NodeId last = tree::no_node;    // last child so far
  tree::NodeId before = tree::no_node;  // last child before the current member
  Symbol name = no_symbol;              // of the current member
  std::uint32_t offset = 0;             // of the current member's name
  std::uint32_t items = 0;              // of the current array
  std::uint32_t first_key = 0;          // in keys_
  std::uint32_t first_part = 0;         // in parts_
  bool array = false;
  bool part = false;       // the member's name begins with an underscore
  bool duplicate = false;  // the member's name has been there before
  bool comma_told = false;
  bool has_null = false;
};

/// The walker's memory, kept from record to record.
struct JsonScratch {
  std::vector<JsonLevel> levels;
  std::vector<std::uint32_t> keys;  ///< of all open objects: name and whether it had an underscore
  std::unordered_set<std::uint64_t> wide_keys;  ///< node and key, of objects with many names
  std::vector<ExtensionPart> parts;
  std::vector<PartFolder::Group> groups;
};

/// Walks tokens without recursion.
class JsonWalker {
 public:
  JsonWalker(tree::Tree& tree, Issues& issues, JsonScratch& scratch);
  /// Fills the tree below its root. False when reading cannot go on; see met_comment() then.
  bool run(const JsonTokens& tokens, const ReadLimits& limits);
  /// Whether the walk ended at a slash, so that the careful tokenizer has to blank comments.
  [[nodiscard]] bool met_comment() const noexcept { return met_comment_; }

 private:
  using Level = JsonLevel;

  bool open_root();
  bool step();
  bool close_array(Level& level);
  bool close_object();
  bool member_name(Level& level);
  void note_key(Level& level, std::string_view name);
  bool value(Level& level);
  bool string_value(Level& level);
  bool bare_value(Level& level);
  bool open_object(Level& level);
  bool open_array(Level& level);
  void add_leaf(Level& level, tree::Kind kind, std::string_view text);
  void mark_resource(Level& level);
  void finish_value(Level& level);
  void finish_member(Level& level);
  void finish_children(Level& level);
  bool seen(const Level& level, std::uint32_t key);
  bool separator();

  [[nodiscard]] bool at_end() const noexcept { return cursor_ + 1 >= tokens_.offsets.size(); }
  [[nodiscard]] std::size_t here() const noexcept { return tokens_.offsets[cursor_]; }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : tokens_.text[here()]; }
  [[nodiscard]] std::uint32_t source_offset() const noexcept {
    return tokens_.shift + tokens_.offsets[cursor_];
  }
  [[nodiscard]] std::string_view token_text() const noexcept;
  bool string_token(std::string_view& content);
  [[nodiscard]] bool has_escape(const char* begin, const char* end) noexcept;
  bool unexpected(std::string_view expected);
  bool root_fault();

  tree::Tree& tree_;
  Issues& issues_;
  PartFolder folder_;
  JsonTokens tokens_;
  ReadLimits limits_;
  std::size_t cursor_ = 0;
  const char* next_escape_ = nullptr;
  Symbol resource_type_ = no_symbol;
  bool after_comma_ = false;
  bool met_comment_ = false;
  std::vector<JsonLevel>& levels_;
  std::vector<std::uint32_t>& keys_;
  std::unordered_set<std::uint64_t>& wide_keys_;
  std::vector<ExtensionPart>& parts_;
};

}  // namespace lhcr::format
