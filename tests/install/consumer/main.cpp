// SPDX-License-Identifier: Apache-2.0
/// A program outside the project that uses the installed rooms: reads a record, asks it an
/// expression.
#include <cstdio>
#include <string>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/value.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "tree/tree.hpp"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  lhcr::definition::Library library;
  lhcr::fhirpath::intern_names(arguments[1], library.symbols());
  lhcr::format::RecordStream stream(arguments[2]);
  lhcr::format::JsonReader reader;
  lhcr::format::Record record;
  lhcr::tree::Tree tree(library.symbols());
  lhcr::finding::Collector findings;
  if (!stream.next(record) || !reader.read(record.bytes, tree, findings)) return 3;
  const lhcr::definition::Definitions& version = library.detect(tree);
  lhcr::definition::attach_types(tree, version);
  const lhcr::fhirpath::Expression expression(arguments[1], version, library.symbols());
  lhcr::fhirpath::Evaluator evaluator(version);
  lhcr::fhirpath::Context context;
  context.tree = &tree;
  for (const auto& value : evaluator.evaluate(expression, context, lhcr::tree::root_node)) {
    std::string text;
    if (value.is_node()) {
      text = tree[value.node()].text();
    } else {
      append_text(value, text);
    }
    std::puts(text.c_str());
  }
  return 0;
}
