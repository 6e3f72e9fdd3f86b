// SPDX-License-Identifier: Apache-2.0
/// The world of FHIRPath expressions inside one record with value sets, profiles and narrative
/// rules.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "record/services.hpp"

namespace lhcr::validate {

using record::References;

/// Answers expressions from the record and the definitions. One object belongs to one worker.
class ProfileServices : public record::RecordServices {
 public:
  ProfileServices(const definition::Definitions& definitions, const SymbolTable& symbols);
  ~ProfileServices() override;

  std::optional<bool> member_of(const tree::Tree& tree, tree::NodeId node,
                                std::string_view value_set) override;
  std::optional<bool> conforms_to(const tree::Tree& tree, tree::NodeId node,
                                  std::string_view profile) override;
  std::optional<bool> html_checks(const tree::Tree& tree, tree::NodeId node) override;

 private:
  struct Conformance;
  std::unique_ptr<Conformance> conformance_;  // made at the first conformsTo()
};

}  // namespace lhcr::validate
