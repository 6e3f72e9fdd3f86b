// SPDX-License-Identifier: Apache-2.0
/// What views ask outside of a resource: references within one record, numbers of concepts.
#pragma once

#include <string_view>
#include <unordered_map>

#include "record/services.hpp"
#include "terminology/query/translate.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {

/// Answers resolve() from the record and the numbers of concepts from the user's vocabulary.
class ViewServices : public record::RecordServices {
 public:
  /// `vocabulary` nullptr: the numbers are those of `releases`, which may be nullptr too.
  ViewServices(const definition::Definitions& definitions, const SymbolTable& symbols,
               const view::Vocabulary* vocabulary, const terminology::Library* releases = nullptr)
      : RecordServices(definitions, symbols), vocabulary_(vocabulary), releases_(releases) {}

  /// As RecordServices, and to what a Grafter has brought into the tree.
  tree::NodeId resolve(const tree::Tree& tree, tree::NodeId node) override {
    const tree::NodeId found = RecordServices::resolve(tree, node);
    if (found != tree::no_node || grafts_.empty()) return found;
    const auto graft = grafts_.find(node);
    return graft == grafts_.end() ? tree::no_node : graft->second;
  }
  void forget_grafts() { grafts_.clear(); }
  /// `reference`: the node of type Reference that leads to `resource`.
  void add_graft(tree::NodeId reference, tree::NodeId resource) { grafts_[reference] = resource; }

  std::int64_t concept_id(std::string_view system, std::string_view code, bool standard) override {
    if (vocabulary_ == nullptr && releases_ != nullptr) {
      const auto listed = terminology::omop_concept(*releases_, system, code);
      return standard ? listed.standard : listed.id;
    }
    if (vocabulary_ == nullptr) return 0;
    const view::Vocabulary::Concept found = vocabulary_->find(system, code);
    return standard ? found.standard : found.id;
  }

 private:
  std::unordered_map<tree::NodeId, tree::NodeId> grafts_;
  const view::Vocabulary* vocabulary_;
  const terminology::Library* releases_;
};

}  // namespace lhcr::cmd
