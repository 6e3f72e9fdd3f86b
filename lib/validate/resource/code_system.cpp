// SPDX-License-Identifier: Apache-2.0
#include "validate/resource/code_system.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "definition/resource.hpp"
#include "tree/nodes.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using tree::NodeId;

/// Kept only for supplements and systems with properties of type Coding, so seldom read.
std::unique_ptr<const definition::KeptResource> header(const Run& run, std::string_view system) {
  auto kept = definition::read_resource(run.definitions, run.state.symbols, system);
  const bool one = kept && kept->tree.resource_type(tree::root_node) == "CodeSystem";
  return one ? std::move(kept) : nullptr;
}

}  // namespace

bool is_supplement(const Run& run, std::string_view system) {
  const auto kept = header(run, system);
  return kept && kept->tree.child(tree::root_node, name::supplements) != tree::no_node;
}

bool is_coding_property(const Run& run, std::string_view system, std::string_view property) {
  const auto kept = header(run, system);
  if (!kept) {
    return false;
  }
  const auto declared = named(kept->tree, tree::root_node, name::property);
  return std::any_of(declared.begin(), declared.end(), [&](NodeId at) {
    return child_text(kept->tree, at, name::code) == property &&
           child_text(kept->tree, at, name::type) == "Coding";
  });
}

bool code_exists(const Run& run, std::string_view system, std::string_view code) {
  const definition::CodeSystemId known = run.definitions.code_system(system);
  return known == definition::no_code_system || !run.definitions.code_system_complete(known) ||
         run.definitions.code_system_has(known, code);
}

}  // namespace lhcr::validate
