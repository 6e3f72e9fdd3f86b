// SPDX-License-Identifier: Apache-2.0
/// --keep-unmapped: each entry travels along as the raw element, as rows may carry all that it says
/// and still write it in another form; with a digest of the resources it became. The way back takes
/// the raw element when those resources are unchanged.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "map/run/resources.hpp"
#include "map/run/source_reader.hpp"
#include "map/run/target_writer.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it.
class RawElements {
 public:
  RawElements(SourceReader& in, TargetWriter& out, Resources& resources)
      : in_(in), out_(out), source_(in.source()), target_(out.target()), resources_(resources) {}

  // --- forward ---
  void keep(bool keep) { keep_ = keep; }
  /// Notes that the resources from `first` on were made of a statement to which `link` points.
  void note(tree::NodeId link, tree::NodeId statement, std::size_t first);
  /// Notes an entry that no resource was made of; it travels with its section.
  void note_entry(tree::NodeId section, tree::NodeId entry);
  /// Writes what was noted, and what of the header rows have not carried whole; the resources are
  /// as they leave.
  void write(tree::NodeId document);

  // --- backward ---
  /// Writes the raw element beside a Reference below `entry`; false when there is none, or when a
  /// resource that was made of it has changed.
  bool restore(tree::NodeId link, tree::NodeId entry);
  /// Writes the entries beside a section of the source into that of the target.
  void restore_entries(tree::NodeId section, tree::NodeId parent);
  /// Writes the elements of the header in place of those that rows have written.
  void restore_header(tree::NodeId composition, tree::NodeId document);

 private:
  struct Raw {
    tree::NodeId link;       // target
    tree::NodeId statement;  // source
    std::size_t first;       // of the resources made from it
    std::size_t end;
  };
  void write_entry(const Raw& raw);
  void write_statement(const Raw& raw);
  void write_header(tree::NodeId document);
  [[nodiscard]] std::string xml_of(tree::NodeId node) const;
  void add(tree::NodeId holder, const std::string& text);
  void take(tree::NodeId node);
  std::string_view take_next(tree::NodeId node);
  bool read(std::string_view xml, tree::NodeId parent);
  void restore_entry_type(tree::NodeId link, tree::NodeId entry);

  SourceReader& in_;
  TargetWriter& out_;
  const tree::Tree& source_;
  tree::Tree& target_;
  Resources& resources_;
  std::vector<Raw> raw_;
  bool keep_ = false;
};

}  // namespace lhcr::map
