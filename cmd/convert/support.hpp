// SPDX-License-Identifier: Apache-2.0
/// Resources that records of views refer to and that stand elsewhere in the input.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.hpp"
#include "cmd/convert/recency.hpp"
#include "cmd/convert/view_services.hpp"
#include "cmd/run/inputs.hpp"
#include "definition/definitions.hpp"
#include "record/record_reader.hpp"
#include "tree/tree.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {

/// Looks through the input at the first question: what can be read once only (a pipe) has nothing.
/// The resources lie in a file without a name; 50 bytes or so for each stay in memory, and as much
/// for each identifier. Shared by threads.
class Support {
 public:
  /// Of the types that the paths of `views` follow with resolve() resources are kept, of those
  /// that they make keys of (getReferenceKey()) the identifiers. Of what has versions the one that
  /// `recency` takes for the newest counts. All outlive the object.
  Support(const std::vector<Input>& inputs, const definition::Library& library,
          const definition::Definitions& version, const std::vector<view::Source>& views,
          const Recency& recency);

  [[nodiscard]] bool follows(std::string_view type) const;
  /// Views ask for nothing that is here.
  [[nodiscard]] bool is_idle() const noexcept { return followed_.empty() && keyed_.empty(); }
  /// The JSON of a resource; empty: there is none, or several that differ.
  [[nodiscard]] std::string find(std::string_view type, std::string_view id);
  /// The id of the one resource that a search means, `Type?identifier=system|value`; else empty.
  [[nodiscard]] std::string find_searched(std::string_view reference);
  /// "Type/id" of the one resource that has an identifier; else empty. `type` empty: of any type
  /// that is looked for.
  [[nodiscard]] std::string find_identified(std::string_view type, std::string_view system,
                                            std::string_view value);
  /// The elements that references are found by where views make keys of them; else none.
  [[nodiscard]] std::span<const std::string_view> names() const noexcept;

 private:
  struct Place {
    std::uint64_t offset = 0;
    std::uint32_t size = 0;  ///< 0: several
    std::uint64_t hash = 0;
  };
  void look();
  void look_through(const Input& input, record::RecordReader& reader);
  void keep(const tree::Tree& tree, tree::NodeId resource);
  void keep_text(const tree::Tree& tree, tree::NodeId resource, const std::string& key);
  void keep_identifiers(const tree::Tree& tree, tree::NodeId resource, std::string_view id);
  [[nodiscard]] bool names_wanted(std::string_view bytes) const;
  [[nodiscard]] bool is_of_a_patient(std::string_view type) const;

  const std::vector<Input>& inputs_;
  const Recency& recency_;
  const definition::Library& library_;
  const definition::Definitions& version_;
  std::set<std::string, std::less<>> followed_;
  std::set<std::string, std::less<>> keyed_;
  std::once_flag looked_;
  Descriptor file_;
  std::uint64_t written_ = 0;
  std::unordered_map<std::string, Place> places_;            ///< by "Type/id"
  std::unordered_map<std::string, std::string> identified_;  ///< ids; "": several
};

/// Brings what a record refers to into its tree, so that paths can follow it. Belongs to a worker.
class Grafter {
 public:
  /// All outlive the object.
  Grafter(Support& support, const definition::Library& library,
          const definition::Definitions& version);
  /// Changes searches in references, and identifiers that stand for one, into the references that
  /// they mean, and adds the resources that references lead to behind the nodes of `tree`.
  /// `services` learns what leads where.
  void graft(tree::Tree& tree, ViewServices& services);

 private:
  void name_targets(tree::Tree& tree, tree::NodeId first, ViewServices& services);
  void name_searched(tree::Tree& tree, tree::NodeId reference);
  void name_identified(tree::Tree& tree, tree::NodeId identifier, ViewServices& services);
  void follow(tree::Tree& tree, tree::NodeId reference, ViewServices& services);
  tree::NodeId add(tree::Tree& tree, std::string& text);
  tree::NodeId copy(tree::Tree& tree, tree::NodeId parent, tree::NodeId from);

  Support& support_;
  const definition::Definitions& version_;
  definition::TypeId type_;  ///< Reference
  record::RecordReader reader_;
};

}  // namespace lhcr::cmd
