// SPDX-License-Identifier: Apache-2.0
/// The world of FHIRPath expressions inside one record with value sets, profiles and narrative
/// rules.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "record/services.hpp"

namespace lhcr::terminology {
class Library;
}

namespace lhcr::validate {

using record::References;

/// Answers expressions from the record and the definitions. One object belongs to one worker.
class ReleasedSets;

class ProfileServices : public record::RecordServices {
 public:
  ProfileServices(const definition::Definitions& definitions, const SymbolTable& symbols);
  ~ProfileServices() override;
  /// Releases of code systems, which outlive the object.
  void use(const lhcr::terminology::Library& library);

  std::optional<bool> member_of(const tree::Tree& tree, tree::NodeId node,
                                std::string_view value_set) override;
  std::optional<bool> conforms_to(const tree::Tree& tree, tree::NodeId node,
                                  std::string_view profile) override;
  std::optional<bool> subsumes(std::string_view system, std::string_view above,
                               std::string_view below) override;
  std::optional<bool> html_checks(const tree::Tree& tree, tree::NodeId node) override;

 private:
  ReleasedSets& sets();

  const lhcr::terminology::Library* library_ = nullptr;
  std::unique_ptr<ReleasedSets> sets_;  // made at the first memberOf()
  struct Conformance;
  std::unique_ptr<Conformance> conformance_;  // made at the first conformsTo()
};

}  // namespace lhcr::validate
