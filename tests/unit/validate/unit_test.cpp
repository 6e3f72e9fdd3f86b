// SPDX-License-Identifier: Apache-2.0
#include "validate/nhs/unit.hpp"

#include <doctest/doctest.h>

#include "base/ucum.hpp"
#include "validate/record.hpp"

using lhcr::test::check;

namespace {

std::string observation_measured(const std::string& code, const std::string& system) {
  return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1,"unit":"x","system":")" +
         system + R"(","code":")" + code + "\"}}";
}

}  // namespace

TEST_CASE("codes of UCUM must be units") {
  const std::string ucum = "http://unitsofmeasure.org";
  const std::string at = "unit-not-ucum @ Observation.value.ofType(Quantity).code";
  for (const char* good :
       {"mg", "10*9/L", "mm[Hg]", "Cel", "/min", "{tablet}", "[iU]/L", "1", "%"}) {
    const auto checked = check(observation_measured(good, ucum));
    CHECK_MESSAGE((checked.clean() && !checked.notes(at)), good);
  }
  for (const char* bad : {"MG/", "tablet", "x10^9/l", "bpm", "degC", "kgs", "mmHg", "{a"}) {
    CHECK_MESSAGE(check(observation_measured(bad, ucum)).notes(at), bad);
  }
  CHECK_FALSE(check(observation_measured("tablet", "http://snomed.info/sct")).notes(at));
  CHECK(
      check(
          R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://unitsofmeasure.org","code":"degC"}]}})")
          .notes("unit-not-ucum @ Observation.code.coding[0].code"));
}

TEST_CASE("every unit of the specification's lists is one") {
  for (const char* version : {"4.0.1", "3.0.2"}) {
    const lhcr::definition::Definitions& known = *lhcr::test::library().version(version);
    lhcr::validate::UnitVerdicts verdicts;
    std::size_t units = 0;
    std::size_t unparsed = 0;
    for (const char* url :
         {"http://hl7.org/fhir/ValueSet/ucum-common",
          "http://hl7.org/fhir/ValueSet/ucum-vitals-common",
          "http://hl7.org/fhir/ValueSet/ucum-bodyweight",
          "http://hl7.org/fhir/ValueSet/ucum-bodytemp",
          "http://hl7.org/fhir/ValueSet/ucum-bodylength", "http://hl7.org/fhir/ValueSet/age-units",
          "http://hl7.org/fhir/ValueSet/duration-units",
          "http://hl7.org/fhir/ValueSet/units-of-time"}) {
      const auto set = known.value_set(url);
      if (set == lhcr::definition::no_value_set) continue;
      for (const std::string_view code : known.sample_codes(set, 5000)) {
        ++units;
        unparsed += lhcr::ucum::is_valid(code) ? 0U : 1U;
        CHECK_MESSAGE(verdicts.is_ucum(known, code), code);
      }
    }
    CHECK(units > 20);
    // [M'U] [ppt] iU mmol/kg[H20] {Ehrlich'U}/100g {G}U
    CHECK(unparsed <= 6);
  }
}
