// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fhirpath/parser.hpp"
#include "view/plan.hpp"

namespace lhcr::view {
namespace {

using fhirpath::Syntax;
using fhirpath::SyntaxKind;
using fhirpath::SyntaxTree;

/// The step that a node adds to its input; false: it is no plain one.
bool add_step(const SyntaxTree& syntax, const Syntax& node,
              const definition::Definitions& definitions, const SymbolTable& symbols,
              std::vector<PlainStep>& steps) {
  PlainStep step;
  if (node.kind == SyntaxKind::member) {
    step.element = symbols.find(node.text);
    steps.push_back(step);
    return step.element != no_symbol;
  }
  if (node.kind != SyntaxKind::call || !node.has_input) return false;
  if (node.text == "first" && node.operands.size() == 1) {
    step.kind = PlainStep::Kind::first;
    steps.push_back(step);
    return true;
  }
  if (node.text != "ofType" || node.operands.size() != 2) return false;
  const Syntax& type = syntax.nodes[node.operands[1]];
  step.kind = PlainStep::Kind::of_type;
  step.type = definitions.type(type.text);
  steps.push_back(step);
  return type.kind == SyntaxKind::member && !type.has_input && step.type != definition::no_type;
}

}  // namespace

std::vector<PlainStep> plain_steps(std::string_view text,
                                   const definition::Definitions& definitions,
                                   const SymbolTable& symbols) {
  const SyntaxTree syntax = fhirpath::parse(text);
  std::vector<PlainStep> steps;
  const Syntax* node = &syntax.nodes[syntax.root];
  for (;;) {
    if (!add_step(syntax, *node, definitions, symbols, steps)) return {};
    if (!node->has_input) break;
    node = &syntax.nodes[node->operands[0]];
  }
  // Patient.name: the type of the record may stand before its elements.
  if (definitions.type(node->text) != definition::no_type) return {};
  std::reverse(steps.begin(), steps.end());
  return steps;
}

}  // namespace lhcr::view
