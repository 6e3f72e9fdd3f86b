// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <re2/re2.h>

#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "validate/record.hpp"

using namespace lhcr;
using lhcr::test::check;

namespace {

std::string patient_holding(const std::string& member) {
  return R"({"resourceType":"Patient",)" + member + "}";
}

}  // namespace

TEST_CASE("dates exist") {
  CHECK(date_fault("2024") == DateFault::none);
  CHECK(date_fault("2024-02-29") == DateFault::none);
  CHECK(date_fault("2023-02-29") == DateFault::day);
  CHECK(date_fault("1900-02-29") == DateFault::day);
  CHECK(date_fault("2000-02-29") == DateFault::none);
  CHECK(date_fault("2024-13") == DateFault::format);
  CHECK(date_fault("0000") == DateFault::format);
  CHECK(date_fault("2024-1-1") == DateFault::format);
  CHECK(date_fault("") == DateFault::format);
  CHECK(date_time_fault("2024-02-30T10:00:00Z") == DateFault::day);
  CHECK(date_time_fault("2024-02-03T10:00:00") == DateFault::zone);
  CHECK(date_time_fault("2024-02-03T10:00") == DateFault::format);
  CHECK(date_time_fault("2024-02-03T24:00:00Z") == DateFault::format);
  CHECK(date_time_fault("2024-02-03T23:59:60.123+14:00") == DateFault::none);
  CHECK(date_time_fault("2024-02-03T10:00:00+14:30") == DateFault::format);
  CHECK(instant_fault("2024-02-03") == DateFault::format);
  CHECK(instant_fault("2024-02-03T10:00:00Z") == DateFault::none);
}

TEST_CASE("the scanners agree with the published patterns") {
  const RE2 date(
      R"(([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1]))?)?)");
  const RE2 time(R"(([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?)");
  const RE2 id(R"([A-Za-z0-9\-\.]{1,64})");
  const RE2 code(R"([^\s]+(\s[^\s]+)*)");
  const RE2 decimal(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)");
  const RE2 oid(R"([0-2](\.(0|[1-9][0-9]*))+)");
  const std::string alphabet = "0123 -:.TZ+eaA";
  std::string text;
  unsigned seed = 1;
  for (int round = 0; round < 200000; ++round) {
    text.clear();
    for (int length = static_cast<int>((seed = seed * 1103515245U + 12345U) >> 16U) % 11;
         length >= 0; --length) {
      seed = seed * 1103515245U + 12345U;
      text.push_back(alphabet[(seed >> 16U) % alphabet.size()]);
    }
    CAPTURE(text);
    CHECK((date_fault(text) != DateFault::format) == RE2::FullMatch(text, date));
    CHECK(is_time(text) == RE2::FullMatch(text, time));
    CHECK(is_id(text) == RE2::FullMatch(text, id));
    CHECK(is_code(text) == RE2::FullMatch(text, code));
    CHECK(is_decimal(text) == RE2::FullMatch(text, decimal));
    CHECK(is_oid(text) == RE2::FullMatch(text, oid));
  }
}

TEST_CASE("integers have 32 bits") {
  CHECK(is_integer("2147483647"));
  CHECK(is_integer("-2147483648"));
  CHECK_FALSE(is_integer("2147483648"));
  CHECK_FALSE(is_integer("01"));
  CHECK_FALSE(is_integer("-"));
  CHECK_FALSE(is_integer("1.0"));
}

TEST_CASE("Base64") {
  CHECK(base64_form("YWJj") == Base64::valid);
  CHECK(base64_form("YWI=") == Base64::valid);
  CHECK(base64_form("YWJj\nYWJj") == Base64::spaced);
  CHECK(base64_form("YWJ") == Base64::invalid);
  CHECK(base64_form("YW=j") == Base64::invalid);
  CHECK(base64_size("YWI=") == 2);
}

TEST_CASE("URLs, UUIDs and OIDs") {
  CHECK(is_absolute_url("urn:uuid:x"));
  CHECK_FALSE(is_absolute_url("Patient/1"));
  CHECK_FALSE(is_absolute_url("http:"));
  CHECK_FALSE(is_absolute_url("HTTP://x"));
  CHECK(is_uuid("c757873d-ec9a-4326-a141-556f43239520"));
  CHECK_FALSE(is_uuid("C757873D-ec9a-4326-a141-556f43239520"));
  CHECK(check(patient_holding(R"("implicitRules":"urn:uuid:123")"))
            .has("uuid-invalid @ Patient.implicitRules"));
  CHECK(check(patient_holding(R"("implicitRules":"urn:oid:1.02.3")"))
            .has("oid-invalid @ Patient.implicitRules"));
  CHECK(check(patient_holding(R"("implicitRules":"http://a b")"))
            .has("uri-space @ Patient.implicitRules"));
  CHECK(check(patient_holding(R"("implicitRules":"http://example.org/x")"))
            .has("example-url @ Patient.implicitRules"));
}

TEST_CASE("values of records") {
  CHECK(check(patient_holding(R"("birthDate":"2023-02-30")"))
            .has("date-does-not-exist @ Patient.birthDate"));
  CHECK(check(patient_holding(R"("birthDate":"today")"))
            .has("date-format-invalid @ Patient.birthDate"));
  CHECK(check(patient_holding(R"("language":"")")).has("value-empty @ Patient.language"));
  CHECK(check(patient_holding(R"("language":"en ")")).has("code-space @ Patient.language"));
  CHECK(check(patient_holding("\"language\":\"en\u00a0\"")).has("code-space @ Patient.language"));
  CHECK_FALSE(
      check(patient_holding("\"language\":\"e\u0144\"")).has("code-space @ Patient.language"));
  CHECK(check(patient_holding(R"("multipleBirthInteger":1.5)"))
            .has("integer-invalid @ Patient.multipleBirth.ofType(integer)"));
  CHECK(check(patient_holding(R"("name":[{"family":" Doe"}])"))
            .notes("string-edges-blank @ Patient.name[0].family"));
  CHECK(check(patient_holding(R"("photo":[{"data":"%%"}])"))
            .has("base64-invalid @ Patient.photo[0].data"));
  CHECK(
      check(
          patient_holding(
              R"("photo":[{"contentType":"text/plain","data":"SGVs\nbG8=","hash":"9/+ei3uy4Jtwk1pdeF4MxdnQq/A="}])"))
          .clean());
  CHECK(check(patient_holding(
                  R"("photo":[{"data":"SGVsbG8=","hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}])"))
            .has("attachment-hash-wrong @ Patient.photo[0]"));
}

TEST_CASE("markup in strings") {
  const std::string record = patient_holding(R"("name":[{"text":"<b>x</b>"}])");
  CHECK(check(record).notes("markup-in-string @ Patient.name[0].text"));
  lhcr::validate::Options strict = lhcr::test::quiet_options();
  strict.security_checks = true;
  CHECK(check(record, strict).has("markup-in-string @ Patient.name[0].text"));
  CHECK_FALSE(has_markup("a < b and c > d"));
}

TEST_CASE("displays compare without case and white space") {
  CHECK(same_display("Body  weight", " body Weight "));
  CHECK_FALSE(same_display("Body weight", "Bodyweight"));
  CHECK_FALSE(same_display("Body", "Body weight"));
}
