// SPDX-License-Identifier: Apache-2.0
/// What views ask outside of a resource: references within one record, numbers of concepts.
#pragma once

#include <string_view>

#include "record/services.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {

/// Answers resolve() from the record and the numbers of concepts from the user's vocabulary.
class ViewServices : public record::RecordServices {
 public:
  /// `vocabulary` nullptr: every number is 0.
  ViewServices(const definition::Definitions& definitions, const SymbolTable& symbols,
               const view::Vocabulary* vocabulary)
      : RecordServices(definitions, symbols), vocabulary_(vocabulary) {}

  std::int64_t concept_id(std::string_view system, std::string_view code, bool standard) override {
    if (vocabulary_ == nullptr) return 0;
    const view::Vocabulary::Concept found = vocabulary_->find(system, code);
    return standard ? found.standard : found.id;
  }

 private:
  const view::Vocabulary* vocabulary_;
};

}  // namespace lhcr::cmd
