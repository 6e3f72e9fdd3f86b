// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <string>
#include <tuple>

#include <doctest/doctest.h>

using namespace lhcr;

TEST_CASE("valid UTF-8 of every length is accepted") {
  CHECK(find_invalid_utf8("") == std::string_view::npos);
  CHECK(find_invalid_utf8("plain text that is longer than eight bytes") == std::string_view::npos);
  CHECK(find_invalid_utf8("\xC2\x80 \xE0\xA0\x80 \xED\x9F\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF") ==
        std::string_view::npos);
}

TEST_CASE("the first invalid byte is found") {
  const char* invalid[] = {"\x80",
                           "\xC0\xAF",
                           "\xC1\xBF",
                           "\xC2",
                           "\xE0\x9F\x80",
                           "\xED\xA0\x80",
                           "\xE2\x82",
                           "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80",
                           "\xFF",
                           "\xE2\x28\xA1"};
  for (const std::string bytes : invalid) {
    CAPTURE(bytes);
    CHECK(find_invalid_utf8(bytes) == 0);
    CHECK(find_invalid_utf8("0123456789 \xC3\xA9 " + bytes + " after") == 14);
  }
}

TEST_CASE("code points are written in the shortest form") {
  std::string out;
  for (const std::uint32_t code_point :
       {0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFDU, 0x10000U, 0x10FFFFU}) {
    append_utf8(out, code_point);
  }
  CHECK(out == "A\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBD\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
  CHECK(find_invalid_utf8(out) == std::string_view::npos);
  CHECK(count_code_points(out) == 8);
}

namespace {
bool is_at(LineColumn place, std::uint64_t line, std::uint64_t column) {
  return place.line == line && place.column == column;
}
TEST_CASE("what has to be escaped is found wherever it stands") {
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const auto& [byte, json, xml] :
           {std::tuple{'"', "\\\"", "&quot;"}, std::tuple{'\\', "\\\\", "\\"},
            std::tuple{'\n', "\\n", "&#10;"}, std::tuple{'<', "<", "&lt;"},
            std::tuple{'\x7f', "\x7f", "\x7f"}, std::tuple{'\x01', "\\u0001", "\xEF\xBF\xBD"},
            std::tuple{'\xC3', "\xC3", "\xC3"}}) {
        const std::string before(at, 'a');
        const std::string after(size - at - 1, '~');
        std::string out;
        lhcr::append_json_escaped(out, before + byte + after);
        CHECK(out == before + json + after);
        out.clear();
        lhcr::append_xml_attribute(out, before + byte + after);
        CHECK(out == before + xml + after);
      }
    }
  }
}

}  // namespace

TEST_CASE("lines end with LF, CRLF or CR, and columns count code points") {
  const std::string text = "a\xC3\xA9z\r\nb\rc\n\nd";
  LineCounter counter(text);
  CHECK(is_at(counter.at(0), 1, 1));
  CHECK(is_at(counter.at(3), 1, 3));  // behind a character of two bytes
  CHECK(is_at(counter.at(6), 2, 1));
  CHECK(is_at(counter.at(8), 3, 1));
  CHECK(is_at(counter.at(10), 4, 1));
  CHECK(is_at(counter.at(11), 5, 1));
  CHECK(is_at(counter.at(500), 5, 2));
}

TEST_CASE("a line counter goes back when asked to") {
  LineCounter counter("one\ntwo words\nthree");
  CHECK(is_at(counter.at(12), 2, 9));
  CHECK(is_at(counter.at(5), 2, 2));
  CHECK(is_at(counter.at(1), 1, 2));
  CHECK(is_at(counter.at(14), 3, 1));
}

TEST_CASE("a byte order mark takes no column") {
  LineCounter counter("\xEF\xBB\xBF{\n}");
  CHECK(is_at(counter.at(3), 1, 1));
  CHECK(is_at(counter.at(4), 1, 2));
  CHECK(is_at(counter.at(5), 2, 1));
}

TEST_CASE("JSON strings escape quotes, backslashes and controls only") {
  std::string out;
  append_json_string(out, "a\"b\\c/\b\f\n\r\t\x01\x1F\x7F\xC3\xA9");
  CHECK(out == "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\xC3\xA9\"");
}

TEST_CASE("XML text and attributes are escaped so that they read back the same") {
  std::string text;
  append_xml_text(text, "a<b>&\"'\n\t\r\x01");
  CHECK(text == "a&lt;b&gt;&amp;\"'\n\t&#13;\xEF\xBF\xBD");
  std::string attribute;
  append_xml_attribute(attribute, "a<b>&\"'\n\t\r");
  CHECK(attribute == "a&lt;b&gt;&amp;&quot;'&#10;&#9;&#13;");
  // U+FFFE and U+FFFF are no characters of XML, U+FFBE and U+FFFD are.
  for (const char* last : {"\xBE", "\xBF"}) {
    std::string none = "\xEF\xBF";  // of another text
    append_xml_text(none, std::string("a\xEF\xBF") + last + "\xEF\xBE\xBE\xEF\xBF\xBD");
    CHECK(none ==
          "\xEF\xBF"
          "a\xEF\xBF\xBD\xEF\xBE\xBE\xEF\xBF\xBD");
    std::string value;
    append_xml_attribute(value, std::string("\xEF\xBF") + last);
    CHECK(value == "\xEF\xBF\xBD");
  }
}
