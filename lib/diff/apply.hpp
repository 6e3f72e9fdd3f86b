// SPDX-License-Identifier: Apache-2.0
/// Patches carried out.
#pragma once

#include <stdexcept>
#include <string>

#include "definition/definitions.hpp"
#include "diff/json.hpp"
#include "tree/tree.hpp"

namespace lhcr::diff {

/// A patch that a server would refuse, and why.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Carries out a JSON Patch (RFC 6902) on `document`, whose values may then point into the patch.
/// Throws Refused with "name:line:column: operation N ..." for what a server would refuse with
/// 400 or 422: a patch that is none, a path that is not there, a test that fails. The document is
/// not to be used then.
void apply_json_patch(Json& document, JsonDocument& patch, std::string_view patch_text,
                      const std::string& name);

/// Carries out a FHIRPath Patch (typed Parameters) on a typed record, which stays typed. Text of
/// the patch must outlive the record. Throws Refused for what a server would refuse.
void apply_fhirpath_patch(tree::Tree& record, const tree::Tree& parameters,
                          const definition::Definitions& definitions, const SymbolTable& symbols);

}  // namespace lhcr::diff
