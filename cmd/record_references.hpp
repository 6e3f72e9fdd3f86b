// SPDX-License-Identifier: Apache-2.0
/// What views ask outside of a resource: references within one record, numbers of concepts.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "fhirpath/fhirpath.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {

/// resolve() within one record: Type/id, the fullUrl of an entry, #id of a contained resource; and
/// the numbers of concepts in the user's vocabulary.
class RecordReferences : public fhirpath::Services {
 public:
  /// `vocabulary`: nullptr: every number is 0.
  explicit RecordReferences(const view::Vocabulary* vocabulary) : vocabulary_(vocabulary) {}

  std::int64_t concept_id(std::string_view system, std::string_view code, bool standard) override;
  tree::NodeId resolve(const tree::Tree& tree, tree::NodeId node) override;
  /// To be called for each record.
  void forget();

 private:
  void list(const tree::Tree& tree);

  const view::Vocabulary* vocabulary_;
  std::unordered_map<std::string, tree::NodeId> targets_;
  bool listed_ = false;
};

}  // namespace lhcr::cmd
