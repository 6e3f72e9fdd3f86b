// SPDX-License-Identifier: Apache-2.0
#include "finding/explanation.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "finding/finding.hpp"

using namespace lhcr::finding;

namespace {

std::string fault_of(const std::string& text) {
  try {
    static_cast<void>(read_explanations(text, "a.md"));
  } catch (const lhcr::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("every finding is explained, and nothing else") {
  for (const Entry& row : catalogue()) CHECK_MESSAGE(explanation(row.id) != nullptr, row.id);
  CHECK(explanations().size() == catalogue().size());
  CHECK(explanation("no-such-finding") == nullptr);
}

TEST_CASE("an entry is read") {
  const std::string text =
      "<!-- licence -->\nArea: Values\n\n# a-b\n\nIssue: error, value\nText: {0} is not a "
      "{1}\nHint: {2}\n\nIt means this.\n\nWhy: So.\n\n"
      "Clause: FHIR, Types, https://a.test/x\n\nWith: c, d\n\nRun: lhcr validate -v FILE\n\n"
      "Beside: p/q.json\n```\n{}\n```\nWrong: r.json\n```\n1\n\n2\n```\nRight: r.json\n"
      "```bytes\n\\x00\n```\n";
  const auto read = read_explanations(text, "a.md");
  REQUIRE(read.size() == 1);
  const Explanation& one = read.front();
  CHECK(one.row.id == "a-b");
  CHECK(one.row.severity == Severity::error);
  CHECK(one.row.code == "value");
  CHECK(one.row.text == "{0} is not a {1}");
  CHECK(one.row.hint == "{2}");
  CHECK(one.area == "Values");
  CHECK(one.means == "It means this.");
  CHECK(one.why == "So.");
  CHECK(one.clause == "FHIR, Types");
  CHECK(one.url == "https://a.test/x");
  CHECK(one.with == std::vector<std::string_view>{"c", "d"});
  CHECK(one.wrong.command == "lhcr validate -v r.json");
  REQUIRE(one.wrong.files.size() == 2);
  CHECK(one.wrong.files[0].text == "1\n\n2");
  CHECK(one.wrong.files[1].name == "p/q.json");
  CHECK(one.right.files[0].bytes);
}

TEST_CASE("what has another form is refused with its line") {
  const std::string row = "# a\nIssue: error, value\nText: T\n";
  const std::string head = row + "It means.\nWhy: So.\nClause: C\n";
  CHECK(fault_of(head) == "a.md:6: the entry before needs a wrong and a right example");
  CHECK(fault_of("# a\nNone: no\n") == "a.md:2: a needs Issue and Text");
  CHECK(fault_of("# a\nIssue: error\nText: T\nNone: no\n") == "a.md:4: a needs Issue and Text");
  CHECK(fault_of("# a\nIssue: grave, value\n") == "a.md:2: this is not the severity of an issue");
  CHECK(fault_of(row + "It means.\nNone: no\n") ==
        "a.md:5: a needs a first paragraph, Why and Clause");
  CHECK(fault_of(head + "Hint: {1}\nNone: no\n") ==
        "a.md:8: a has a slot and not the one before it");
  CHECK(fault_of(head + "Wrog: x\n") == "a.md:7: this is not a field of an explanation");
  CHECK(fault_of(head + "Wrong: x\ntext\n") == "a.md:8: a block must follow the name of a file");
  CHECK(fault_of(head + "Wrong: x\n```\ntext\n") == "a.md:9: the block is not closed");
  CHECK(fault_of(head + "None: It needs a release.\n").empty());
}

TEST_CASE("explanations as JSON and Markdown") {
  const Explanation* const found = explanation("uri-space");
  REQUIRE(found != nullptr);
  CHECK(explanation_json(*found).find(R"("severity":"error","code":"invalid")") !=
        std::string::npos);
  CHECK(explanation_markdown(*found).find("### uri-space\n") == 0);
}
