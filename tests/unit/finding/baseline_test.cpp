// SPDX-License-Identifier: Apache-2.0
#include "finding/baseline.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "finding/id.hpp"

namespace finding = lhcr::finding;
using finding::Baseline;
using finding::Finding;
using finding::Severity;

namespace {

Finding found(const std::string& path, const std::string& value,
              Severity severity = Severity::error) {
  Finding made;
  made.id = finding::id<"id-invalid">;
  made.severity = severity;
  made.path = path;
  made.arguments = {value};
  return made;
}

/// How many findings pass.
std::size_t passed(const finding::Acceptance& acceptance, const std::vector<Finding>& findings,
                   const std::string& record = "r1") {
  finding::Collector collector;
  finding::AcceptingSink sink(acceptance, collector);
  sink.begin_record("a.json", record);
  for (const Finding& one : findings) sink.add(one);
  CHECK(sink.accepted() + collector.findings().size() == findings.size());
  return collector.findings().size();
}

bool ignores(const std::string& rule, const std::string& path) {
  return finding::covers(finding::parse_ignore_rule(rule), found(path, "x"));
}

}  // namespace

TEST_CASE("ignore rules cover an element and what is below it") {
  CHECK(ignores("id-invalid", "Patient.id"));
  CHECK(ignores("id-invalid:Patient", "Patient.id"));
  CHECK(ignores("id-invalid:Patient.identifier", "Patient.identifier[2].value"));
  CHECK(ignores("id-invalid:Patient.identifier[2]", "Patient.identifier[2].value"));
  CHECK_FALSE(ignores("id-invalid:Patient.identifier[1]", "Patient.identifier[2].value"));
  CHECK_FALSE(ignores("id-invalid:Patient.ident", "Patient.identifier[2].value"));
  CHECK_FALSE(ignores("code-space", "Patient.id"));
  CHECK_THROWS_WITH_AS(
      finding::parse_ignore_rule("id-invalit"),
      "there is no finding or constraint 'id-invalit'. Did you mean 'id-invalid'? 'lhcr explain' "
      "lists the ids",
      lhcr::Error);
}

TEST_CASE("a baseline accepts what it lists as often as it lists it") {
  const std::vector<Finding> before = {found("Patient.id", "a"), found("Patient.id", "a"),
                                       found("Patient.b", "c"),
                                       found("Patient.b", "d", Severity::information)};
  Baseline noted;
  finding::Acceptance writing;
  writing.noted = &noted;
  CHECK(passed(writing, before) == 4);
  const Baseline read = Baseline::read(noted.write(), "b.txt");
  CHECK(read.write() == noted.write());
  finding::Acceptance reading;
  reading.known = &read;
  CHECK(passed(reading, before) == 1);
  CHECK(passed(reading, {found("Patient.id", "other")}) == 1);
  CHECK(passed(reading, before, "r2") == 4);
  std::vector<Finding> more = before;
  more.push_back(found("Patient.id", "a"));
  CHECK(passed(reading, more) == 2);
}

TEST_CASE("a baseline says nothing of what the record says") {
  Baseline noted;
  finding::Acceptance writing;
  writing.noted = &noted;
  CHECK(passed(writing, {found("Patient.id", "secret")}) == 1);
  CHECK(noted.write().find("secret") == std::string::npos);
  CHECK(noted.write().find("a.json\tr1\tid-invalid\tPatient.id\t") != std::string::npos);
}

TEST_CASE("lines that are none of a baseline") {
  CHECK_THROWS_AS(Baseline::read("a\tb\n", "b.txt"), lhcr::Error);
  CHECK_THROWS_AS(Baseline::read("a\tb\tc\td\te\tx\n", "b.txt"), lhcr::Error);
  CHECK_THROWS_AS(Baseline::read("a\tb\tc\td\te\t0\n", "b.txt"), lhcr::Error);
  CHECK_THROWS_AS(Baseline::read("a\tb\tc\td\te\t1\tf\t2\n", "b.txt"), lhcr::Error);
  CHECK(Baseline::read("# x\n\na\tb\tc\td\te\t1\n", "b.txt").known("a\tb\tc\td\te") == 1);
}

TEST_CASE("a path is wanted as long as someone will see it") {
  finding::Collector few(1, Severity::warning);
  CHECK(few.wants_path(Severity::error));
  CHECK_FALSE(few.wants_path(Severity::information));
  Finding found;
  found.arguments.resize(finding::arity(found.id));
  few.add(found);
  CHECK_FALSE(few.wants_path(Severity::error));
  CHECK(few.count(Severity::error) == 1);
  few.add(found);
  CHECK(few.dropped() == 1);
  finding::Acceptance none;
  CHECK_FALSE(finding::AcceptingSink(none, few).wants_path(Severity::error));
  finding::Acceptance by_path;
  by_path.ignored.push_back(finding::parse_ignore_rule("unknown-element:Patient.name"));
  CHECK(finding::AcceptingSink(by_path, few).wants_path(Severity::error));
}

TEST_CASE("what could not be read is not accepted") {
  finding::Acceptance by_id;
  by_id.ignored.push_back(finding::parse_ignore_rule("id-invalid"));
  const std::vector<Finding> unread = {found("Patient.id", "a", Severity::fatal)};
  CHECK(passed(by_id, unread) == 1);
  Baseline noted;
  finding::Acceptance noting;
  noting.noted = &noted;
  CHECK(passed(noting, unread) == 1);
  finding::Acceptance knowing;
  knowing.known = &noted;
  CHECK(passed(knowing, unread) == 1);
}

TEST_CASE("a rule may name a constraint, a file, or a path alone") {
  const auto keys = [] { return std::vector<std::string>{"dom-6", "pat-1"}; };
  const auto constraint = [](finding::Id id, const std::string& key) {
    Finding made = found("Patient.contact[0]", key);
    made.id = id;
    return made;
  };
  const finding::IgnoreRule rule = finding::parse_ignore_rule("dom-6", keys);
  CHECK(finding::covers(rule, constraint(finding::id<"invariant">, "dom-6")));
  CHECK(finding::covers(rule, constraint(finding::id<"constraint-not-checked">, "dom-6")));
  CHECK_FALSE(finding::covers(rule, constraint(finding::id<"invariant">, "pat-1")));
  CHECK_FALSE(finding::covers(rule, constraint(finding::id<"id-invalid">, "dom-6")));
  const finding::IgnoreRule place =
      finding::parse_ignore_rule("pat-1:Patient.contact@b/*.json", keys);
  CHECK(place.constraint == "pat-1");
  CHECK(place.path == "Patient.contact");
  CHECK(place.files == "b/*.json");
  CHECK_FALSE(finding::covers(place, constraint(finding::id<"invariant">, "dom-6")));
  CHECK(finding::covers(finding::parse_ignore_rule(":Patient"), found("Patient.id", "x")));
  CHECK_FALSE(finding::covers(finding::parse_ignore_rule(":Group"), found("Patient.id", "x")));
  CHECK_THROWS_WITH_AS(finding::parse_ignore_rule("dom-66", keys),
                       "there is no finding or constraint 'dom-66'. Did you mean 'dom-6'? 'lhcr "
                       "explain' lists the ids",
                       lhcr::Error);
  for (const std::string text : {"", ":", "@", ":@"}) {
    CHECK_THROWS_AS(finding::parse_ignore_rule(text), lhcr::Error);
  }
}

TEST_CASE("a rule for files") {
  const auto fits = [](const std::string& glob, std::string_view input) {
    return finding::is_for_input(finding::parse_ignore_rule("@" + glob), input);
  };
  CHECK(fits("a.json", "/data/a.json"));
  CHECK(fits("*.json", "a.json"));
  CHECK(fits("old/*.json", "/data/old/a.json"));
  CHECK(fits("old/*.json", "old/deep/a.json"));
  CHECK_FALSE(fits("old/*.json", "bold/a.json"));
  CHECK_FALSE(fits("old", "old/a.json"));
  CHECK_FALSE(fits("*.xml", "a.json"));
  finding::Acceptance acceptance;
  acceptance.ignored.push_back(finding::parse_ignore_rule("id-invalid@b.json"));
  CHECK(passed(acceptance, {found("Patient.id", "x")}) == 1);
  acceptance.ignored.push_back(finding::parse_ignore_rule("id-invalid@a.json"));
  CHECK(passed(acceptance, {found("Patient.id", "x")}) == 0);
}

TEST_CASE("severities of the run") {
  finding::Acceptance acceptance;
  finding::IgnoreRule rule;
  rule.id = finding::id<"id-invalid">;
  acceptance.severities = {{rule, Severity::warning}};
  finding::Collector collector;
  finding::AcceptingSink sink(acceptance, collector);
  sink.begin_record("a.json", "r1");
  sink.add(found("Patient.id", "x"));
  CHECK(collector.count(Severity::warning) == 1);
  CHECK_FALSE(collector.has_errors());
}

TEST_CASE("a fingerprint is of what the text says, not of the hint") {
  Finding made = found("Patient.birthDate", "x");
  made.id = finding::id<"date-format-invalid">;
  made.arguments = {"1/2/2020", "date", "Write YYYY"};
  const std::string before = finding::fingerprint(made);
  made.arguments[2] = "Write YYYY or YYYY-MM";
  CHECK(finding::fingerprint(made) == before);
  made.arguments[0] = "3/4/2020";
  CHECK(finding::fingerprint(made) != before);
}
