// SPDX-License-Identifier: Apache-2.0
/// Runs a compiled map over one source tree, left to right (forward) or right to left (backward).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "map/codec/codec.hpp"
#include "map/hash.hpp"
#include "map/model.hpp"
#include "map/run/identity.hpp"
#include "map/run/ledger.hpp"
#include "map/run/statements.hpp"
#include "map/run/turning.hpp"
#include "record/references.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// A function called with nodes; refers to what it is made from, so only for parameters.
class Visit {
 public:
  template <typename Function>
  Visit(const Function& function)  // NOLINT(google-explicit-constructor): a parameter type
      : object_(&function), call_([](const void* object, tree::NodeId node) {
          (*static_cast<const Function*>(object))(node);
        }) {}
  void operator()(tree::NodeId node) const { call_(object_, node); }

 private:
  const void* object_;
  void (*call_)(const void*, tree::NodeId);
};

/// The nodes that a block's paths start from; members of the side that is read are source nodes,
/// the others target nodes.
struct Places {
  tree::NodeId left = tree::no_node;
  tree::NodeId right = tree::no_node;
  tree::NodeId wrapper = tree::no_node;   // left
  tree::NodeId section = tree::no_node;   // left
  tree::NodeId entry = tree::no_node;     // left
  tree::NodeId link = tree::no_node;      // right
  tree::NodeId resource = tree::no_node;  // right
};

/// A resource that was made (forward) or found (backward).
struct Resource {
  tree::NodeId node = tree::no_node;
  std::string_view type;
  std::string_view id;
  std::string_view url;                 ///< forward: fullUrl, of which the id is the end
  tree::NodeId source = tree::no_node;  ///< forward: the element it was made from
  Digest key;                           ///< forward: of what it is known by
  bool used = false;                    ///< backward: carried into the document
  const Block* block = nullptr;
};

/// A resource that was not written, since something that turns its meaning had no place.
struct Unsaid {
  tree::NodeId resource = tree::no_node;
  std::vector<tree::NodeId> modifiers;
};

/// Whether a name is that of a clinical statement.
[[nodiscard]] bool is_statement(std::string_view name);

class Run {
 public:
  Run(const Map& map, bool forward, const tree::Tree& source, tree::Tree& target);

  [[nodiscard]] const Map& map() const noexcept { return map_; }
  [[nodiscard]] bool forward() const noexcept { return forward_; }
  [[nodiscard]] const tree::Tree& source() const noexcept { return source_; }
  [[nodiscard]] tree::Tree& target() noexcept { return target_; }

  // --- reading the source ---
  void take(tree::NodeId node) { ledger_.take(node); }
  void take_all(tree::NodeId node);
  [[nodiscard]] bool is_taken(tree::NodeId node) const { return ledger_.has(node); }
  [[nodiscard]] Ledger& ledger() noexcept { return ledger_; }
  [[nodiscard]] const Ledger& ledger() const noexcept { return ledger_; }
  [[nodiscard]] const Statements& statements() const noexcept { return statements_; }
  /// Text of a child (attribute or element), marked as carried; empty when there is none.
  std::string_view read(tree::NodeId node, Symbol child);
  /// As read(), without marking.
  [[nodiscard]] std::string_view peek(tree::NodeId node, Symbol child) const;
  /// Whether no part of the resource that is being made has this id yet; it has from now on.
  [[nodiscard]] bool claim_part(const std::string& id);
  [[nodiscard]] tree::NodeId named_child(tree::NodeId node, Symbol name) const;
  /// All text below a node, tags left out and white space collapsed.
  [[nodiscard]] std::string plain_text(tree::NodeId node) const;
  /// The narrative element with this ID, or no_node.
  [[nodiscard]] tree::NodeId narrative(std::string_view id);
  /// Calls `each` for every match of a path.
  void each(const Path& path, const Places& places, Visit each);
  [[nodiscard]] bool holds(const std::vector<Test>& tests, tree::NodeId node) const;
  /// Backward: the resource a reference text means, or no_node.
  [[nodiscard]] tree::NodeId resolve(std::string_view reference, tree::NodeId from) const;

  // --- writing the target ---
  /// A node that hangs nowhere yet.
  tree::NodeId fresh(Symbol name = no_symbol);
  void attach(tree::NodeId parent, tree::NodeId child);
  void detach(tree::NodeId parent, tree::NodeId child);
  /// Adds a child with text; nothing when `text` is empty. `text` must outlive the target or be in
  /// its arena.
  tree::NodeId add(tree::NodeId parent, Symbol name, std::string_view text, bool attribute = false);
  tree::NodeId add_copy(tree::NodeId parent, Symbol name, std::string_view text,
                        bool attribute = false);
  void set_text(tree::NodeId node, std::string_view text);
  void set_copy(tree::NodeId node, std::string_view text);
  [[nodiscard]] tree::NodeId child(tree::NodeId parent, Symbol name) const {
    return target_.child(parent, name);
  }

  // --- running ---
  /// Runs every row; true when one of them carried something.
  bool run_block(const Block& block, Places places);
  /// Forward: makes the resource for a source element; returns an index into resources() or npos.
  std::size_t make_resource(const Block& block, Places places, bool about_resource = false);
  /// Forward: the block for a statement, or nullptr. Backward: for a resource.
  [[nodiscard]] const Block* statement_block(tree::NodeId node, bool entry = true) const;
  /// Forward: a statement below an entry (or a relationship), each resource's Reference goes to
  /// `made`.
  bool make_statement(const Row& row, tree::NodeId statement, Places places, Visit made);
  /// Forward, at the end: entry references get the resources that they mean.
  void resolve_references();
  /// Backward: writes a resource as a statement below `parent` (entry); false when no block takes
  /// it.
  bool write_statement(tree::NodeId resource, tree::NodeId link, tree::NodeId parent, Places places,
                       bool entry);
  /// Backward: writes a resource as the statement that a block means; false when something that
  /// turns its meaning has found no place, and nothing was written.
  bool write_as(const Block& block, tree::NodeId resource, tree::NodeId parent, Places places);
  [[nodiscard]] bool holds_right(const Block& block, tree::NodeId resource) const {
    return holds(block.right.steps[0].tests, resource);
  }
  [[nodiscard]] std::vector<Resource>& resources() noexcept { return resources_; }
  /// Backward: lists the resources of a Bundle (or the one resource) and their contained ones.
  void index_source(tree::NodeId node);
  /// Backward: the definitions of the source, which know what turns the meaning of a resource.
  void judge_by(const definition::Definitions& definitions) {
    turning_ = Turning(map_, definitions);
  }
  /// Backward: what was not written, in the order it was tried.
  [[nodiscard]] const std::vector<Unsaid>& unsaid() const noexcept { return unsaid_; }
  /// Forward: statements of templates that no map knows, which their section does not tell either.
  [[nodiscard]] const std::vector<tree::NodeId>& strangers() const noexcept { return strangers_; }
  /// Backward, after index_source(): which Provenance is about which resource.
  void link_provenance();
  void set_document(tree::NodeId node) { document_ = node; }
  /// The Bundle of the document: the root, unless the record is a set of documents.
  void set_bundle(tree::NodeId node) { bundle_ = node; }
  [[nodiscard]] tree::NodeId bundle() const noexcept { return bundle_; }
  /// Takes what another run over the same source has taken.
  void adopt(const Run& other);
  [[nodiscard]] tree::NodeId document() const noexcept { return document_; }
  void set_patient(std::size_t index) { patient_ = index; }
  [[nodiscard]] std::size_t patient() const noexcept { return patient_; }
  /// The name of the document's subject, for references to it.
  std::string_view patient_name();
  [[nodiscard]] std::string_view document_key() const noexcept { return document_key_; }
  void set_document_key(std::string_view key) { document_key_ = key; }
  /// Copies a subtree as another version's type; set while versions change, see version.cpp.
  class Same {
   public:
    Same() = default;
    Same(const Same&) = delete;
    Same& operator=(const Same&) = delete;
    virtual ~Same() = default;
    virtual bool copy(tree::NodeId from, tree::NodeId to, definition::TypeId type) = 0;
  };
  void set_same(Same* same) { same_ = same; }
  [[nodiscard]] Same* same() const noexcept { return same_; }
  /// Forward: whether resources may be there to which nothing refers.
  [[nodiscard]] bool may_have_orphans() const noexcept { return may_have_orphans_; }
  /// After the last row: gives back what only rows need.
  void end_rows();
  [[nodiscard]] bool wholly_taken(tree::NodeId node) const;
  // --- --keep-unmapped ---
  void keep_raw(bool keep) { keep_raw_ = keep; }
  void write_raw(tree::NodeId document);
  void restore_raw_header(tree::NodeId composition, tree::NodeId document);
  void reference_to(tree::NodeId reference, std::size_t resource);
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  /// What rows have carried of the statement that is being made, and of its wrapper.
  struct Said {
    ModifierMask self = 0;
    ModifierMask wrapper = 0;
    tree::NodeId statement = tree::no_node;
  };
  [[nodiscard]] std::uint64_t names_below(tree::NodeId node) const;
  void run_row(const Row& row, Places& places, bool& carried);
  void imply(const Row& row, const Places& places);
  [[nodiscard]] bool is_subject(const Row& row, tree::NodeId reference) const;
  bool transfer(const Row& row, Places& places, tree::NodeId from);
  bool value(const Row& row, Places& places, tree::NodeId from);
  bool flag(const Row& row, Places& places);
  bool literal(const Row& row, Places& places);
  bool object(const Row& row, Places& places, tree::NodeId from);
  [[nodiscard]] bool has_content(tree::NodeId element) const;
  bool resource_forward(const Row& row, Places& places, tree::NodeId from);
  bool resource_backward(const Row& row, Places& places, tree::NodeId from);
  bool statement_row(const Row& row, Places& places, tree::NodeId from);
  bool raise(const Row& row, const Places& places, tree::NodeId draft);
  bool null_flavor(const Row& row, tree::NodeId from, tree::NodeId to);
  [[nodiscard]] bool block_fits(const Block& block, tree::NodeId node) const;
  [[nodiscard]] tree::NodeId start(const Path& path, const Places& places, bool left) const;
  [[nodiscard]] bool in_bundle() const;
  [[nodiscard]] bool starts_well(const Path& path, tree::NodeId node);
  [[nodiscard]] bool is_turned(const Step& step, tree::NodeId node) const;
  void walk(const Path& path, std::size_t step, tree::NodeId node, Visit each);
  [[nodiscard]] bool step_fits(const Step& step, const tree::Tree& tree, tree::NodeId node) const;
  [[nodiscard]] bool test_holds(const Test& test, const tree::Tree& tree, tree::NodeId node,
                                std::size_t at) const;
  void take_tests(const std::vector<Test>& tests, tree::NodeId node);
  bool take_test(const Test& test, tree::NodeId node, std::size_t at);
  void take_template(std::string_view root, tree::NodeId node);
  void undo_taken(tree::NodeId node);
  void take_upwards(tree::NodeId node, tree::NodeId stop);
  void forget(tree::NodeId size);
  [[nodiscard]] bool contradicts(const Test& test, tree::NodeId node) const;
  bool place(const Path& path, Places& places, tree::NodeId draft);
  bool merge(tree::NodeId into, tree::NodeId draft);
  [[nodiscard]] bool has_attribute(tree::NodeId node, Symbol name) const;
  [[nodiscard]] bool has_room(tree::NodeId holder, const Step& step) const;
  bool place_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft);
  [[nodiscard]] bool is_own(tree::NodeId node) const;
  bool create_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft);
  void write_tests(const Step& step, tree::NodeId node);
  void write_tests(const std::vector<Test>& tests, tree::NodeId node);
  void write_templates(const Step& step, tree::NodeId node);
  [[nodiscard]] bool same_code(tree::NodeId there, tree::NodeId draft) const;
  bool occupied_equal(tree::NodeId there, tree::NodeId draft) const;
  [[nodiscard]] std::string content_key(tree::NodeId node, std::uint64_t a, std::uint64_t b) const;
  struct Known {
    std::size_t index = npos;
    Digest key;
  };
  Known known_actor(const Block& block, tree::NodeId node);
  Known known_statement(const Block& block, tree::NodeId node, std::string_view about);
  [[nodiscard]] static bool writes_link(const Block& block);
  std::size_t same_content(const Block& block, tree::NodeId node);
  void take_alike(tree::NodeId node, tree::NodeId other);
  std::size_t fill_resource(const Block& block, Places places, Known known);
  void content_hash(tree::NodeId node, std::uint64_t& a, std::uint64_t& b) const;
  tree::NodeId start_statement(const Block& block, tree::NodeId parent, Places& places);
  struct Raw {
    tree::NodeId link;       // target
    tree::NodeId statement;  // source
    std::size_t first;       // of the resources made from it
    std::size_t end;
  };
  void restore_raw_entries(tree::NodeId section, tree::NodeId parent);
  void note_raw(tree::NodeId link, tree::NodeId statement, std::size_t first);
  void write_raw_header(tree::NodeId document);
  void restore_entry_type(tree::NodeId link, tree::NodeId entry);
  void take_raw(tree::NodeId node);
  void add_raw(tree::NodeId holder, const std::string& text);
  std::string_view raw_of(tree::NodeId node);
  bool restore_raw(tree::NodeId link, tree::NodeId parent);
  void remove_children(tree::NodeId parent, Symbol name);
  std::string_view peek_target_id(tree::NodeId node) const;
  bool make_provenance(const Block& block, const Places& inside, tree::NodeId about);
  void new_resource(const Block& block, const Places& places, Digest key);
  void drop_resources(std::size_t first);
  void mark_used(tree::NodeId node);
  [[nodiscard]] bool is_stopped(tree::NodeId resource) const;
  bool says_all(tree::NodeId resource);
  void take_back(std::size_t ledger, std::size_t used, tree::NodeId size);
  using Taken = std::vector<std::pair<tree::NodeId, Booked>>;
  Taken give_back(tree::NodeId resource);
  void take_again(const Taken& nodes);
  void each_wanted(const Row& row, const Places& places, Visit each);
  bool place_every(const Row& row, const Places& places, tree::NodeId draft);
  bool repeat_resource(const Row& row, const Block& block, Places& places, Places inside);
  [[nodiscard]] bool is_above(tree::NodeId node, tree::NodeId below) const;
  void note_said(const Row& row);
  [[nodiscard]] bool is_unsaid(const Block& block, const Places& places) const;
  [[nodiscard]] bool stands_for(const Test& test, tree::NodeId node) const;
  [[nodiscard]] const Block* block_by_template(tree::NodeId node) const;
  [[nodiscard]] const Block* block_by_section(tree::NodeId node) const;
  [[nodiscard]] bool is_block_of(const Block& block, tree::NodeId node) const;
  void note_stranger(tree::NodeId node) const;
  [[nodiscard]] bool leads_section(tree::NodeId node) const;
  bool state(const Block& block, const Places& places);
  [[nodiscard]] std::string section_code(tree::NodeId node) const;
  [[nodiscard]] bool has_core(const Block& block, tree::NodeId node) const;
  [[nodiscard]] bool has_match(const Path& path, std::size_t step, tree::NodeId node) const;
  [[nodiscard]] bool is_inside(tree::NodeId node, tree::NodeId top) const;
  [[nodiscard]] const Block* reference_block_of(tree::NodeId statement) const;
  [[nodiscard]] std::string id_of(tree::NodeId node) const;
  [[nodiscard]] tree::NodeId referenced(tree::NodeId reference);
  [[nodiscard]] static bool may_mean(const Row& row, const Block& block);
  bool refer(const Row& row, tree::NodeId statement, Places places, Visit made);
  bool write_reference(const Row& row, tree::NodeId resource, tree::NodeId parent, Places places);
  bool restore_reference(tree::NodeId link, tree::NodeId parent, Places places);
  void take_targets(tree::NodeId provenance, tree::NodeId resource);
  [[nodiscard]] static std::uint64_t about(tree::NodeId provenance, tree::NodeId resource) {
    return std::uint64_t{provenance} << 32U | resource;
  }
  void take_path(const Path& path, tree::NodeId end);
  void take_core(const Block& block, tree::NodeId statement);
  void keep_link(tree::NodeId link, tree::NodeId resource);
  void index_resource(tree::NodeId node);
  void write_header(const Block& block, const Places& places);
  void take_header(const Block& block, const Places& places);
  [[nodiscard]] const Block* choose(const Row& row, tree::NodeId node) const;
  [[nodiscard]] tree::NodeId there(const Step& step, tree::NodeId parent) const;
  [[nodiscard]] bool has_child(const Path& path, const Places& places) const;

  const Map& map_;
  bool forward_;
  const tree::Tree& source_;
  tree::Tree& target_;
  Ledger ledger_;
  Identity identity_;
  Statements statements_;
  Turning turning_;
  std::vector<tree::NodeId> placed_;  ///< what the row that runs has written
  mutable std::vector<tree::NodeId> strangers_;
  std::vector<Unsaid> unsaid_;
  std::unordered_set<tree::NodeId> stopped_;  ///< resources in unsaid_ of this run
  bool unsaid_inside_ = false;     ///< of what was written into the statement that is being made
  std::vector<std::size_t> used_;  ///< resources, in the order they were carried
  Said said_;
  std::map<tree::NodeId, tree::NodeId> last_;  ///< child of targets that have many
  std::vector<Resource> resources_;
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const noexcept { return digest.a; }
  };
  std::unordered_map<Digest, std::size_t, DigestHash> by_key_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_id_;  // of actors
  std::unordered_map<std::string, std::size_t> by_content_;          // of actors
  std::unordered_map<std::string_view, tree::NodeId> narrative_;
  mutable record::References references_;  ///< of a source that is FHIR
  std::unordered_map<tree::NodeId, std::vector<tree::NodeId>> provenance_;
  std::unordered_map<std::uint64_t, std::vector<tree::NodeId>> targets_;  ///< by about()
  std::unordered_map<tree::NodeId, std::size_t> index_of_;
  std::unordered_map<const Path*, std::pair<tree::NodeId, bool>> section_tests_;
  std::vector<tree::NodeId> active_;
  std::unordered_map<std::string, tree::NodeId> statement_by_id_;  // forward
  std::vector<std::pair<tree::NodeId, tree::NodeId>> pending_;     // References, and what they mean
  bool statements_ready_ = false;
  std::unordered_set<std::string> part_ids_;  // of parts of resources, behind the resource's node
  tree::NodeId document_ = tree::no_node;
  tree::NodeId bundle_ = tree::root_node;
  std::size_t patient_ = npos;
  std::string document_key_;
  std::string_view patient_name_;
  bool patient_named_ = false;
  std::vector<Raw> raw_;
  Same* same_ = nullptr;
  bool keep_raw_ = false;
  bool narrative_ready_ = false;
  bool merging_ = false;
  bool may_have_orphans_ = false;  ///< resources were made for what was not placed
  std::size_t ordinal_ = 0;        ///< which match of Row::repeat a resource is made of
  int depth_ = 0;
};

}  // namespace lhcr::map
