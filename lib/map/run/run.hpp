// SPDX-License-Identifier: Apache-2.0
/// Runs a compiled map over one source tree, left to right (forward) or right to left (backward).
/// This is what codecs see of a run; who drives one asks for its parts (parts.hpp).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "definition/definitions.hpp"
#include "map/model.hpp"
#include "map/run/places.hpp"
#include "map/run/source_reader.hpp"
#include "map/run/target_writer.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

struct Parts;
class Rows;
class ToFhir;
class ToCda;

/// Belongs to one conversion; what it is made from must outlive it.
class Run {
 public:
  Run(const Map& map, bool forward, const tree::Tree& source, tree::Tree& target);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  [[nodiscard]] const Map& map() const noexcept { return map_; }
  [[nodiscard]] bool forward() const noexcept { return forward_; }

  // --- reading the source, see SourceReader ---
  [[nodiscard]] const tree::Tree& source() const noexcept { return in_.source(); }
  void take(tree::NodeId node) { in_.take(node); }
  void take_all(tree::NodeId node) { in_.take_all(node); }
  [[nodiscard]] bool is_taken(tree::NodeId node) const { return in_.is_taken(node); }
  std::string_view read(tree::NodeId node, Symbol child) { return in_.read(node, child); }
  [[nodiscard]] std::string_view peek(tree::NodeId node, Symbol child) const {
    return in_.peek(node, child);
  }
  [[nodiscard]] tree::NodeId named_child(tree::NodeId node, Symbol name) const {
    return in_.named_child(node, name);
  }
  [[nodiscard]] std::string plain_text(tree::NodeId node) const { return in_.plain_text(node); }
  /// The narrative element of the document with this ID, or no_node.
  [[nodiscard]] tree::NodeId narrative(std::string_view id);

  // --- writing the target, see TargetWriter ---
  [[nodiscard]] tree::Tree& target() noexcept { return out_.target(); }
  tree::NodeId fresh(Symbol name = no_symbol) { return out_.fresh(name); }
  void attach(tree::NodeId parent, tree::NodeId child) { out_.attach(parent, child); }
  void detach(tree::NodeId parent, tree::NodeId child) { out_.detach(parent, child); }
  tree::NodeId add(tree::NodeId parent, Symbol name, std::string_view text,
                   bool attribute = false) {
    return out_.add(parent, name, text, attribute);
  }
  tree::NodeId add_copy(tree::NodeId parent, Symbol name, std::string_view text,
                        bool attribute = false) {
    return out_.add_copy(parent, name, text, attribute);
  }
  void set_text(tree::NodeId node, std::string_view text) { out_.set_text(node, text); }
  void set_copy(tree::NodeId node, std::string_view text) { out_.set_copy(node, text); }
  [[nodiscard]] tree::NodeId child(tree::NodeId parent, Symbol name) const {
    return out_.child(parent, name);
  }

  // --- forward: resources, see Resources ---
  /// Whether no part of the resource that is being made has this id yet; it has from now on.
  [[nodiscard]] bool claim_part(const std::string& id);
  /// Makes `reference` one to the document's subject; false when there is none yet.
  [[nodiscard]] bool refer_to_patient(tree::NodeId reference);
  /// The name of the document's subject, for references to it.
  [[nodiscard]] std::string_view patient_name();

  // --- between versions of FHIR ---
  /// Copies a subtree as another version's type, see version.cpp.
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

  // --- running ---
  [[nodiscard]] Parts& parts() noexcept { return *parts_; }
  [[nodiscard]] const Parts& parts() const noexcept { return *parts_; }
  [[nodiscard]] Rows& rows() noexcept { return *rows_; }
  /// The driver of a run forward, or backward.
  [[nodiscard]] ToFhir& to_fhir() noexcept { return *to_fhir_; }
  [[nodiscard]] ToCda& to_cda() noexcept { return *to_cda_; }
  /// Takes what another run over the same source has taken.
  void adopt(const Run& other);
  /// After the last row: gives back what only rows need.
  void end_rows();

 private:
  const Map& map_;
  bool forward_;
  std::unique_ptr<Parts> parts_;
  SourceReader& in_;
  TargetWriter& out_;
  std::unique_ptr<Rows> rows_;
  std::unique_ptr<ToFhir> to_fhir_;
  std::unique_ptr<ToCda> to_cda_;
  Same* same_ = nullptr;
};

}  // namespace lhcr::map
