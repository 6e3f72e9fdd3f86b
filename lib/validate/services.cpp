// SPDX-License-Identifier: Apache-2.0
#include "validate/services.hpp"

#include "validate/checks.hpp"
#include "validate/element/released_sets.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {

using tree::NodeId;

ProfileServices::ProfileServices(const definition::Definitions& definitions,
                                 const SymbolTable& symbols)
    : RecordServices(definitions, symbols) {}

ProfileServices::~ProfileServices() = default;

std::optional<bool> ProfileServices::member_of(const tree::Tree& tree, NodeId node,
                                               std::string_view value_set) {
  return validate::member_of(sets(), tree, node, value_set);
}

std::optional<bool> ProfileServices::subsumes(std::string_view system, std::string_view above,
                                              std::string_view below) {
  return sets().subsumes(system, above, below);
}

void ProfileServices::use(const lhcr::terminology::Library& library) {
  library_ = &library;
  sets_.reset();
}

ReleasedSets& ProfileServices::sets() {
  if (!sets_) {
    sets_ = std::make_unique<ReleasedSets>(definitions_, library_);
  }
  return *sets_;
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
  return conforms_wholly(run, node, profile);
}

std::optional<bool> ProfileServices::html_checks(const tree::Tree& tree, NodeId node) {
  const std::string_view text = tree[node].text();
  return narrative_allowed(text) && narrative_has_content(text);
}

}  // namespace lhcr::validate
