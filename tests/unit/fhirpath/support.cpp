// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/support.hpp"

#include <doctest/doctest.h>

#include "fhirpath/value.hpp"
#include "format/format.hpp"

namespace lhcr::fhirpath::test {

const std::string_view patient_json = R"({
  "resourceType": "Patient", "id": "p1",
  "contained": [{"resourceType": "Organization", "id": "o1", "name": "Clinic"},
                {"resourceType": "Organization", "id": "o2"}],
  "extension": [{"url": "http://example.org/a", "valueInteger": 3},
                {"url": "http://example.org/b", "valueQuantity": {"value": 1.50, "unit": "milligram", "system": "http://unitsofmeasure.org", "code": "mg"}}],
  "active": true,
  "name": [{"use": "official", "family": "Chalmers", "given": ["Peter", "James"]},
           {"use": "usual", "given": ["Jim"], "_given": [{"id": "g"}]}],
  "gender": "male", "birthDate": "1974-12-25",
  "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
  "_deceasedBoolean": {"extension": [{"url": "http://example.org/c", "valueString": "?"}]},
  "multipleBirthInteger": 2,
  "managingOrganization": {"reference": "#o1"}
})";

const definition::Library& Record::library() {
  static const definition::Library library;
  return library;
}

Record::Record(std::string_view json, std::string_view version)
    : definitions_(*library().version(version)),
      bytes_(json),
      tree_(library().symbols()),
      evaluator_(definitions_) {
  bytes_.append(format::read_padding, '\0');
  finding::Collector findings;
  const bool read =
      format::JsonReader().read(std::string_view(bytes_).substr(0, json.size()), tree_, findings);
  REQUIRE(read);
  definition::attach_types(tree_, definitions_);
  context.tree = &tree_;
  context.now = "2026-01-31T12:34:56.789+01:00";
}

std::string Record::show(const Value& value) const {
  std::string text;
  if (!value.is_node()) {
    append_text(value, text);
    return text;
  }
  const tree::Node& node = tree_[value.node()];
  return std::string(node.kind == tree::Kind::object || node.kind == tree::Kind::null
                         ? definitions_.info(node.type).name
                         : node.text());
}

std::string Record::run(std::string_view expression, const CompileOptions& options) {
  try {
    const Expression compiled(expression, definitions_, library().symbols(), options);
    std::string text;
    for (const Value& value : evaluator_.evaluate(compiled, context, tree::root_node)) {
      text += (text.empty() ? "" : ", ") + show(value);
    }
    return text.empty() ? "{}" : text;
  } catch (const ExpressionError&) {
    return "error";
  }
}

Truth Record::test(std::string_view expression) {
  return evaluator_.test(Expression(expression, definitions_, library().symbols()), context,
                         tree::root_node);
}

void check_cases(std::initializer_list<Case> cases) {
  static Record record(patient_json);
  for (const Case& one : cases) {
    CAPTURE(one.expression);
    CHECK(record.run(one.expression) == one.result);
  }
}

}  // namespace lhcr::fhirpath::test
