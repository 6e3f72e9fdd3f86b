// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "record.hpp"

using lhcr::test::check;
using lhcr::test::Outcome;
using lhcr::test::shown;

namespace {

/// A response to a contained form, both given by their items.
std::string response(const std::string& form, const std::string& items,
                     const std::string& status = "completed") {
  return R"({"resourceType":"QuestionnaireResponse","status":")" + status +
         R"(","questionnaire":"#q","contained":[{"resourceType":"Questionnaire","id":"q","status":"active","item":[)" +
         form + R"(]}],"item":[)" + items + "]}";
}

/// One item of a form, of a type and with more members.
std::string question(const std::string& type, const std::string& more = "") {
  return R"({"linkId":"1","type":")" + type + "\"" + (more.empty() ? "" : "," + more) + "}";
}

std::string extension(const std::string& name, const std::string& value) {
  return R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/)" + name + "\"," + value +
         "}]";
}

std::string answers(const std::string& values) {
  return R"({"linkId":"1","answer":[)" + values + "]}";
}

Outcome one(const std::string& form, const std::string& values) {
  return check(response(form, answers(values)));
}

const std::string first = " @ QuestionnaireResponse.item[0]";
const std::string first_answer = first + ".answer[0]";

}  // namespace

TEST_CASE("answers have the type of their question") {
  const auto sound = one(question("boolean", R"("required":true)"), R"({"valueBoolean":true})");
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(one(question("boolean"), R"({"valueString":"x"})")
            .has("answer-type" + first_answer + ".value.ofType(string)"));
  CHECK(one(question("group"), R"({"valueString":"x"})").has("answer-on-group" + first));
  CHECK(one(question("display"), R"({"valueString":"x"})").has("answer-on-group" + first));
  CHECK(one(question("string"), R"({"valueString":"x"},{"valueString":"y"})")
            .has("answer-repeated" + first));
}

TEST_CASE("items are where the form has them") {
  const std::string form =
      R"({"linkId":"g","type":"group","item":[{"linkId":"1","type":"string"}]},{"linkId":"2","type":"string","text":"T"})";
  CHECK(check(response(form, R"({"linkId":"9"})")).has("link-id-unknown @ QuestionnaireResponse"));
  CHECK(check(response(form, answers(R"({"valueString":"x"})")))
            .has("item-misplaced @ QuestionnaireResponse"));
  CHECK(check(response(form, R"({"linkId":"2"},{"linkId":"g","item":[{"linkId":"1"}]})"))
            .has("item-out-of-order @ QuestionnaireResponse"));
  CHECK(check(response(form, R"({"linkId":"2"},{"linkId":"2"})"))
            .has("item-repeated @ QuestionnaireResponse"));
  CHECK(check(response(form, R"({"linkId":"2","text":"other"})")).has("item-text-differs" + first));
  CHECK(check(response(R"({"linkId":"1","type":"string","item":[{"linkId":"2","type":"string"}]})",
                       R"({"linkId":"1","item":[{"linkId":"2"}]})"))
            .has("item-outside-answer" + first));
}

TEST_CASE("what is required") {
  const std::string form = question("string", R"("required":true)");
  const std::string group =
      R"({"linkId":"g","type":"group","required":true,"item":[)" + form + "]}";
  CHECK(check(response(form + R"(,{"linkId":"2","type":"string"})", R"({"linkId":"2"})"))
            .has("answer-missing @ QuestionnaireResponse"));
  CHECK(check(response(form, R"({"linkId":"1"})")).has("answer-missing" + first));
  CHECK(check(response(form, R"({"linkId":"1"})", "in-progress")).notes("answer-missing" + first));
  CHECK(check(response(group, R"({"linkId":"g"})")).has("group-empty" + first));
  CHECK(check(response(group, R"({"linkId":"g"})")).has("answer-missing" + first));
  CHECK(one(question("string", R"("repeats":true,)" +
                                   extension("questionnaire-minOccurs", R"("valueInteger":2)")),
            R"({"valueString":"x"})")
            .has("answers-too-few" + first));
  CHECK(one(question("string", R"("repeats":true,)" +
                                   extension("questionnaire-maxOccurs", R"("valueInteger":1)")),
            R"({"valueString":"x"},{"valueString":"y"})")
            .has("answers-too-many" + first));
}

TEST_CASE("conditions decide what may be answered") {
  const auto form = [](const std::string& condition) {
    return R"({"linkId":"g","type":"group","repeats":true,"item":[{"linkId":"c","type":"integer"},
      {"linkId":"1","type":"string","required":true,)" +
           condition + "}]}";
  };
  const auto group = [](const std::string& value, bool answered) {
    return R"({"linkId":"g","item":[{"linkId":"c","answer":[{"valueInteger":)" + value + "}]}" +
           (answered ? "," + answers(R"({"valueString":"x"})") : "") + "]}";
  };
  const std::string more =
      form(R"("enableWhen":[{"question":"c","operator":">=","answerInteger":5}])");
  // Each repetition of the group has its own condition.
  const auto sound = check(response(more, group("5", true) + "," + group("4", false)));
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(check(response(more, group("5", true) + "," + group("4", true)))
            .has("item-not-enabled @ QuestionnaireResponse.item[1].item[1]"));
  CHECK(check(response(more, group("5", false))).has("answer-missing" + first));
  const std::string both = form(
      R"("enableBehavior":"all","enableWhen":[{"question":"c","operator":"exists","answerBoolean":true},
      {"question":"c","operator":"!=","answerInteger":3}])");
  CHECK(check(response(both, group("3", true)))
            .has("item-not-enabled @ QuestionnaireResponse.item[0].item[1]"));
  CHECK(check(response(both, group("4", true))).clean());
  const std::string expression = form(
      R"("extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
      "valueExpression":{"language":"text/fhirpath","expression":"%resource.item.item.where(linkId='c').answer.value = 1"}}])");
  CHECK(check(response(expression, group("2", true)))
            .has("item-not-enabled @ QuestionnaireResponse.item[0].item[1]"));
}

TEST_CASE("answers are among those permitted") {
  const std::string strings =
      question("choice", R"("answerOption":[{"valueString":"a"},{"valueString":"b"}])");
  CHECK(one(strings, R"({"valueString":"a"})").clean());
  CHECK(one(strings, R"({"valueString":"c"})")
            .has("answer-not-permitted" + first_answer + ".value.ofType(string)"));
  CHECK(one(strings, R"({"valueInteger":1})").has("answer-options-type" + first_answer));
  CHECK(one(question("open-choice", R"("answerOption":[{"valueString":"a"}])"),
            R"({"valueString":"c"})")
            .clean());
  const std::string coded = question(
      "choice", R"("answerValueSet":"http://hl7.org/fhir/ValueSet/administrative-gender")");
  const std::string system = R"("system":"http://hl7.org/fhir/administrative-gender")";
  CHECK(one(coded, R"({"valueCoding":{)" + system + R"(,"code":"male"}})").clean());
  CHECK(one(coded, R"({"valueCoding":{"system":"http://hl7.org/fhir/item-type","code":"group"}})")
            .has("answer-not-in-value-set" + first_answer));
  CHECK(
      one(question("choice",
                   R"("repeats":true,"answerOption":[{"valueString":"a"},{"valueString":"none",)" +
                       extension("questionnaire-optionExclusive", R"("valueBoolean":true)") + "}]"),
          R"({"valueString":"none"},{"valueString":"a"})")
          .has("answer-exclusive" + first_answer));
}

TEST_CASE("answers keep the limits of their question") {
  const auto limit = [](const std::string& type, const std::string& name,
                        const std::string& value) {
    return question(type, extension(name, value));
  };
  CHECK(one(limit("integer", "minValue", R"("valueInteger":5)"), R"({"valueInteger":4})")
            .has("answer-below-minimum" + first_answer + ".value.ofType(integer)"));
  CHECK(
      one(limit("date", "maxValue", R"("valueDate":"2020-01-01")"), R"({"valueDate":"2020-01-02"})")
          .has("answer-above-maximum" + first_answer + ".value.ofType(date)"));
  CHECK(one(limit("decimal", "maxDecimalPlaces", R"("valueInteger":1)"), R"({"valueDecimal":1.25})")
            .has("answer-decimal-places" + first_answer + ".value.ofType(decimal)"));
  CHECK(one(limit("string", "minLength", R"("valueInteger":3)"), R"({"valueString":"äb"})")
            .has("answer-too-short" + first_answer + ".value.ofType(string)"));
  CHECK(one(question("string", R"("maxLength":1)"), R"({"valueString":"ab"})")
            .has("answer-too-long" + first_answer + ".value.ofType(string)"));
  CHECK(one(limit("string", "regex", R"("valueString":"[a-z]'[0-9]")"), R"({"valueString":"a1"})")
            .has("answer-pattern" + first_answer + ".value.ofType(string)"));
  CHECK(one(limit("attachment", "mimeType", R"("valueCode":"image/png")"),
            R"({"valueAttachment":{"contentType":"text/plain"}})")
            .has("answer-attachment-type" + first_answer));
  CHECK(one(limit("attachment", "maxSize", R"("valueDecimal":0.5)"),
            R"({"valueAttachment":{"contentType":"text/plain","size":500001}})")
            .has("answer-attachment-size" + first_answer));
  CHECK(one(limit("reference", "questionnaire-referenceResource", R"("valueCode":"Patient")"),
            R"({"valueReference":{"reference":"Group/1"}})")
            .has("answer-reference-type" + first_answer + ".value.ofType(Reference)"));
}

TEST_CASE("quantities are compared by their units") {
  const auto least = [](const std::string& code) {
    return question(
        "quantity",
        R"("extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity",
        "valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":")" +
            code + R"("}}])");
  };
  const std::string grams =
      R"({"valueQuantity":{"value":900,"system":"http://unitsofmeasure.org","code":"g"}})";
  const std::string value = first_answer + ".value.ofType(Quantity)";
  CHECK(one(least("kg"), grams).has("answer-below-minimum" + value));
  CHECK(one(least("g"), grams).clean());
  CHECK(one(least("m"), grams).has("answer-not-comparable" + value));
}
