// SPDX-License-Identifier: Apache-2.0
// Any bytes as a FHIRPath expression: it is refused, or it is evaluated within the limits, twice
// with the same result. The units and numbers of UCUM and System types are read along the way.
#include "fhirpath/fhirpath.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ucum.hpp"
#include "fhirpath/value.hpp"

namespace {

using namespace lhcr;

/// A Patient without a reader: the target is the expression.
class Record {
 public:
  Record()
      : definitions(*library.version("4.0.1")), tree(library.symbols()), evaluator(definitions) {
    tree::Builder builder(tree);
    add(builder, "resourceType", "Patient", tree::Flag::meta);
    tree[tree::root_node].flags |= tree::Flag::resource;
    add(builder, "id", "p1");
    for (const std::string_view family : {"Chalmers", "Windsor"}) {
      open(builder, "name");
      add(builder, "family", family);
      add(builder, "given", "Jim");
      builder.close();
    }
    add(builder, "birthDate", "1974-12-25");
    open(builder, "extension");
    add(builder, "url", "http://example.org/a");
    open(builder, "valueQuantity");
    add(builder, "value", "1.50");
    add(builder, "unit", "mg");
    builder.close();
    builder.close();
    definition::attach_types(tree, definitions);
    context.tree = &tree;
    context.now = "2026-01-31T12:34:56.789+01:00";
    context.step_limit = 200000;
  }

  /// The text of the result, or of the error.
  std::string run(const fhirpath::Expression& expression) {
    std::string text;
    try {
      for (const fhirpath::Value& value :
           evaluator.evaluate(expression, context, tree::root_node)) {
        fhirpath::append_text(value, text);
        text += value.is_node() ? std::to_string(value.node()) : ",";
      }
    } catch (const fhirpath::ExpressionError& error) {
      return error.what();
    }
    return text;
  }

  definition::Library library;
  const definition::Definitions& definitions;

 private:
  tree::Node node(std::string_view name, std::string_view text, std::uint8_t flags) {
    tree::Node made;
    made.name = tree.intern(name);
    made.element = made.name;
    made.bytes = text.data();
    made.length = static_cast<std::uint32_t>(text.size());
    made.kind = text.empty() ? tree::Kind::object : tree::Kind::string;
    made.flags = flags;
    return made;
  }
  void add(tree::Builder& builder, std::string_view name, std::string_view text,
           std::uint8_t flags = 0) {
    builder.leaf(node(name, text, flags));
  }
  void open(tree::Builder& builder, std::string_view name) { builder.open(node(name, {}, 0)); }

  tree::Tree tree;
  fhirpath::Evaluator evaluator;
  fhirpath::Context context;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Record record;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ucum::parse(text);
  for (const bool strict : {false, true}) {
    try {
      fhirpath::CompileOptions options;
      options.strict = strict;
      options.start = record.definitions.type("Patient");
      const fhirpath::Expression expression(text, record.definitions, record.library.symbols(),
                                            options);
      if (record.run(expression) != record.run(expression)) {
        std::abort();
      }
    } catch (const fhirpath::ExpressionError& error) {
      if (error.position() > size) {
        std::abort();
      }
    }
  }
  return 0;
}
