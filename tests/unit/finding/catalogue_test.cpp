// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "finding/finding.hpp"
#include "finding/slots.hpp"

using namespace lhcr::finding;

TEST_CASE("ids are unique and spelt with lower case letters, digits and hyphens") {
  std::set<std::string_view> ids;
  for (const Entry& row : catalogue()) {
    CAPTURE(row.id);
    CHECK(ids.insert(row.id).second);
    CHECK(row.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
          std::string_view::npos);
  }
}

TEST_CASE("codes are those of http://hl7.org/fhir/issue-type") {
  const std::set<std::string_view> codes{
      "invalid",       "structure", "required",         "value",         "invariant",  "security",
      "login",         "unknown",   "expired",          "forbidden",     "suppressed", "processing",
      "not-supported", "duplicate", "multiple-matches", "not-found",     "deleted",    "too-long",
      "code-invalid",  "extension", "too-costly",       "business-rule", "conflict",   "transient",
      "lock-error",    "no-store",  "exception",        "timeout",       "incomplete", "throttled",
      "informational"};
  for (const Entry& row : catalogue()) {
    CAPTURE(row.id);
    CHECK(codes.count(row.code) == 1);
  }
}

TEST_CASE("texts do not end with a full stop and use their slots in order") {
  for (const Entry& row : catalogue()) {
    CAPTURE(row.id);
    REQUIRE_FALSE(row.text.empty());
    // "… letters, digits and ." ends with a character it speaks of.
    CHECK((row.text.back() != '.' || row.text.ends_with(" .")));
    for (std::size_t slot = 1; slot < 10; ++slot) {
      const std::string later = "{" + std::to_string(slot) + "}";
      const std::string before = "{" + std::to_string(slot - 1) + "}";
      const std::string both = std::string(row.text) + std::string(row.hint);
      if (both.find(later) != std::string::npos) CHECK(both.find(before) != std::string::npos);
    }
  }
}

TEST_CASE("slots are filled, and none is ever shown") {
  CHECK(fill("{0} is not {1}", {"A", "B"}) == "A is not B");
  CHECK(fill("{0} {1}", {"A"}) == "A ?");
  CHECK(fill("{1}", {"A"}).empty());  // a hint that may be left out
  CHECK(fill("{0}", {"A"}) == "A");
  CHECK(fill("in braces: {tablet} {x}", {}) == "in braces: {tablet} {x}");
  CHECK(fill("a{", {"A"}) == "a{");
}

TEST_CASE("a kind needs the arguments of its text and its hint") {
  for (const Entry& row : catalogue()) {
    CAPTURE(row.id);
    const std::vector<std::string> arguments(arity_of(row.text, row.hint).least, "x");
    const std::string filled = fill(row.text, arguments) + fill(row.hint, arguments);
    const std::string unfilled = std::string(row.text) + std::string(row.hint);
    CHECK(std::count(filled.begin(), filled.end(), '?') ==
          std::count(unfilled.begin(), unfilled.end(), '?'));
  }
}

TEST_CASE("a finding about the form of a value says what form it has") {
  for (const std::string_view id : {"boolean-invalid",
                                    "integer-invalid",
                                    "integer-negative",
                                    "integer-not-positive",
                                    "decimal-invalid",
                                    "string-blank",
                                    "string-edges-blank",
                                    "code-space",
                                    "id-invalid",
                                    "uri-oid-prefix",
                                    "uri-uuid-prefix",
                                    "uri-space",
                                    "oid-prefix",
                                    "uuid-prefix",
                                    "oid-invalid",
                                    "uuid-invalid",
                                    "canonical-not-absolute",
                                    "date-format-invalid",
                                    "date-does-not-exist",
                                    "zone-missing",
                                    "time-invalid",
                                    "base64-invalid",
                                    "base64-space",
                                    "json-kind-wrong",
                                    "resource-id-too-long",
                                    "identifier-system-relative",
                                    "identifier-value-not-uri",
                                    "coding-system-relative",
                                    "reference-suspicious"}) {
    const auto row = std::find_if(catalogue().begin(), catalogue().end(),
                                  [&](const Entry& each) { return each.id == id; });
    REQUIRE(row != catalogue().end());
    CHECK_MESSAGE(!row->hint.empty(), id);
  }
}

TEST_CASE("a collector keeps to its limit and counts the rest") {
  Collector collector(2);
  for (int count = 0; count < 5; ++count) collector.add(Finding{});
  CHECK(collector.findings().size() == 2);
  CHECK(collector.dropped() == 3);
  CHECK(collector.count(Severity::error) == 5);
  CHECK(collector.has_errors());
  collector.clear();
  CHECK_FALSE(collector.has_errors());
  CHECK(collector.dropped() == 0);
}
