// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include "base/check_digit.hpp"
#include "base/error.hpp"
#include "definition/definitions.hpp"
#include "format/format.hpp"
#include "privacy/dates.hpp"
#include "privacy/keyed.hpp"
#include "privacy/privacy.hpp"

using namespace lhcr;

namespace {

definition::Library& library() {
  static definition::Library made;
  return made;
}

/// What `rules` make of `json`.
std::string hide(const std::string& rules, std::string json,
                 const privacy::Keys& keys = {"hash key", "encrypt key", "date key", "name key",
                                              "noise key"}) {
  const privacy::Policy policy = privacy::read_policy(rules, "test");
  privacy::intern_names(policy, library().symbols());
  json.append(format::read_padding, '\0');
  const std::string_view text(json.data(), json.size() - format::read_padding);
  tree::Tree tree(library().symbols());
  finding::Collector findings;
  REQUIRE(format::JsonReader().read(text, tree, findings));
  const definition::Definitions& version = *library().version("R4");
  definition::attach_types(tree, version);
  privacy::Anonymiser anonymiser(policy, keys, library().symbols());
  if (!anonymiser.apply(tree, version, findings)) return "refused";
  std::string out;
  format::write_json(tree, tree::root_node, {.pretty = false}, out);
  return out;
}

/// As hide(), with one rule and no labels.
std::string hide_one(const std::string& rule, const std::string& json,
                     const std::string& parameters = {}) {
  return hide(R"({"fhirPathRules":[{)" + rule + R"(}],"parameters":{"securityLabels":false)" +
                  parameters + "}}",
              json);
}

}  // namespace

TEST_CASE("redact takes the value, and what has become empty with it") {
  CHECK(hide_one(R"("path":"Patient.name","method":"redact")",
                 R"({"resourceType":"Patient","id":"a","name":[{"family":"B"}]})") ==
        R"({"resourceType":"Patient","id":"a"})");
}

TEST_CASE("an earlier rule protects from a later one") {
  CHECK(hide(R"j({"fhirPathRules":[{"path":"nodesByType('HumanName').use","method":"keep"},
                {"path":"nodesByType('HumanName')","method":"redact"}],
                "parameters":{
  "securityLabels" : false
}
})j",
             R"({"resourceType":"Patient","name":[{"use":"official","family":"B"}]})") ==
        R"({"resourceType":"Patient","name":[{"use":"official"}]})");
}

TEST_CASE("outward post codes and nothing else stay") {
  const std::string rule =
      R"("path":"Patient.address.postalCode","method":"generalize","to":"outward-postcode")";
  const auto of = [&](const std::string& code) {
    return hide_one(rule,
                    R"({"resourceType":"Patient","address":[{"postalCode":")" + code + R"("}]})");
  };
  const auto kept = [](const std::string& code) {
    return R"({"resourceType":"Patient","address":[{"postalCode":")" + code + R"("}]})";
  };
  CHECK(of("SW1A 2AA") == kept("SW1A"));
  CHECK(of("M11AE") == kept("M1"));
  CHECK(of("LS1") == kept("LS1"));
  CHECK(of("90210-1234") == R"({"resourceType":"Patient"})");
  CHECK(of("") == R"({"resourceType":"Patient"})");
}

TEST_CASE("dates of one patient move together, and partial ones do not tell more than a year") {
  const std::string rule = R"j("path":"nodesByType('dateTime')","method":"dateShift")j";
  const std::string parameters = R"(,"dateShiftFixedOffsetInDays":3)";
  const auto of = [&](const std::string& date, const std::string& more) {
    return hide_one(rule, R"({"resourceType":"Observation","effectiveDateTime":")" + date + R"("})",
                    parameters + more);
  };
  CHECK(of("2020-02-28T10:11:12+01:00", "").find("2020-03-02T00:00:00+01:00") != std::string::npos);
  CHECK(of("2020-02", R"(,"enablePartialDatesForRedact":true)").find("\"2020\"") !=
        std::string::npos);
  CHECK(of("2020-02", "") == R"({"resourceType":"Observation"})");
  CHECK(of("1901-02-03", R"(,"enablePartialDatesForRedact":true)") ==
        R"({"resourceType":"Observation"})");
}

TEST_CASE("references keep their form around a hashed id") {
  const auto of = [](const std::string& reference) {
    return hide_one(
        R"("path":"nodesByType('Reference').reference","method":"cryptoHash")",
        R"({"resourceType":"Observation","subject":{"reference":")" + reference + R"("}})");
  };
  const std::string hashed = privacy::hmac_hex("hash key", "7");
  CHECK(of("Patient/7").find("\"Patient/" + hashed + '"') != std::string::npos);
  CHECK(of("#7").find("\"#" + hashed + '"') != std::string::npos);
  CHECK(of("https://a.test/fhir/Patient/7/_history/2")
            .find("\"https://a.test/fhir/Patient/" + hashed + "/_history/2\"") !=
        std::string::npos);
  CHECK(of("https://a.test/7").find("a.test") == std::string::npos);
}

TEST_CASE("a pseudonym of the test range is a number that nobody has") {
  const std::string out =
      hide_one(R"("path":"nodesByType('Identifier').value","method":"pseudonymise")",
               R"({"resourceType":"Patient","identifier":[{"value":"943 476 5919"}]})",
               R"(,"testRange":true)");
  const std::string number = out.substr(out.find("999"), 10);
  CHECK(has_modulus11_check_digit(number));
  CHECK(out == hide_one(R"("path":"nodesByType('Identifier').value","method":"pseudonymise")",
                        R"({"resourceType":"Patient","identifier":[{"value":"9434765919"}]})",
                        R"(,"testRange":true)"));
}

TEST_CASE("noise stays in its span, and encryption hides") {
  const std::string noisy =
      hide_one(R"("path":"Observation.value.value","method":"perturb","span":2,"roundTo":1)",
               R"({"resourceType":"Observation","valueQuantity":{"value":100}})");
  const double value = std::stod(noisy.substr(noisy.rfind(':') + 1));
  CHECK(value >= 99);
  CHECK(value <= 101);
  const std::string hidden = hide_one(R"("path":"Patient.name.family","method":"encrypt")",
                                      R"({"resourceType":"Patient","name":[{"family":"Bee"}]})");
  CHECK(hidden.find("Bee") == std::string::npos);
}

TEST_CASE("an allow-list drops what no rule keeps, and marks what must be there") {
  CHECK(
      hide(
          R"({"unmatched":"redact","keepRequired":true,
                "fhirPathRules":[{"path":"Observation.code","method":"keep"}],
                "parameters":{"securityLabels":false}})",
          R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"issued":"2020-01-01T00:00:00Z"})") ==
      R"({"resourceType":"Observation","_status":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]},"code":{"text":"x"}})");
}

TEST_CASE("a wrong rule file says where it is wrong") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      static_cast<void>(privacy::read_policy(text, "rules.json"));
    } catch (const Error& error) {
      return error.what();
    }
    return "read";
  };
  CHECK(message("{\n  oops").find("rules.json:2:3") != std::string::npos);
  CHECK(message(R"({"fhirPathRules":[{"path":"Patient"}]})").find("fhirPathRules[0]") !=
        std::string::npos);
  CHECK(message(R"({"fhirPathRules":[{"path":"nodesByType(X","method":"keep"}]})").find(".path") !=
        std::string::npos);
  CHECK(message(R"({"fhirPathRules":[{"path":"Patient","method":"generalize"}]})")
            .find("cases or to") != std::string::npos);
}

TEST_CASE("a record that a rule cannot work on is refused, or emptied when the policy says so") {
  const std::string json = R"({"resourceType":"Patient","name":[{"family":"Bee"}]})";
  const std::string rule =
      R"("fhirPathRules":[{"path":"Patient.name.family","method":"generalize","cases":{"$this > 1":"'x'"}}]})";
  CHECK(hide("{" + rule, json) == "refused");
  const std::string emptied = hide(R"({"processingErrors":"skip",)" + rule, json);
  CHECK(emptied.find("Bee") == std::string::npos);
  CHECK(emptied.find("REDACTED") != std::string::npos);
}

TEST_CASE("security stands once, whatever comes after it") {
  const std::string out = hide(
      R"({"fhirPathRules":[{"path":"Patient.name","method":"redact"}]})",
      R"({"resourceType":"Patient","meta":{"security":[{"code":"R"}],"tag":[{"code":"t"}]},"name":[{"family":"B"}]})");
  CHECK(out.find("security") == out.rfind("security"));
  CHECK(out.find(R"("security":[{"code":"R"},{)") != std::string::npos);
}

TEST_CASE("ages are banded with their units") {
  const auto of = [](const std::string& age) {
    return hide_one(R"j("path":"nodesByType('Age').value","method":"generalize","to":"age-band")j",
                    R"({"resourceType":"Condition","onsetAge":)" + age + "}");
  };
  const auto unchanged = [&](const std::string& age) {
    return of(age) == R"({"resourceType":"Condition","onsetAge":)" + age + "}";
  };
  CHECK(unchanged(R"({"value":95,"unit":"months","code":"mo"})"));
  CHECK(unchanged(R"({"value":700,"unit":"hours"})"));
  CHECK(unchanged(R"({"value":89,"code":"a"})"));
  CHECK(of(R"({"value":97,"code":"a"})").find(R"("value":90,"code":"a")") != std::string::npos);
  CHECK(of(R"({"value":1100,"unit":"months","code":"mo"})")
            .find(R"("value":90,"unit":"a","code":"a")") != std::string::npos);
  CHECK(of(R"({"value":97,"unit":"moons"})").find("97") == std::string::npos);
}

TEST_CASE("a modifier extension stays as masked, under its own url only where that is published") {
  const std::string out = hide_one(
      R"j("path":"nodesByType('Extension')","method":"redact")j",
      R"({"resourceType":"Patient","modifierExtension":[{"url":"https://a.test/not","valueBoolean":true}],"active":true})");
  CHECK(out.find("a.test") == std::string::npos);
  CHECK(out.find(R"("modifierExtension":[{"url":"urn:uuid:)") != std::string::npos);
  CHECK(out.find(R"("valueCode":"masked")") != std::string::npos);
}

TEST_CASE("keepCoded keeps what a published list has") {
  const auto coding = [](const std::string& parts) {
    return hide_one(R"j("path":"nodesByType('Coding')","method":"keepCoded")j",
                    R"({"resourceType":"Observation","code":{"coding":[{)" + parts + "}]}}");
  };
  const auto kept = [&](const std::string& parts) {
    return coding(parts).find(parts) != std::string::npos;
  };
  CHECK(kept(R"("system":"http://loinc.org","code":"718-7")"));
  CHECK(kept(R"("system":"http://snomed.info/sct","code":"73211009")"));
  CHECK_FALSE(kept(R"("system":"http://snomed.info/sct","code":"9990000018")"));
  CHECK_FALSE(kept(R"("system":"http://loinc.org","code":"Thornbury")"));
  CHECK_FALSE(kept(R"("system":"https://local.test","code":"1")"));
  CHECK_FALSE(kept(R"("code":"1")"));
  CHECK(
      coding(R"("system":"http://loinc.org","code":"718-7","display":"of Agnes")").find("Agnes") ==
      std::string::npos);
}

TEST_CASE("keepCoded keeps units and rounds long numbers") {
  const auto quantity = [](const std::string& parts) {
    return hide_one(R"j("path":"nodesByType('Quantity')","method":"keepCoded")j",
                    R"({"resourceType":"Observation","valueQuantity":{)" + parts + "}}");
  };
  CHECK(quantity(R"("value":1.50,"unit":"mmHg")").find(R"("value":1.50,"unit":"mmHg")") !=
        std::string::npos);
  CHECK(quantity(R"("value":9990000018)").find("9990000000") != std::string::npos);
  CHECK(quantity(R"("value":27.73649816)").find("27.74") != std::string::npos);
  const std::string marked = quantity(R"("value":1,"unit":"g of Agnes")");
  CHECK(marked.find("Agnes") == std::string::npos);
  CHECK(marked.find("masked") != std::string::npos);
}

TEST_CASE("an NHS number is one pseudonym however its system is spelt") {
  const auto of = [](const std::string& system) {
    const std::string out = hide_one(
        R"j("path":"nodesByType('Identifier').where(system = 'https://fhir.nhs.uk/Id/nhs-number').value","method":"pseudonymise")j",
        R"({"resourceType":"Patient","identifier":[{"system":")" + system +
            R"(","value":"999 000 0018"}]})");
    return out.substr(out.find("\"value\""));
  };
  const std::string right = of("https://fhir.nhs.uk/Id/nhs-number");
  CHECK(right.find("0018") == std::string::npos);
  for (const char* system :
       {"http://fhir.nhs.uk/Id/nhs-number", "https://fhir.nhs.uk/id/nhs-number",
        "https://fhir.nhs.net/Id/nhs-number", "urn:oid:2.16.840.1.113883.2.1.4.1",
        "https://fhir.nhs.uk/Id/nhsnumber"}) {
    CHECK(of(system) == right);
  }
}

TEST_CASE("a policy with a member that has no meaning is refused") {
  CHECK_THROWS_AS(privacy::read_policy(R"({"fhirPathRules":[],"unmached":"redact"})", "p"), Error);
  privacy::Policy policy =
      privacy::read_policy(R"({"fhirPathRules":[{"path":"Patient.nmae","method":"redact"}]})", "p");
  privacy::intern_names(policy, library().symbols());
  CHECK_THROWS_AS(privacy::check_policy(policy, library()), Error);
}

TEST_CASE("servers are replaced where the policy says so, equal ones by equal ones") {
  const auto of = [](const std::string& reference) {
    return hide_one(
        R"j("path":"nodesByType('Reference').reference","method":"cryptoHash")j",
        R"({"resourceType":"Observation","subject":{"reference":")" + reference + R"("}})",
        R"(,"replaceBaseUrls":true)");
  };
  const std::string out = of("https://a.test/9990000018/Patient/7/_history/9990000018");
  CHECK(out.find("a.test") == std::string::npos);
  CHECK(out.find("9990000018") == std::string::npos);
  CHECK(out.find(".invalid/Patient/" + privacy::hmac_hex("hash key", "7")) != std::string::npos);
}
