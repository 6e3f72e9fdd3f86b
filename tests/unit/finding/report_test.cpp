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
  CHECK(issue["extension"][1]["valueString"] == "9");
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
  const auto page = [&](const finding::ReportOptions& chosen) {
    const auto writer = finding::make_report(ReportFormat::html, chosen);
    std::string items;
    std::string out;
    writer->begin(1, out);
    writer->begin_input("a</script>", out);
    writer->render(made, {"a</script>", 0, record, 100}, items);
    writer->add_items(items, out);
    writer->end(out);
    return out;
  };
  const std::string text = page(options);
  CHECK(text.find("\"\\\"\\u003cb>\xC3\xA4\\\": 1\"\n") != std::string::npos);
  CHECK(text.find("<b>\xC3\xA4") == std::string::npos);
  CHECK(count(text, "</script>") == 2);
  options.excerpts = false;
  CHECK(page(options).find("\\u003cb>\xC3\xA4\\\": 1") == std::string::npos);
  const std::string two = report(ReportFormat::html, 2, {syntax_error()});
  CHECK(two.find("<b>2</b>errors") != std::string::npos);
  CHECK(two.find("href=\"#explain-json-syntax\"") != std::string::npos);
  CHECK(two.find("<article id=\"explain-json-syntax\">") != std::string::npos);
}

TEST_CASE("junit: a record without a failure has passed, and names are unique") {
  const auto writer = finding::make_report(ReportFormat::junit, {});
  std::string items;
  std::string out;
  writer->begin(1, out);
  writer->begin_input("a.ndjson", out);
  for (std::uint64_t record = 0; record < 3; ++record) {
    if (record == 1) {
      writer->render(syntax_error(), {"a.ndjson", record}, items);
      writer->render(syntax_error(), {"a.ndjson", record}, items);
    }
    const Severity worst = record == 1 ? Severity::fatal : Severity::information;
    writer->render_outcome({worst, 1500000}, {"a.ndjson", record}, items);
  }
  writer->add_items(items, out);
  finding::Tally tally;
  tally.records = 3;
  writer->end_input(tally, out);
  CHECK(out.find(R"(tests="4" failures="0" errors="2" skipped="0" time="0.004500")") !=
        std::string::npos);
  CHECK(out.find(R"(name="record 1: valid" time="0.001500"/>)") != std::string::npos);
  CHECK(out.find(R"(name="record 2: json-syntax Patient.name[0]">)") != std::string::npos);
  CHECK(out.find(R"x(name="record 2: json-syntax Patient.name[0] (2)">)x") != std::string::npos);
  CHECK(out.find(R"(name="record 2: valid")") == std::string::npos);
}

TEST_CASE("markdown: nothing of a record is markup") {
  Finding made = warning_with_hint();
  made.path = "Patient.a|b`c";
  const std::string text = report(ReportFormat::markdown, 1, {made, syntax_error()});
  CHECK(text.starts_with("## lhcr validate: invalid\n\n1 file, 1 record: 0 valid"));
  CHECK(text.find("`Patient.a\\|b'c`") != std::string::npos);
  CHECK(text.find("\\<\\&") != std::string::npos);
  CHECK(text.find("| `json-syntax` | fatal | 1 |") <
        text.find("| `nhs-number-test` | warning | 1 |"));
  CHECK(report(ReportFormat::markdown, 1, {}).starts_with("## lhcr validate: valid\n"));
}

TEST_CASE("markdown: what is beyond the limit is counted") {
  const std::string text =
      report(ReportFormat::markdown, 1, std::vector<Finding>(130, syntax_error()));
  CHECK(text.find("\n30 more are not shown.\n") != std::string::npos);
}

TEST_CASE("gitlab: issues have what GitLab reads, and are not the same in two inputs") {
  const json issues =
      json::parse(report(ReportFormat::gitlab, 2, {syntax_error(), warning_with_hint()}));
  REQUIRE(issues.size() == 4);
  CHECK(issues[0]["check_name"] == "json-syntax");
  CHECK(issues[0]["severity"] == "blocker");
  CHECK(issues[1]["severity"] == "minor");
  CHECK(issues[0]["location"] == json{{"path", "in0.json"}, {"lines", {{"begin", 7}}}});
  CHECK(issues[0]["fingerprint"] != issues[2]["fingerprint"]);
  CHECK(json::parse(report(ReportFormat::gitlab, 1, {})).empty());
}

TEST_CASE("json and sarif say what made them") {
  finding::ReportOptions options;
  options.provenance = {"9.9", "2026-11-29T09:30:00Z", {{"a#1", "ab"}},
                        {},    {{"--fhir", "4.0.1"}},  true};
  for (const ReportFormat format : {ReportFormat::json, ReportFormat::sarif}) {
    const auto writer = finding::make_report(format, options);
    std::string out;
    writer->begin(1, out);
    writer->begin_input("a", out);
    writer->end_input({}, out);
    writer->end(out);
    const json made = json::parse(out);
    const json& run = format == ReportFormat::json
                          ? made["run"]
                          : made["runs"][0]["invocations"][0]["properties"];
    CHECK(run["packages"][0] == json{{"name", "a#1"}, {"sha256", "ab"}});
    CHECK(run["options"][0] == json{{"name", "--fhir"}, {"value", "4.0.1"}});
    CHECK(run["date"] == "2026-11-29T09:30:00Z");
  }
}

TEST_CASE("text, github, gitlab and outcome say what made them where they have a place for it") {
  finding::ReportOptions options;
  options.provenance = {"9.9",
                        "2026-11-29T09:30:00Z",
                        {{"a<b>#1", "ab"}},
                        {{"s#2", "cd"}},
                        {{"--fhir", "4.0.1\n::error::x"}},
                        true};
  const auto made = [&](ReportFormat format) {
    const auto writer = finding::make_report(format, options);
    std::string out;
    std::string items;
    writer->begin(1, out);
    writer->begin_input("a", out);
    writer->render(syntax_error(), {"a", 0}, items);
    writer->add_items(items, out);
    writer->add_items(items, out);
    writer->end_input({}, out);
    writer->end(out);
    return out;
  };
  const std::string lines =
      "tool: lhcr 9.9\ndate: 2026-11-29T09:30:00Z\npackage: a<b>#1 (SHA-256 ab)\n"
      "terminology: s#2 (SHA-256 cd)\noption: --fhir 4.0.1 ::error::x\n";
  CHECK(made(ReportFormat::github).starts_with("::group::lhcr 9.9\n" + lines + "::endgroup::\n::"));
  const std::string text = made(ReportFormat::text);
  CHECK(text.starts_with("# tool: lhcr 9.9\n# date: 2026-11-29T09:30:00Z\n# package: "));
  CHECK(text.find("\n# option: --fhir 4.0.1 ::error::x\na:7:9: fatal") != std::string::npos);
  const json issues = json::parse(made(ReportFormat::gitlab));
  REQUIRE(issues.size() == 2);
  CHECK(issues[0]["run"]["version"] == "9.9");
  CHECK(issues[0]["run"]["terminology"][0] == json{{"name", "s#2"}, {"sha256", "cd"}});
  CHECK_FALSE(issues[1].contains("run"));
  const json outcome = json::parse(made(ReportFormat::outcome));
  CHECK(outcome["text"]["status"] == "additional");
  const std::string div = outcome["text"]["div"];
  CHECK(div.find("<li>package: a&lt;b&gt;#1 (SHA-256 ab)</li>") != std::string::npos);
  CHECK(div.find("<li>date: 2026-11-29T09:30:00Z</li>") != std::string::npos);
}

TEST_CASE("the ending of a name is a format") {
  CHECK(finding::format_of_name("a/b.sarif") == ReportFormat::sarif);
  CHECK(finding::format_of_name("b.sarif.json") == ReportFormat::sarif);
  CHECK(finding::format_of_name("b.json") == ReportFormat::json);
  CHECK(finding::format_of_name("b.xml") == ReportFormat::junit);
  CHECK_FALSE(finding::format_of_name("b.exe"));
  CHECK_FALSE(finding::format_of_name(""));
}

namespace {

Finding missing_slice() {
  Finding made;
  made.id = finding::id<"slice-missing">;
  made.path = "Patient";
  made.position = {10, 2, 3};
  made.candidates = {{"Patient.identifier[0]", "system is absent"},
                     {"Patient.identifier[1]", "system is 'a', not 'b'"}};
  made.arguments = {"Patient.identifier:nhs", "1", "0", "http://a.test/p",
                    finding::in_words(made.candidates)};
  return made;
}

}  // namespace

TEST_CASE("what was considered is a hint in text, and a tree where that is asked for") {
  const std::string hint = report(ReportFormat::text, 1, {missing_slice()});
  CHECK(
      hint.ends_with("\n    Not Patient.identifier[0]: system is absent; not "
                     "Patient.identifier[1]: system is 'a', not 'b'\n"));
  finding::ReportOptions options;
  options.candidates = true;
  std::string tree;
  finding::make_report(ReportFormat::text, options)->render(missing_slice(), {"a"}, tree);
  CHECK(
      tree.ends_with("[slice-missing]\n"
                     "    ├─ Patient.identifier[0]: system is absent\n"
                     "    └─ Patient.identifier[1]: system is 'a', not 'b'\n"));
  tree.clear();
  finding::make_report(ReportFormat::text, options)->render(warning_with_hint(), {"a"}, tree);
  CHECK(tree.find("─") == std::string::npos);
}

TEST_CASE("what was considered is a list in json, lines in outcome and html") {
  const json parsed = json::parse(report(ReportFormat::json, 1, {missing_slice(), syntax_error()}));
  CHECK(parsed["findings"][0]["candidates"] ==
        json::parse(R"([{"name":"Patient.identifier[0]","reason":"system is absent"},
          {"name":"Patient.identifier[1]","reason":"system is 'a', not 'b'"}])"));
  CHECK_FALSE(parsed["findings"][1].contains("candidates"));
  const json outcome = json::parse(report(ReportFormat::outcome, 1, {missing_slice()}));
  const std::string lines =
      "Patient.identifier[0]: system is absent\nPatient.identifier[1]: system is 'a', not 'b'";
  CHECK(outcome["issue"][0]["diagnostics"] == lines);
  CHECK(report(ReportFormat::html, 1, {missing_slice()}).find(json(lines).dump()) !=
        std::string::npos);
}

TEST_CASE("findings that follow from others are counted apart") {
  Finding made = syntax_error();
  made.follows = true;
  const json parsed = json::parse(report(ReportFormat::json, 1, {syntax_error(), made, made}));
  CHECK(parsed["errors"] == 1);
  CHECK(parsed["following"] == 2);
}
