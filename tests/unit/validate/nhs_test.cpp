// SPDX-License-Identifier: Apache-2.0
// The NHS rules, each with a record that keeps it and one that breaks it.
#include "validate/nhs/nhs.hpp"

#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::uk_system;
using lhcr::UkSystem;
using lhcr::test::Outcome;
using lhcr::validate::RuleSet;

namespace {

Outcome check_nhs(const std::string& record, std::string_view version = "4.0.1") {
  lhcr::validate::Options options = lhcr::test::quiet_options();
  options.rules = RuleSet::nhs;
  options.latest_day = "2026-11-24";
  return lhcr::test::check(record, options, version);
}

bool finds(const Outcome& outcome, const std::string& id) {
  const auto begins = [&](const std::string& line) { return line.starts_with(id + " @"); };
  return std::any_of(outcome.errors.begin(), outcome.errors.end(), begins) ||
         std::any_of(outcome.others.begin(), outcome.others.end(), begins);
}

/// The NHS rules are silent about a record, but for what is said of every test number.
bool silent(const Outcome& outcome) {
  for (const std::string id : {"nhs-number-form",
                               "nhs-number-check-digit",
                               "nhs-number-range",
                               "nhs-number-repeated",
                               "nhs-number-missing",
                               "nhs-number-system",
                               "nhs-number-status-missing",
                               "nhs-number-status-code",
                               "profile-of-other-version",
                               "system-of-other-version",
                               "system-misspelt",
                               "coding-without-display",
                               "sctid-form",
                               "sctid-check-digit",
                               "sctid-not-concept",
                               "medication-not-coded",
                               "quantity-not-coded",
                               "vital-sign-category",
                               "vital-sign-code",
                               "date-in-future",
                               "extension-retired",
                               "extension-misspelt",
                               "ods-code-form",
                               "ods-system",
                               "identifier-without-system",
                               "postcode-form",
                               "telecom-form",
                               "patients-differ",
                               "custodian-missing"}) {
    if (finds(outcome, id)) return false;
  }
  return true;
}

std::string status(
    const std::string& code,
    const std::string& system =
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland") {
  return R"("extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
    "valueCodeableConcept":{"coding":[{"system":")" +
         system + R"(","code":")" + code + R"(","display":"Number present and verified"}]}}],)";
}

std::string nhs_number(const std::string& value,
                       const std::string& system = "https://fhir.nhs.uk/Id/nhs-number") {
  return "{" + status("01") + R"("system":")" + system + R"(","value":")" + value + R"("})";
}

std::string patient_identified(const std::string& identifiers, const std::string& rest = "") {
  return R"({"resourceType":"Patient","identifier":[)" + identifiers + "]" + rest + "}";
}

std::string patient_with(const std::string& rest) {
  return patient_identified(nhs_number("9990000018"), "," + rest);
}

std::string condition(const std::string& coding) {
  return R"({"resourceType":"Condition","subject":{"display":"x"},"code":{"coding":[)" + coding +
         "]}}";
}

std::string snomed(const std::string& code) {
  return R"({"system":"http://snomed.info/sct","code":")" + code + R"(","display":"x"})";
}

}  // namespace

TEST_CASE("NHS rules: a good patient") {
  const Outcome good = check_nhs(patient_identified(nhs_number("9990000018")));
  CHECK_MESSAGE(silent(good), lhcr::test::shown(good));
  CHECK(good.clean());
  CHECK(good.notes("nhs-number-test @ Patient.identifier[0].value"));
}

TEST_CASE("NHS rules: the form of the number") {
  CHECK(finds(check_nhs(patient_identified(nhs_number("999 000 0018"))), "nhs-number-form"));
  CHECK(finds(check_nhs(patient_identified(nhs_number("99900000"))), "nhs-number-form"));
  CHECK(finds(check_nhs(patient_identified(nhs_number("999000001X"))), "nhs-number-form"));
  CHECK_FALSE(
      finds(check_nhs(patient_identified(nhs_number("999 000 0018"))), "nhs-number-check-digit"));
}

TEST_CASE("NHS rules: the check digit") {
  // Published for a newborn among the examples of UK Core.
  CHECK(check_nhs(patient_identified(nhs_number("9912003890")))
            .has("nhs-number-check-digit @ Patient.identifier[0].value"));
  CHECK(finds(check_nhs(patient_identified(nhs_number("999 000 0081"))), "nhs-number-check-digit"));
}

TEST_CASE("NHS rules: addresses of the Personal Demographics Service") {
  const auto with = [](const std::string& number) {
    return R"({"resourceType":"Condition","code":{"text":"x"},"subject":{"reference":"https://demographics.spineservices.nhs.uk/STU3/Patient/)" +
           number + "\"}}";
  };
  CHECK(check_nhs(with("9000000015")).has("nhs-number-check-digit @ Condition.subject.reference"));
  CHECK(finds(check_nhs(with("999000001")), "nhs-number-form"));
  CHECK(silent(check_nhs(with("9990000018"))));
}

TEST_CASE("NHS rules: the range") {
  CHECK(finds(check_nhs(patient_identified(nhs_number("5000000005"))), "nhs-number-range"));
  CHECK(finds(check_nhs(patient_identified(nhs_number("0000000000"))), "nhs-number-range"));
  CHECK_FALSE(finds(check_nhs(patient_identified(nhs_number("9990000018"))), "nhs-number-range"));
}

TEST_CASE("NHS rules: one number") {
  const std::string one = nhs_number("9990000018");
  CHECK(check_nhs(patient_identified(one + "," + nhs_number("9990000026")))
            .has("nhs-number-repeated @ Patient.identifier[1]"));
  const std::string other = R"({"system":"https://fhir.example.nhs.uk/pas","value":"1"})";
  CHECK(check_nhs(patient_identified(other)).notes("nhs-number-missing @ Patient"));
  CHECK(silent(check_nhs(patient_identified(one + "," + other))));
}

TEST_CASE("NHS rules: the system of the number") {
  for (const char* wrong :
       {"http://fhir.nhs.net/Id/nhs-number", "https://fhir.nhs.uk/id/nhs-number",
        "http://fhir.nhs.uk/Id/nhs-number", "https://fhir.nhs.uk/Id/NHS-Number",
        "https://fhir.hl7.org.uk/Id/nhs-number", "https://fhir.nhs.uk/nhs-number",
        "https://fhir.nhs.uk/Id/nhs-number/", "urn:oid:2.16.840.1.113883.2.1.4.1"}) {
    CHECK_MESSAGE(check_nhs(patient_identified(nhs_number("9990000018", wrong)))
                      .has("nhs-number-system @ Patient.identifier[0].system"),
                  wrong);
  }
}

TEST_CASE("NHS rules: the verification status") {
  const std::string bare = R"({"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"})";
  CHECK(check_nhs(patient_identified(bare))
            .notes("nhs-number-status-missing @ Patient.identifier[0]"));
  const std::string tail = R"("system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"})";
  CHECK(finds(check_nhs(patient_identified("{" + status("09") + tail)), "nhs-number-status-code"));
  CHECK(finds(check_nhs(patient_identified(
                  "{" +
                  status("number-present-and-verified",
                         "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus") +
                  tail)),
              "nhs-number-status-code"));
  CHECK(silent(check_nhs(patient_identified("{" + status("08") + tail))));
  CHECK(silent(check_nhs(patient_identified(
      "{" + status("NI", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor") + tail))));
}

TEST_CASE("NHS rules: profiles of another FHIR version") {
  const std::string head = R"({"resourceType":"Organization","name":"x","meta":{"profile":[")";
  const auto with = [&](const std::string& url) { return head + url + "\"]}}"; };
  CHECK(
      check_nhs(with("https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Organization-1"))
          .has("profile-of-other-version @ Organization.meta.profile[0]"));
  CHECK(finds(
      check_nhs(with("https://fhir.hl7.org.uk/StructureDefinition/CareConnect-Organization-1")),
      "profile-of-other-version"));
  CHECK(silent(check_nhs(with("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Organization"))));
  CHECK(finds(
      check_nhs(with("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Organization"), "3.0.2"),
      "profile-of-other-version"));
}

TEST_CASE("NHS rules: code systems of another FHIR version") {
  const auto with = [](const std::string& system) {
    return condition(R"({"system":")" + system + R"(","code":"x","display":"x"})");
  };
  const std::string at = "system-of-other-version @ Condition.code.coding[0].system";
  CHECK(check_nhs(with("http://hl7.org/fhir/v3/MaritalStatus")).notes(at));
  CHECK(check_nhs(with("http://hl7.org/fhir/observation-category")).notes(at));
  CHECK(check_nhs(with("http://hl7.org/fhir/condition-clinical")).notes(at));
  CHECK(check_nhs(with("http://hl7.org/fhir/allergy-clinical-status")).notes(at));
  CHECK(check_nhs(with("https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-EthnicCategory-1"))
            .notes(at));
  CHECK(
      check_nhs(with("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"), "3.0.2").notes(at));
  CHECK_FALSE(check_nhs(with("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus")).notes(at));
  CHECK_FALSE(check_nhs(with("http://hl7.org/fhir/v3/MaritalStatus"), "3.0.2").notes(at));
  CHECK_FALSE(check_nhs(with("http://hl7.org/fhir/administrative-gender")).notes(at));
}

TEST_CASE("NHS rules: misspelt systems of codes") {
  for (const char* wrong : {"https://snomed.info/sct", "http://snomed.info/sct/",
                            "http://snomed.info/SCT", "http://snomed.info/sct/83821000000107",
                            "urn:oid:2.16.840.1.113883.6.96", "https://www.snomed.info/sct"}) {
    CHECK_MESSAGE(check_nhs(condition(R"({"code":"73211009","display":"x","system":")" +
                                      std::string(wrong) + "\"}"))
                      .has("system-misspelt @ Condition.code.coding[0].system"),
                  wrong);
  }
  CHECK(silent(check_nhs(condition(snomed("73211009")))));
}

TEST_CASE("NHS rules: displays") {
  CHECK(check_nhs(condition(R"({"system":"http://snomed.info/sct","code":"73211009"})"))
            .notes("coding-without-display @ Condition.code.coding[0]"));
}

TEST_CASE("NHS rules: SNOMED CT identifiers") {
  CHECK(silent(check_nhs(condition(snomed("73211009")))));
  CHECK(silent(check_nhs(condition(snomed("999000011000001104")))));
  CHECK(check_nhs(condition(snomed("73211008")))
            .has("sctid-check-digit @ Condition.code.coding[0].code"));
  CHECK(finds(check_nhs(condition(snomed("12345"))), "sctid-form"));
  CHECK(finds(check_nhs(condition(snomed("0073211009"))), "sctid-form"));
  CHECK(finds(check_nhs(condition(snomed("diabetes"))), "sctid-form"));
  CHECK(finds(check_nhs(condition(snomed("7.3211e7"))), "sctid-form"));
  CHECK(finds(check_nhs(condition(snomed("680946014"))), "sctid-not-concept"));
  const std::string expression = "73211009 |Diabetes 12345| : 246112005 = ";
  CHECK(silent(check_nhs(condition(snomed(expression + "24484000")))));
  CHECK(finds(check_nhs(condition(snomed(expression + "24484001"))), "sctid-check-digit"));
}

TEST_CASE("NHS rules: medicines") {
  const std::string head =
      R"({"resourceType":"MedicationStatement","status":"active","subject":{"display":"x"},
    "medicationCodeableConcept":{"text":"Paracetamol")";
  CHECK(
      check_nhs(head + "}}")
          .notes("medication-not-coded @ MedicationStatement.medication.ofType(CodeableConcept)"));
  CHECK(silent(check_nhs(
      head + R"(,"coding":[{"system":"https://dmd.nhs.uk","code":"322236009","display":"x"}]}})")));
}

TEST_CASE("NHS rules: quantities") {
  const std::string head =
      R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1,"unit":"mg")";
  CHECK(check_nhs(head + "}}").notes("quantity-not-coded @ Observation.value.ofType(Quantity)"));
  CHECK(silent(check_nhs(head + R"(,"system":"http://unitsofmeasure.org","code":"mg"}})")));
}

TEST_CASE("NHS rules: vital signs") {
  const std::string category =
      R"("category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],)";
  const std::string loinc =
      R"({"system":"http://loinc.org","code":"8867-4","display":"Heart rate"})";
  const auto observation = [](const std::string& start, const std::string& codings) {
    return R"({"resourceType":"Observation",)" + start +
           R"("status":"final","subject":{"reference":"Patient/1"},"effectiveDateTime":"2020-01-01",
      "valueQuantity":{"value":70,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"},"code":{"coding":[)" +
           codings + "]}}";
  };
  const std::string both = loinc + "," + snomed("364075005");
  CHECK(silent(check_nhs(observation(category, both))));
  CHECK(finds(check_nhs(observation(category, loinc)), "vital-sign-code"));
  CHECK(finds(check_nhs(observation(category, snomed("364075005"))), "vital-sign-code"));
  const std::string claim =
      R"("meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns-HeartRate"]},)";
  CHECK(check_nhs(observation(claim, both)).notes("vital-sign-category @ Observation"));
  CHECK(silent(check_nhs(observation(claim + category, both))));
}

TEST_CASE("NHS rules: dates of what has happened") {
  CHECK(check_nhs(patient_with(R"("birthDate":"2026-11-25")"))
            .notes("date-in-future @ Patient.birthDate"));
  CHECK(
      check_nhs(patient_with(R"("birthDate":"2999")")).notes("date-in-future @ Patient.birthDate"));
  CHECK_FALSE(finds(check_nhs(patient_with(R"("birthDate":"31/12/1970")")), "date-in-future"));
  CHECK(silent(check_nhs(patient_with(R"("birthDate":"2026-11-24")"))));
  CHECK(silent(check_nhs(patient_with(R"("birthDate":"2026")"))));
  CHECK(finds(check_nhs(patient_with(R"("deceasedDateTime":"2999-01-01T00:00:00Z")")),
              "date-in-future"));
}

TEST_CASE("NHS rules: extensions") {
  const auto with = [](const std::string& name, const std::string& value) {
    return patient_with(
        R"("extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-)" +
        name + "\"," + value + "}]");
  };
  const std::string text = R"("valueCodeableConcept":{"text":"x"})";
  CHECK(silent(check_nhs(with("EthnicCategory", text))));
  CHECK(check_nhs(with("ReligiousAffiliation", text))
            .notes("extension-retired @ Patient.extension[0]"));
  CHECK(
      check_nhs(with("RcordingSetting", text)).notes("extension-misspelt @ Patient.extension[0]"));
  const auto other = [&](const std::string& url) {
    return patient_with(R"("extension":[{"url":")" + url + "\"," + text + "}]");
  };
  const std::string place = "https://fhir.hl7.org.uk/StructureDefinition/";
  CHECK(finds(check_nhs(other(place + "Extention-UKCore-EthnicCategory")), "extension-misspelt"));
  CHECK(finds(
      check_nhs(other("https://fhir.nhs.uk/StructureDefinition/Extension-UKCore-EthnicCategory")),
      "extension-misspelt"));
  // GP Connect publishes extensions of its own.
  CHECK_FALSE(finds(check_nhs(other("https://fhir.nhs.uk/StructureDefinition/"
                                    "Extension-CareConnect-GPC-NHSNumberVerificationStatus-1")),
                    "extension-misspelt"));
  CHECK(check_nhs(with("EthnicCategory", R"("valueString":"x")"))
            .has("extension-value-type @ Patient.extension[0]"));
  CHECK(finds(check_nhs(with("EthnicCategory", R"("id":"x")")), "extension-value-missing"));
}

TEST_CASE("NHS rules: ODS codes") {
  const auto with = [](const std::string& system, const std::string& value) {
    return R"({"resourceType":"Organization","identifier":[{"system":")" + system +
           R"(","value":")" + value + "\"}]}";
  };
  const std::string system = "https://fhir.nhs.uk/Id/ods-organization-code";
  CHECK(silent(check_nhs(with(system, "RR8"))));
  CHECK(silent(check_nhs(with("https://fhir.nhs.uk/Id/ods-site-code", "RTG08"))));
  CHECK(check_nhs(with(system, "rr8")).notes("ods-code-form @ Organization.identifier[0].value"));
  CHECK(finds(check_nhs(with(system, "RR 8")), "ods-code-form"));
  CHECK(finds(check_nhs(with(system, "R")), "ods-code-form"));
  for (const std::string slip : {"ods-organisation-code", "ods_organization_code"}) {
    CHECK(finds(check_nhs(with("https://fhir.nhs.uk/Id/" + slip, "RR8")), "ods-system"));
  }
  CHECK(check_nhs(with("https://fhir.nhs.uk/id/ods-organization-code", "RR8"))
            .has("ods-system @ Organization.identifier[0].system"));
  CHECK(check_nhs(with("http://fhir.nhs.net/Id/ods-organization-code", "RR8"))
            .has("ods-system @ Organization.identifier[0].system"));
}

TEST_CASE("NHS rules: identifiers need a system") {
  const std::string bare = nhs_number("9990000018") + R"(,{"value":"1"})";
  CHECK(check_nhs(patient_identified(bare))
            .notes("identifier-without-system @ Patient.identifier[1]"));
}

TEST_CASE("NHS rules: postcodes") {
  const auto with = [](const std::string& postcode, const std::string& rest = "") {
    return patient_with(R"("address":[{"postalCode":")" + postcode + "\"" + rest + "}]");
  };
  for (const char* good : {"LS1 4AP", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX",
                           "EC1A 1BB", "LS14AP", "GIR 0AA", "BFPO 801", "ZZ99 3VZ"}) {
    CHECK_MESSAGE(silent(check_nhs(with(good))), good);
  }
  for (const char* bad : {"LEN 7TF", "LS1", "LS1  4AP", "ls1 4ap", "LS1 4CP", "LS1 44P", "12345",
                          "LS123 4AP", "BFPO 1x"}) {
    CHECK_MESSAGE(finds(check_nhs(with(bad)), "postcode-form"), bad);
  }
  CHECK(silent(check_nhs(with("75001", R"(,"country":"FR")"))));
  CHECK(finds(check_nhs(with("75001", R"(,"country":"England")")), "postcode-form"));
}

TEST_CASE("NHS rules: contact points") {
  const auto with = [](const std::string& system, const std::string& value) {
    return patient_with(R"("telecom":[{"system":")" + system + R"(","value":")" + value + "\"}]");
  };
  for (const char* good :
       {"0113 243 3144", "+44 (0)113 2433144", "tel:+441132433144", "999", "0113 2433144 x123"}) {
    CHECK_MESSAGE(silent(check_nhs(with("phone", good))), good);
  }
  for (const char* bad : {"none", "12", "0113 243 ext. 3a"}) {
    CHECK_MESSAGE(finds(check_nhs(with("phone", bad)), "telecom-form"), bad);
  }
  CHECK(silent(check_nhs(with("email", "a.b@c.nhs.uk"))));
  CHECK(finds(check_nhs(with("email", "a.b")), "telecom-form"));
  CHECK(finds(check_nhs(with("email", "a b@c.uk")), "telecom-form"));
  CHECK(finds(check_nhs(with("email", "a@localhost")), "telecom-form"));
  CHECK(silent(check_nhs(with("url", "https://a.nhs.uk"))));
  CHECK(finds(check_nhs(with("url", "a.nhs.uk")), "telecom-form"));
}

TEST_CASE("NHS rules: documents are about one patient and have a custodian") {
  const auto bundle = [](const std::string& type, const std::string& subject,
                         const std::string& custodian) {
    return R"({"resourceType":"Bundle","type":")" + type +
           R"(","identifier":{"system":"https://a.nhs.uk","value":"1"},
      "timestamp":"2020-01-01T00:00:00Z","entry":[
      {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Composition","status":"final",
       "type":{"text":"x"},"subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000002"},"date":"2020-01-01",
       "author":[{"display":"x"}],"title":"x")" +
           custodian +
           R"(}},{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":)" +
           patient_identified(nhs_number("9990000018")) +
           R"(},{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":)" +
           patient_identified(nhs_number("9990000026")) +
           R"(},{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000004","resource":
       {"resourceType":"Condition","subject":)" +
           subject + R"(,"code":{"text":"x"}}}]})";
  };
  const auto document = [&](const std::string& number, const std::string& custodian) {
    return bundle("document",
                  R"({"reference":"urn:uuid:00000000-0000-4000-8000-00000000000)" + number + "\"}",
                  custodian);
  };
  const auto named = [&](const std::string& type, const std::string& number) {
    return bundle(type,
                  R"({"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" +
                      number + "\"}}",
                  "");
  };
  const std::string custodian = R"(,"custodian":{"display":"x"})";
  CHECK(silent(check_nhs(document("2", custodian))));
  CHECK(check_nhs(document("3", custodian))
            .has("patients-differ @ Bundle.entry[3].resource.subject.reference"));
  CHECK(finds(check_nhs(document("2", "")), "custodian-missing"));
  CHECK(check_nhs(named("document", "9990000026"))
            .has("patients-differ @ Bundle.entry[3].resource.subject.identifier.value"));
  CHECK_FALSE(finds(check_nhs(named("document", "9990000018")), "patients-differ"));
  // A birth notification is about mother and child.
  CHECK_FALSE(finds(check_nhs(named("message", "9990000026")), "patients-differ"));
}

TEST_CASE("NHS rules: which records they apply to") {
  const auto check_auto = [](const std::string& record) {
    return lhcr::test::check(record, lhcr::test::quiet_options());
  };
  const std::string rest = R"(,"address":[{"postalCode":"75001"}])";
  const std::string foreign = R"({"system":"https://a.test","value":"1"})";
  CHECK_FALSE(finds(check_auto(patient_identified(foreign, rest)), "postcode-form"));
  CHECK(finds(check_auto(patient_identified(nhs_number("9990000018"), rest)), "postcode-form"));
  CHECK(finds(
      check_auto(patient_identified(
          foreign,
          rest +
              R"(,"meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]})")),
      "postcode-form"));
  lhcr::validate::Options off = lhcr::test::quiet_options();
  off.rules = RuleSet::none;
  CHECK_FALSE(finds(lhcr::test::check(patient_identified(nhs_number("9990000018"), rest), off),
                    "postcode-form"));
}

TEST_CASE("registered systems") {
  CHECK(uk_system("https://fhir.nhs.uk/Id/nhs-number")->exact);
  CHECK(uk_system("https://dmd.nhs.uk/")->kind == UkSystem::dmd);
  CHECK_FALSE(uk_system("https://dmd.nhs.uk/")->exact);
  CHECK_FALSE(uk_system("https://fhir.leedsth.nhs.uk/Id/pas-number"));
  CHECK_FALSE(uk_system("https://fhir.nhs.uk/CodeSystem/something"));
  CHECK_FALSE(uk_system("urn:oid:2.16.840.1.113883.2.1.4"));
  CHECK_FALSE(uk_system(""));
}
