// SPDX-License-Identifier: Apache-2.0
/// The resources of a run: made (forward) or found in the source (backward).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "map/hash.hpp"
#include "map/model.hpp"
#include "map/run/source_reader.hpp"
#include "map/run/target_writer.hpp"
#include "record/references.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

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

/// Belongs to one run; what it is made from must outlive it. Indices stay while nothing is dropped.
class Resources {
 public:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  Resources(SourceReader& in, TargetWriter& out);

  [[nodiscard]] std::vector<Resource>& all() noexcept { return all_; }
  [[nodiscard]] const std::vector<Resource>& all() const noexcept { return all_; }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] const Resource& operator[](std::size_t index) const { return all_[index]; }

  // --- forward ---
  /// A resource of the block's type with an id of its own, made from `source`; it becomes the last
  /// one, and the document's subject when the block makes that.
  void make(const Block& block, tree::NodeId source, Digest key);
  /// Takes out those from `first` on, to which nothing came to point.
  void drop(std::size_t first);
  /// Makes `reference` one to a resource.
  void refer(tree::NodeId reference, std::size_t index);
  /// The document's subject, or npos and no_node.
  [[nodiscard]] std::size_t patient() const noexcept { return patient_; }
  [[nodiscard]] tree::NodeId patient_node() const {
    return patient_ == npos ? tree::no_node : all_[patient_].node;
  }
  /// The name of the document's subject, for references to it.
  [[nodiscard]] std::string_view patient_name();

  // --- backward ---
  /// Lists the resources at and below a node of the source, contained ones too.
  void index(tree::NodeId node);
  /// The listed resource at a node of the source, or nullptr.
  [[nodiscard]] const Resource* at(tree::NodeId node) const;
  /// Those with an id, in their order.
  [[nodiscard]] const std::vector<std::size_t>& with_id(std::string_view id);
  /// The node of the resource that a reference text at `from` means, or no_node.
  [[nodiscard]] tree::NodeId resolve(std::string_view reference, tree::NodeId from) const {
    return references_.meant(from, reference);
  }
  /// A resource is carried into the document.
  void use(tree::NodeId node);
  /// How many were used, for unuse().
  [[nodiscard]] std::size_t used() const noexcept { return used_.size(); }
  /// Those that were used since then are not after all.
  void unuse(std::size_t used);

  // --- while one is being made or written ---
  [[nodiscard]] bool is_active(tree::NodeId node) const;
  /// Whether no part of the resource that is being made has this id yet; it has from now on.
  [[nodiscard]] bool claim_part(const std::string& id);
  /// While a resource's rows run; it is not made or written inside itself.
  class Active {
   public:
    Active(Resources& resources, tree::NodeId node) : active_(resources.active_) {
      active_.push_back(node);
    }
    ~Active() { active_.pop_back(); }
    Active(const Active&) = delete;
    Active& operator=(const Active&) = delete;

   private:
    std::vector<tree::NodeId>& active_;
  };

 private:
  void index_resource(tree::NodeId node);

  SourceReader& in_;
  TargetWriter& out_;
  std::vector<Resource> all_;
  std::size_t patient_ = npos;
  std::string_view patient_name_;
  bool patient_named_ = false;
  mutable record::References references_;  ///< of a source that is FHIR
  std::unordered_map<tree::NodeId, std::size_t> index_of_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_id_;  ///< once it is asked for
  std::vector<std::size_t> used_;  ///< in the order they were carried
  std::vector<tree::NodeId> active_;
  std::unordered_set<std::string> part_ids_;  ///< behind the resource's node
};

/// Backward: which Provenance is about which resource.
class Provenances {
 public:
  /// Reads the Provenances among the resources of the source.
  void link(const Resources& resources, const tree::Tree& source);
  /// Those about a resource.
  [[nodiscard]] const std::vector<tree::NodeId>& about(tree::NodeId resource) const;
  /// The targets of a Provenance that mean a resource: it says so by where it stands.
  [[nodiscard]] const std::vector<tree::NodeId>& targets(tree::NodeId provenance,
                                                         tree::NodeId resource) const;

 private:
  [[nodiscard]] static std::uint64_t both(tree::NodeId provenance, tree::NodeId resource) {
    return std::uint64_t{provenance} << 32U | resource;
  }

  // One may be about thousands of resources: nothing here walks its targets again.
  std::unordered_map<tree::NodeId, std::vector<tree::NodeId>> about_;
  std::unordered_map<std::uint64_t, std::vector<tree::NodeId>> targets_;
};

}  // namespace lhcr::map
