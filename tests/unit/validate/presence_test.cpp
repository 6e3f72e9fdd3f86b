// SPDX-License-Identifier: Apache-2.0
// What is read as presence must mean what the evaluator finds.
#include "validate/plan/presence.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "fhirpath/fhirpath.hpp"
#include "validate/record.hpp"

namespace {

using lhcr::validate::Presence;

/// An Observation with the elements whose bits are set.
std::string observation(unsigned bits) {
  std::string text = R"({"resourceType":"Observation")";
  if ((bits & 1U) != 0) text += R"(,"valueString":"a")";
  if ((bits & 2U) != 0) text += R"(,"dataAbsentReason":{"text":"b"})";
  if ((bits & 4U) != 0) text += R"(,"component":[{"id":"c"}])";
  if ((bits & 8U) != 0) text += R"(,"_status":{"id":"d"})";
  return text + "}";
}

/// Calls `visit` with each of the Observations that has some of the four.
template <typename Visit>
void each_observation(const Visit& visit) {
  const auto& library = lhcr::test::library();
  for (unsigned bits = 0; bits < 16; ++bits) {
    std::string text = observation(bits);
    const std::size_t size = text.size();
    text.append(lhcr::format::read_padding, '\0');
    lhcr::tree::Tree tree(library.symbols());
    lhcr::finding::Collector findings;
    lhcr::format::JsonReader reader;
    REQUIRE(reader.read(std::string_view(text).substr(0, size), tree, findings));
    lhcr::definition::attach_types(tree, *library.version("4.0.1"));
    visit(tree);
  }
}

}  // namespace

TEST_CASE("expressions about presence answer as the evaluator does") {
  const auto& library = lhcr::test::library();
  const auto& definitions = *library.version("4.0.1");
  lhcr::fhirpath::Evaluator evaluator(definitions);
  const std::vector<std::string_view> expressions = {
      "value.exists()",
      "dataAbsentReason.empty() or value.empty()",
      "value.exists() or component.exists() and dataAbsentReason.exists()",
      "(value.exists() or component.exists()) and dataAbsentReason.exists()",
      "component.empty() implies (dataAbsentReason.exists() or value.exists())",
      "component.exists() implies value.exists() implies status.exists()",
      "noSuchName.exists() or status.empty()",
      "noSuchName.empty() and(status.exists())",
  };
  for (const std::string_view expression : expressions) {
    const Presence presence(expression, library.symbols());
    REQUIRE_MESSAGE(!presence.empty(), expression);
    const lhcr::fhirpath::Expression compiled(expression, definitions, library.symbols());
    each_observation([&](const lhcr::tree::Tree& tree) {
      lhcr::fhirpath::Context context;
      context.tree = &tree;
      const auto truth = evaluator.test(compiled, context, lhcr::tree::root_node);
      CHECK_MESSAGE(
          presence.holds(tree, lhcr::tree::root_node) == (truth == lhcr::fhirpath::Truth::yes),
          expression);
    });
  }
}

TEST_CASE("expressions that ask more are left to the evaluator") {
  const auto& symbols = lhcr::test::library().symbols();
  for (const std::string_view expression :
       {"", "value", "value.exists().not()", "value.exists() xor status.exists()",
        "(value.exists()).not()", "Observation.value.exists()", "value.code.exists()",
        "value.exists(true)", "value.exists() or", "value.exists() status.exists()",
        "%resource.value.exists()", "valueexists()", "value.exists() orstatus.exists()"}) {
    CHECK_MESSAGE(Presence(expression, symbols).empty(), expression);
  }
}
