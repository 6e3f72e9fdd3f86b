// SPDX-License-Identifier: Apache-2.0
/// JSON that is not as it should be: one clear finding each, at the right byte.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "finding/id.hpp"
#include "format/read.hpp"

using namespace lhcr;
using lhcr::finding::Id;
using lhcr::finding::id;
using lhcr::test::check_faults;
using lhcr::test::FaultyText;
using lhcr::test::Reading;
using lhcr::test::repeated;

namespace {

void check_fatal(const std::vector<FaultyText>& faults) {
  check_faults(faults, false, true);
}
void check_error(const std::vector<FaultyText>& faults) {
  check_faults(faults, false, false);
}

}  // namespace

TEST_CASE("input that is no JSON object at all") {
  check_fatal({{"", id<"input-empty">, 0},
               {" \r\n\t", id<"input-empty">, 0},
               {"\xEF\xBB\xBF ", id<"input-empty">, 0},
               {"[]", id<"json-root">, 0},
               {" [{\"a\":1}]", id<"json-root">, 1},
               {"\"text\"", id<"json-root">, 0},
               {"12", id<"json-root">, 0},
               {"null", id<"json-root">, 0},
               {"hello", id<"input-unknown">, 0},
               {"MSH|^~\\&|A|B", id<"input-unknown">, 0},
               {std::string("\x7F"
                            "ELF\x02\x01\x01\0\0",
                            9),
                id<"input-not-text">, 0},
               {std::string("PK\x03\x04", 4), id<"input-not-text">, 2},
               {std::string("\x1F\x8B\x08", 3), id<"input-not-text">, 0},
               {std::string("\xFF\xFE{\0}\0", 6), id<"input-not-utf8">, 0}});
}

TEST_CASE("truncated input names the place where it ends") {
  check_fatal({{"{", id<"json-syntax">, 1},
               {"{\"a\"", id<"json-syntax">, 4},
               {"{\"a\":", id<"json-syntax">, 5},
               {"{\"a\":1", id<"json-syntax">, 6},
               {"{\"a\":1,", id<"json-syntax">, 7},
               {"{\"a\":[1", id<"json-syntax">, 7},
               {"{\"a\":[1,", id<"json-syntax">, 8},
               {"{\"a\":{\"b\":1}", id<"json-syntax">, 12},
               {"{\"a\":\"x", id<"json-syntax">, 5},
               {"{\"a\":\"x\\", id<"json-syntax">, 5},
               {"{\"a\":\"x\\\"", id<"json-syntax">, 5},
               {"{\"a", id<"json-syntax">, 1}});
}

TEST_CASE("wrong structure names the offending byte") {
  check_fatal({{"{\"a\":1]", id<"json-syntax">, 6},
               {"{\"a\":[1}", id<"json-syntax">, 7},
               {"{\"a\" 1}", id<"json-syntax">, 5},
               {"{\"a\"}", id<"json-syntax">, 4},
               {"{\"a\":}", id<"json-syntax">, 5},
               {"{\"a\":1:2}", id<"json-syntax">, 6},
               {"{1:2}", id<"json-syntax">, 1},
               {"{\"a\":#}", id<"json-syntax">, 5},
               {"{\"a\":1#}", id<"json-syntax">, 6},
               {"{\"a\":'x'}", id<"json-syntax">, 5},
               {"{\"a\":\xC2\xA0"
                "1}",
                id<"json-syntax">, 5},
               {"{\"a\":1}}", id<"json-syntax">, 7},
               {"{\"a\":1} {\"b\":2}", id<"json-syntax">, 8},
               {"{\"a\":1}x", id<"json-syntax">, 7},
               {"{\"a\":1\"b\"}", id<"json-syntax">, 6},
               {"{\"a\":tru\"e\"}", id<"json-syntax">, 8},
               {"{\"a\":/}", id<"json-syntax">, 5}});
}

TEST_CASE("bad strings") {
  check_fatal({{R"({"a":"\x"})", id<"json-syntax">, 6},
               {R"({"a":"ab\u12g4"})", id<"json-syntax">, 8},
               {R"({"a":"\u12"})", id<"json-syntax">, 6},
               {R"({"a":"\uD800"})", id<"json-syntax">, 6},
               {R"({"a":"\uD800\n"})", id<"json-syntax">, 6},
               {R"({"a":"\uD800\u0041"})", id<"json-syntax">, 6},
               {R"({"a":"\uDC00"})", id<"json-syntax">, 6},
               {R"({"\uD800":1})", id<"json-syntax">, 2},
               {"{\"a\":\"\xFF\"}", id<"input-not-utf8">, 6},
               {"{\"a\":\"\xED\xA0\x80\"}", id<"input-not-utf8">, 6},
               {"{\"a\":\"x\xC3", id<"input-not-utf8">, 7},
               {"{\"a\":\"x,\n\"b\":\"y\"}", id<"json-syntax">, 5}});
}

TEST_CASE("a control character outside strings makes the input no text") {
  check_fatal({{std::string("{\"a\":\0}", 7), id<"input-not-text">, 5},
               {"{\"a\":1\x01}", id<"input-not-text">, 6}});
}

TEST_CASE("the first error in the syntax is the one that is told when reading cannot go on") {
  check_fatal({{"{\"a\": \"abc, \"b\": 1}", id<"json-comma-missing">, 13},
               {"{\"a\":1,,\"b\":}", id<"json-comma-extra">, 7},
               {"{\"a\":null,\"b\"}", id<"json-syntax">, 13}});
}

TEST_CASE("slips that reading steps over") {
  check_error({{R"({"a":1 "b":2})", id<"json-comma-missing">, 7},
               {R"({"a":["x" "y"]})", id<"json-comma-missing">, 10},
               {R"({"a":[{} {}]})", id<"json-comma-missing">, 9},
               {R"({"a":1,})", id<"json-comma-extra">, 6},
               {R"({"a":[1,]})", id<"json-comma-extra">, 7},
               {R"({,"a":1})", id<"json-comma-extra">, 1},
               {R"({"a":1,,"b":2})", id<"json-comma-extra">, 7},
               {R"({a:1})", id<"json-unquoted-name">, 1},
               {R"({"a":x})", id<"json-unquoted-value">, 5},
               {R"({"a":True})", id<"json-unquoted-value">, 5},
               {R"({"a":NaN})", id<"json-unquoted-value">, 5},
               {"{\"a\":\"x\ny\"}", id<"json-control">, 7},
               {"{\"a\":\"\t\"}", id<"json-control">, 6},
               {"{\"a\":1}// end", id<"json-comment">, 7},
               {"{/* x */ // \"y\n\"a\":1}", id<"json-comment">, 1}});
}

TEST_CASE("numbers follow the grammar of JSON") {
  for (const std::string number :
       {"01", "1.", ".5", "+1", "1e", "1e+", "-", "--1", "1.2.3", "0x10", "1-2", "-a"}) {
    CAPTURE(number);
    const Reading read("{\"a\":" + number + "}");
    CHECK(read.error(id<"json-number">, 5));
    CHECK(read.tree[read.at({"a"})].text() == number);
  }
}

TEST_CASE("FHIR's own rules on top of JSON") {
  check_error({{R"({"a":null})", id<"json-null">, 5},
               {R"({"a":["x",null]})", id<"json-null">, 10},
               {R"({"a":[null],"_a":[null]})", id<"json-null">, 6},
               {R"({"a":[{"b":1},null]})", id<"json-null">, 14},
               {R"({"a":[]})", id<"json-empty-array">, 1},
               {R"({"_a":[]})", id<"json-empty-array">, 1},
               {R"({"a":1,"a":2})", id<"json-duplicate">, 7},
               {R"({"a":{"b":1},"a":{"c":2}})", id<"json-duplicate">, 13},
               {R"({"_a":{"id":"1"},"_a":{"id":"2"}})", id<"json-duplicate">, 17},
               {R"({"_a":"x"})", id<"json-extension-part">, 6},
               {R"({"a":1,"_a":{}})", id<"json-extension-part">, 7},
               {R"({"_a":{}})", id<"json-extension-part">, 1},
               {R"({"a":{"b":1},"_a":{"id":"x"}})", id<"json-extension-part">, 13},
               {R"({"a":1,"_a":[{"id":"x"}]})", id<"json-extension-part">, 7},
               {R"({"_a":null})", id<"json-null">, 6}});
  check_fatal({{R"({"a":[[1]]})", id<"json-nested-array">, 6}});
}

TEST_CASE("the first of two members with the same name is kept") {
  CHECK(Reading(R"({"a":1,"b":2,"a":{"c":3}})").json() == R"({"a":1,"b":2})");
  CHECK(Reading(R"({"a":[1,2],"a":[3],"b":4})").json() == R"({"a":[1,2],"b":4})");
}

TEST_CASE("duplicates are found among any number of names, inside and outside") {
  std::string text = "{";
  for (int at = 0; at < 100; ++at) {
    text += "\"n" + std::to_string(at) + "\":{\"n" + std::to_string(at) + "\":1},";
  }
  CHECK(Reading(text + "\"z\":1}").findings().empty());
  for (const std::string name : {"n0", "n31", "n32", "n33", "n99"}) {
    CAPTURE(name);
    CHECK(Reading(text + '"' + name + "\":1}").error(id<"json-duplicate">, text.size()));
  }
}

TEST_CASE("a null that stands for nothing is taken out") {
  CHECK(Reading(R"({"x":1,"a":null,"b":[null,2]})").json() == R"({"x":1,"b":[2]})");
  const Reading read(R"({"a":null,"_a":{"id":"i"}})");
  CHECK(read.error(id<"json-null">, 5));
  CHECK(read.json() == R"({"_a":{"id":"i"}})");
}

TEST_CASE("findings carry the path of their element") {
  const Reading read(
      R"({"resourceType":"Patient","name":[{"given":["A",b]},{"given":null}],"x":[]})");
  REQUIRE(read.findings().size() == 3);
  CHECK(read.findings()[0].path == "Patient.name[0].given[1]");
  CHECK(read.findings()[1].path == "Patient.name[1].given");
  CHECK(read.findings()[2].path == "Patient.x");
}

TEST_CASE("a byte order mark is accepted with a warning, and offsets count it") {
  const Reading read("\xEF\xBB\xBF{\"a\":1,\"b\":[]}");
  REQUIRE(read.findings().size() == 2);
  CHECK(read.findings()[0].id == id<"input-bom">);
  CHECK(read.findings()[0].severity == finding::Severity::warning);
  CHECK(read.findings()[1].position.offset == 10);
  CHECK(read.tree[read.at({"a"})].offset == 8);
}

TEST_CASE("comments are no finding where they are allowed") {
  format::ReadLimits limits;
  limits.allow_comments = true;
  const Reading read("// one\n{\"a\": /* two */ \"x // y /* z\" \n}// end", false, limits);
  CHECK(read.done);
  CHECK(read.findings().empty());
  CHECK(read.json() == R"({"a":"x // y /* z"})");
  CHECK(Reading("{\"a\":1} /* no end", false, limits).fatal(id<"json-syntax">, 8));
}

TEST_CASE("depth is limited") {
  const std::string deep = repeated("{\"a\":", 10'000) + "1" + repeated("}", 10'000);
  const Reading read(deep);
  CHECK(read.fatal(id<"nesting-too-deep">, 2500));
  CHECK(Reading(repeated("[", 10'000)).fatal(id<"json-root">, 0));
  CHECK(Reading("{\"a\":" + repeated("[", 10'000)).fatal(id<"json-nested-array">, 6));
  CHECK(Reading(repeated("{\"a\":", 499) + "{}" + repeated("}", 499)).done);
  CHECK_FALSE(Reading(repeated("{\"a\":", 500) + "{}" + repeated("}", 500)).done);
}

TEST_CASE("the number of elements is limited") {
  format::ReadLimits limits;
  limits.nodes = 10;
  CHECK(Reading("{\"a\":[" + repeated("{},", 100) + "{}]}", false, limits).findings()[0].id ==
        id<"input-too-large">);
  CHECK(Reading("{\"a\":[" + repeated("1,", 100) + "1]}", false, limits).findings()[0].id ==
        id<"input-too-large">);
}

TEST_CASE("reading stops after many slips") {
  const Reading read("{\"a\":[" + repeated("null,", 100'000) + "1]}");
  REQUIRE(read.findings().size() == 1);
  CHECK(read.findings()[0].id == id<"reading-stopped">);
}

TEST_CASE("a long line is read") {
  const std::string text = "{\"a\":\"" + std::string(20'000'000, 'x') + "\"}";
  const Reading read(text);
  CHECK(read.done);
  CHECK(read.tree[read.at({"a"})].length == 20'000'000);
}

TEST_CASE("no cut of a document crashes or passes") {
  const std::string text =
      R"({"resourceType":"P","a":["x\u00e9",null],"_a":[null,{"id":"\"i"}],"n":{"v":-1.5e3,"t":true,"f":false}})";
  REQUIRE(Reading(text).findings().empty());
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    const Reading read(text.substr(0, size));
    CHECK_FALSE(read.done);
    CHECK(read.findings().size() == 1);
  }
}
