// SPDX-License-Identifier: Apache-2.0
#include "validate/services.hpp"

#include "validate/checks.hpp"
#include "validate/run.hpp"

namespace lhcr::validate {

using tree::NodeId;

ProfileServices::ProfileServices(const definition::Definitions& definitions,
                                 const SymbolTable& symbols)
    : RecordServices(definitions, symbols) {}

ProfileServices::~ProfileServices() = default;

std::optional<bool> ProfileServices::member_of(const tree::Tree& tree, NodeId node,
                                               std::string_view value_set) {
  const definition::ValueSetId set = definitions_.value_set(value_set);
  return set == definition::no_value_set ? std::nullopt
                                         : validate::member_of(definitions_, tree, node, set);
}

struct ProfileServices::Conformance {
  Conformance(const definition::Definitions& definitions, const SymbolTable& symbols)
      : state(definitions, symbols, Options{}) {}
  Validator::State state;
};

std::optional<bool> ProfileServices::conforms_to(const tree::Tree& tree, NodeId node,
                                                 std::string_view profile) {
  if (!conformance_) {
    conformance_ = std::make_unique<Conformance>(definitions_, symbols_);
  }
  CountingSink sink;
  Run run(conformance_->state, tree, sink);
  return conforms(run, node, profile);
}

std::optional<bool> ProfileServices::html_checks(const tree::Tree& tree, NodeId node) {
  const std::string_view text = tree[node].text();
  return narrative_allowed(text) && narrative_has_content(text);
}

}  // namespace lhcr::validate
