// SPDX-License-Identifier: Apache-2.0
#include "validate/element/narrative.hpp"

#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::test::check;
using lhcr::validate::XhtmlScanner;

namespace {

std::string patient_saying(const std::string& inside) {
  return R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">)" +
         inside + R"(</div>"}})";
}

}  // namespace

TEST_CASE("narrative of basic formatting is good") {
  CHECK(check(patient_saying(
                  "<p>a <b>b</b> &amp; c &#169;<br/></p><table><tr><td>x</td></tr></table>"))
            .clean());
}

TEST_CASE("active content, entities, malformed markup") {
  CHECK(check(patient_saying("<script>x</script>")).has("xhtml-element @ Patient.text.div"));
  CHECK(check(patient_saying("<p onclick=\\\"x\\\">x</p>"))
            .has("xhtml-attribute @ Patient.text.div"));
  CHECK(check(patient_saying("x &reg;")).errors ==
        std::vector<std::string>{"xhtml-invalid @ Patient.text.div"});
  for (const char* inside :
       {"&#0;", "&#x110000;", "a]]>b", "<p title='a' title='b'>x</p>", "<p title='a<b'>x</p>",
        "<p title='a'class='b'>x</p>", "<!-- a -- b -->x", "<o:p>x</o:p>", "\xEF\xBF\xBE"}) {
    CAPTURE(inside);
    CHECK(check(patient_saying(inside)).has("xhtml-invalid @ Patient.text.div"));
  }
  CHECK(check(patient_saying("<p>x")).has("xhtml-invalid @ Patient.text.div"));
  CHECK(check(patient_saying("<a href=\\\"javascript:x\\\">x</a>"))
            .has("xhtml-link-scheme @ Patient.text.div"));
  CHECK(check(patient_saying("<a href=\\\"#nowhere\\\">x</a>"))
            .has("xhtml-link-unresolved @ Patient.text.div"));
  CHECK(check(patient_saying("<p id=\\\"here\\\"/><a href=\\\"#here\\\">x</a>")).clean());
  CHECK(check(patient_saying("<a href=\\\"http://a.test/{x}\\\">x</a>"))
            .has("xhtml-link-character @ Patient.text.div"));
  CHECK(check(patient_saying("<img alt=\\\"x\\\" src=\\\"http://a.test/a b\\\"/>"))
            .has("xhtml-link-character @ Patient.text.div"));
  CHECK(
      check(patient_saying("<a href=\\\"http://a.test/%7Bx%7D/(\u00e9)[1]|2?a=b&amp;c#d\\\">x</a>"))
          .clean());
}

TEST_CASE("txt-1 is about elements and attributes, not about where they stand") {
  const auto nested = check(patient_saying("<p>a<p>b</p></p>"));
  CHECK(nested.has("xhtml-block-in-paragraph @ Patient.text.div"));
  CHECK_FALSE(nested.has("invariant @ Patient.text.div"));
  CHECK(check(patient_saying("<video/>x")).has("invariant @ Patient.text.div"));
}

TEST_CASE("empty narrative and a missing namespace") {
  CHECK(check(patient_saying("<p> </p>")).has("invariant @ Patient.text.div"));
  CHECK(check(R"({"resourceType":"Patient","text":{"status":"generated","div":"<div>x</div>"}})")
            .has("xhtml-namespace @ Patient.text.div"));
}

TEST_CASE("the scanner stops at the first fault") {
  for (const char* text :
       {"<", "<a", "<a b", "<a b=", "<a b='", "</a>", "<a></b>", "<!--", "<a>", "&", "<a b=c>"}) {
    CAPTURE(text);
    XhtmlScanner scanner(text);
    auto token = scanner.next();
    for (int i = 0;
         i < 20 && token != XhtmlScanner::Token::fault && token != XhtmlScanner::Token::end; ++i) {
      token = scanner.next();
    }
    CHECK(token == XhtmlScanner::Token::fault);
    CHECK(scanner.next() == XhtmlScanner::Token::end);
  }
}
