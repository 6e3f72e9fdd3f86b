// SPDX-License-Identifier: Apache-2.0
#include "terminology/ecl.hpp"

#include <fstream>

#include <doctest/doctest.h>

using lhcr::terminology::EclFault;
using lhcr::terminology::EclNode;
using lhcr::terminology::listed_concepts;
using lhcr::terminology::parse_ecl;

TEST_CASE("constraints of both syntaxes") {
  for (const char* const good :
       {"404684003",
        "404684003 |Clinical finding|",
        "*",
        "ANY",
        "<<! 19829001",
        ">! 19829001",
        "!!> (<< 19829001)",
        "^ [referencedComponentId, mapTarget] 447562003",
        "^ *",
        "descendantOrSelfOf 404684003 : 363698007 = childOf 39057004",
        "((((< 19829001))))",
        "< 19829001 OR < 301867009 OR < 64572001",
        "< 19829001 MINUS < 301867009",
        "< 404684003 : [1..*] { 363698007 = *, 116676008 != * }",
        "< 19829001 . 47429007 . 363698007",
        "< 404684003 : (363698007 = << 39057004 OR 116676008 = << 415582006)",
        "< 91723000 : R 363698007 = < 125605004",
        "* : R363698007 = *",
        "< 763158003 : 1142135004 >= #-250.5, 3264475007 = \"PANADOL\"",
        "< 64572001 {{ D term = (match:\"gas\" wild:\"*itis\"), language = en }}",
        "< 64572001 {{ dialect = en-gb (prefer) }}",
        "< 64572001 {{ C active = false }}",
        "^ 447562003 {{ M mapTarget = \"J45.9\" }}",
        "<< 195967001 {{ +HISTORY-MOD }}",
        "<< 195967001 {{ + HISTORY (900000000000527005) }}",
        "/* one */ << 195967001 /* two */"}) {
    EclFault fault;
    CHECK_MESSAGE(parse_ecl(good, &fault), good, " wants ", fault.expected);
  }
}

TEST_CASE("what is no constraint says where and what is expected") {
  for (const char* const bad : {"",
                                "<",
                                "<< abc",
                                "<< 12345",
                                "0404684003",
                                "404684003 |open",
                                "(< 19829001",
                                "404684003,",
                                "< 19829001 OR < 301867009 AND < 64572001",
                                "< 19829001 MINUS < 301867009 MINUS < 64572001",
                                "< 404684003 : 363698007",
                                "< 404684003 : [a..b] 363698007 = *",
                                "< 404684003 : [2..1] 363698007 = *",
                                "< 404684003 : [1] 363698007 = *",
                                "< 763158003 : 1142135004 = #1.2.3",
                                "< 64572001 {{ term = }}",
                                "is-a 404684003",
                                "^^ 700043003",
                                "<<<404684003",
                                "{ 404684003 }",
                                "reverseOf 127489000"}) {
    CHECK_MESSAGE(!parse_ecl(bad), bad);
  }
  EclFault fault;
  CHECK_FALSE(parse_ecl("< 19829001 OR < 301867009 AND < 64572001", &fault));
  CHECK(fault.at == 26);
  CHECK(fault.expected == "brackets around one of the operators");
}

TEST_CASE("nesting without end is refused and takes no time") {
  CHECK_FALSE(parse_ecl(std::string(100000, '(')));
  std::string deep = "* :";
  for (int i = 0; i < 50; ++i) deep += " ((* : (*";
  CHECK_FALSE(parse_ecl(deep));
}

TEST_CASE("the tree and lists of concepts") {
  const auto refined = parse_ecl("<< 404684003 : { [0..1] 363698007 = << 39057004 }");
  REQUIRE(refined);
  CHECK(refined->kind == EclNode::Kind::refined);
  CHECK(refined->parts[0].text == "404684003");
  const EclNode& attribute = refined->parts[1].parts[0];
  CHECK(attribute.cardinality->max == 1);
  CHECK(attribute.parts[1].reach == lhcr::terminology::EclReach::descendants_or_self);
  CHECK(listed_concepts(*parse_ecl("404684003 |x| OR 39057004")) ==
        std::vector<std::string_view>{"404684003", "39057004"});
  CHECK_FALSE(listed_concepts(*parse_ecl("404684003 OR << 39057004")));
}

TEST_CASE("the shared table of expressions, where it is") {
  std::ifstream table(LHCR_SOURCE_DIR "/../shared/suites/terminology/ecl/syntax.tsv");
  std::string line;
  while (std::getline(table, line)) {
    const std::size_t first = line.find('\t');
    const std::size_t last = line.rfind('\t');
    const std::string expression = line.substr(first + 1, last - first - 1);
    const std::string verdict = line.substr(last + 1);
    if (verdict == "right" || verdict == "wrong") {
      CHECK_MESSAGE(parse_ecl(expression).has_value() == (verdict == "right"), expression);
    }
  }
}
