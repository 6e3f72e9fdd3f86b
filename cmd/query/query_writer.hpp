// SPDX-License-Identifier: Apache-2.0
/// The result of a query as text or JSON.
#pragma once

#include <string>

#include "cmd/query/query.hpp"
#include "fhirpath/fhirpath.hpp"
#include "tree/tree.hpp"

namespace lhcr::cmd {

/// Appends the result for one record. Text: a line an item. JSON: one array on a line; primitives
/// are JSON values (decimals keep their digits), dates and times strings, quantities
/// {"value","unit"}, elements FHIR JSON.
void write_result(const tree::Tree& tree, const fhirpath::Collection& items, QueryFormat format,
                  std::string& out);

}  // namespace lhcr::cmd
