// SPDX-License-Identifier: Apache-2.0
// Every constraint of the published definitions must be compilable.
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"

namespace definition = lhcr::definition;
namespace fhirpath = lhcr::fhirpath;

namespace {

void add_below(const definition::Definitions& definitions, definition::ElementId id,
               std::set<std::string>& expressions) {
  for (const definition::Invariant& invariant : definitions.element_invariants(id)) {
    if (!invariant.expression.empty()) {
      expressions.emplace(invariant.expression);
    }
  }
  for (auto child = definitions.element(id).first_child; child != definition::no_element;
       child = definitions.element(child).next) {
    add_below(definitions, child, expressions);
  }
}

std::set<std::string> all_expressions(const definition::Definitions& definitions) {
  std::set<std::string> expressions;
  for (const std::string_view url : definitions.structure_urls()) {
    const definition::Structure structure = definitions.structure_info(definitions.structure(url));
    if (structure.root != definition::no_element) {
      add_below(definitions, structure.root, expressions);
    }
  }
  return expressions;
}

}  // namespace

TEST_CASE("every constraint of every structure compiles") {
  definition::Library library;
  for (const std::string_view version : library.versions()) {
    CAPTURE(version);
    const definition::Definitions& definitions = *library.version(version);
    const std::set<std::string> expressions = all_expressions(definitions);
    CHECK(expressions.size() > 150);
    MESSAGE(version << ": " << expressions.size() << " different constraints");
    for (const std::string& text : expressions) {
      CAPTURE(text);
      CHECK_NOTHROW(fhirpath::intern_names(text, library.symbols()));
      CHECK_NOTHROW(fhirpath::Expression(text, definitions, library.symbols()));
    }
  }
}
