// SPDX-License-Identifier: Apache-2.0
#include "finding/report.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "finding/id.hpp"

namespace finding = lhcr::finding;
using finding::Finding;
using finding::ReportFormat;
using finding::Severity;
using nlohmann::json;

namespace {

Finding syntax_error() {
  Finding made;
  made.id = finding::id<"json-syntax">;
  made.severity = Severity::fatal;
  made.path = "Patient.name[0]";
  made.position = {120, 7, 9};
  made.arguments = {"a \"comma\" is missing"};
  return made;
}

/// Renders `inputs` inputs with one record of `findings` each.
std::string report(ReportFormat format, std::size_t inputs, const std::vector<Finding>& findings) {
  const auto writer = finding::make_report(format, {});
  std::string out;
  writer->begin(inputs, out);
  for (std::size_t input = 0; input < inputs; ++input) {
    const std::string name = "in" + std::to_string(input) + ".json";
    finding::Collector collector;
    std::string items;
    writer->begin_input(name, out);
    for (const Finding& made : findings) {
      writer->render(made, {name, 0}, items);
      collector.add(made);
    }
    writer->add_items(items, out);
    finding::Tally tally;
    tally.files = 1;
    tally.add_record(collector);
    writer->end_input(tally, out);
  }
  writer->end(out);
  return out;
}

}  // namespace

TEST_CASE("text gives place, severity, path, text and id on one line") {
  CHECK(
      report(ReportFormat::text, 1, {syntax_error()}) ==
      "in0.json:7:9: fatal: Patient.name[0]: Invalid JSON: a \"comma\" is missing [json-syntax]\n");
}

TEST_CASE("text indents the hint and leaves unknown places out") {
  Finding empty;
  empty.id = finding::id<"input-empty">;
  empty.severity = Severity::fatal;
  CHECK(report(ReportFormat::text, 1, {empty}) ==
        "in0.json: fatal: The input is empty [input-empty]\n"
        "    Give a FHIR resource as JSON, XML or NDJSON\n");
}

TEST_CASE("text shows no control characters of the record") {
  Finding made = syntax_error();
  made.arguments = {"\x1b[2J\xFF\n"};
  const std::string text = report(ReportFormat::text, 1, {made});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\xEF\xBF\xBD[2J\xEF\xBF\xBD ") != std::string::npos);
}

TEST_CASE("json is one object a line and input") {
  const std::string text = report(ReportFormat::json, 2, {syntax_error(), syntax_error()});
  const std::size_t first_line = text.find('\n');
  const json first = json::parse(text.substr(0, first_line));
  const json second = json::parse(text.substr(first_line + 1));
  CHECK(first["input"] == "in0.json");
  CHECK(second["input"] == "in1.json");
  CHECK(first["findings"].size() == 2);
  CHECK(first["findings"][1]["id"] == "json-syntax");
  CHECK(first["findings"][0]["line"] == 7);
  CHECK(first["findings"][0]["column"] == 9);
  CHECK(first["findings"][0]["path"] == "Patient.name[0]");
  CHECK(first["valid"] == false);
  CHECK(first["errors"] == 2);
}

TEST_CASE("json bytes that are no UTF-8 are replaced") {
  Finding made = syntax_error();
  made.arguments = {"\xC3\x28 \xED\xA0\x80 \xF0\x9F\x98\x80 \x01"};
  const json parsed = json::parse(report(ReportFormat::json, 1, {made}));
  CHECK(parsed["findings"][0]["text"] ==
        "Invalid JSON: \xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xF0\x9F\x98\x80 \x01");
}

TEST_CASE("one input gives one OperationOutcome") {
  const json outcome = json::parse(report(ReportFormat::outcome, 1, {syntax_error()}));
  CHECK(outcome["resourceType"] == "OperationOutcome");
  REQUIRE(outcome["issue"].size() == 1);
  const json& issue = outcome["issue"][0];
  CHECK(issue["severity"] == "fatal");
  CHECK(issue["code"] == "structure");
  CHECK(issue["expression"] == json::array({"Patient.name[0]"}));
  CHECK(issue["details"]["coding"][0]["code"] == "json-syntax");
  CHECK(issue["extension"][0]["valueInteger"] == 7);
  CHECK(issue["extension"][1]["valueInteger"] == 9);
}

TEST_CASE("an outcome without findings still has its one issue") {
  const json outcome = json::parse(report(ReportFormat::outcome, 1, {}));
  REQUIRE(outcome["issue"].size() == 1);
  CHECK(outcome["issue"][0]["severity"] == "information");
}

TEST_CASE("several inputs give a collection Bundle in input order") {
  const json bundle = json::parse(report(ReportFormat::outcome, 3, {syntax_error()}));
  CHECK(bundle["resourceType"] == "Bundle");
  CHECK(bundle["type"] == "collection");
  REQUIRE(bundle["entry"].size() == 3);
  CHECK(bundle["entry"][0]["fullUrl"] != bundle["entry"][1]["fullUrl"]);
  CHECK(bundle["entry"][2]["resource"]["extension"][0]["valueString"] == "in2.json");
}

TEST_CASE("no input gives an empty Bundle, which has no entry member") {
  const json bundle = json::parse(report(ReportFormat::outcome, 0, {}));
  CHECK_FALSE(bundle.contains("entry"));
}

TEST_CASE("the summary counts records and findings") {
  finding::Collector bad;
  bad.add(syntax_error());
  finding::Tally tally;
  tally.files = 1;
  tally.add_record(bad);
  tally.add_record(finding::Collector{});
  CHECK(finding::summary(tally) ==
        "1 file, 2 records: 1 valid, 1 invalid (1 unreadable); 1 error, 0 warnings");
}

namespace {

Finding warning_with_hint() {
  Finding made;
  made.id = finding::id<"nhs-number-test">;
  made.severity = Severity::warning;
  made.path = "Patient.identifier[0].value";
  made.position = {10, 2, 3};
  made.arguments = {"<&\">,:%\x1b"};
  return made;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("junit: an input is a suite, an error a failed case, and what is good has passed") {
  const std::string text =
      report(ReportFormat::junit, 2, {syntax_error(), warning_with_hint(), syntax_error()});
  CHECK(text.find(R"(<testsuite name="in0.json" tests="2" failures="0" errors="2" skipped="0">)") !=
        std::string::npos);
  CHECK(count(text, "<testcase") == 4);
  CHECK(text.find(R"(name="json-syntax Patient.name[0]"><error type="json-syntax")") !=
        std::string::npos);
  CHECK(text.find("<system-out>in0.json:2:3: warning: ") != std::string::npos);
  CHECK(text.find("&lt;&amp;") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x1e') == std::string::npos);
  CHECK(
      report(ReportFormat::junit, 1, {}).find(R"(<testcase classname="in0.json" name="valid"/>)") !=
      std::string::npos);
}

TEST_CASE("junit: warnings fail when they fail the run") {
  finding::ReportOptions options;
  options.failing = Severity::warning;
  std::string items;
  finding::make_report(ReportFormat::junit, options)->render(warning_with_hint(), {"a"}, items);
  CHECK(items.find("<failure") != std::string::npos);
}

TEST_CASE("junit: cases beyond the limit are one more failure") {
  const std::string text =
      report(ReportFormat::junit, 1, std::vector<Finding>(10010, syntax_error()));
  CHECK(text.find(R"(tests="10001" failures="1" errors="10000")") != std::string::npos);
  CHECK(text.find("findings-not-listed") != std::string::npos);
}

TEST_CASE("github: properties and text are encoded") {
  Finding made = warning_with_hint();
  made.arguments = {"50%,a:b\r\nc"};
  const std::string text = report(ReportFormat::github, 1, {made, syntax_error()});
  CHECK(
      text.starts_with("::warning file=in0.json,line=2,col=3,title=nhs-number-test::"
                       "Patient.identifier[0].value: 50%25,a:b %0Ac is a test number"));
  CHECK(count(text, "\n") == 2);
  CHECK(text.find("\n::error file=in0.json,line=7,col=9,title=json-syntax::") != std::string::npos);
}

TEST_CASE("sarif: results point to rules and places") {
  const json log =
      json::parse(report(ReportFormat::sarif, 2, {syntax_error(), warning_with_hint()}));
  CHECK(log["version"] == "2.1.0");
  const json& run = log["runs"][0];
  REQUIRE(run["results"].size() == 4);
  const json& result = run["results"][1];
  CHECK(result["ruleId"] == "nhs-number-test");
  CHECK(result["level"] == "warning");
  const std::size_t index = result["ruleIndex"];
  CHECK(run["tool"]["driver"]["rules"][index]["id"] == "nhs-number-test");
  const json& place = result["locations"][0];
  CHECK(place["physicalLocation"]["artifactLocation"]["uri"] == "in0.json");
  CHECK(place["physicalLocation"]["region"]["startLine"] == 2);
  CHECK(place["logicalLocations"][0]["fullyQualifiedName"] == "Patient.identifier[0].value");
  CHECK(result["partialFingerprints"]["lhcrFinding/v1"] ==
        run["results"][3]["partialFingerprints"]["lhcrFinding/v1"]);
  CHECK(run["invocations"][0]["executionSuccessful"] == false);
  CHECK(json::parse(report(ReportFormat::sarif, 1, {}))["runs"][0]["results"].empty());
}

TEST_CASE("html: what a record says is text, and the excerpt is the place's line") {
  finding::ReportOptions options;
  options.excerpts = true;
  const std::string record = "one\n  \"<b>\xC3\xA4\": 1\nthree";
  Finding made = warning_with_hint();
  made.position = {100 + 6, 2, 3};
  const auto render = [&](const finding::ReportOptions& chosen) {
    std::string items;
    finding::make_report(ReportFormat::html, chosen)->render(made, {"a", 0, record, 100}, items);
    return items;
  };
  const std::string items = render(options);
  CHECK(items.find("<pre>  <mark></mark>&quot;&lt;b&gt;\xC3\xA4&quot;: 1</pre>") !=
        std::string::npos);
  CHECK(items.find("<b>") == std::string::npos);
  options.excerpts = false;
  CHECK(render(options).find("<pre>") == std::string::npos);
  const std::string page = report(ReportFormat::html, 2, {syntax_error()});
  CHECK(count(page, "<section>") == 2);
  CHECK(page.find("<b>2</b>errors") != std::string::npos);
  CHECK(page.find("http") == page.find("http-equiv"));
}
