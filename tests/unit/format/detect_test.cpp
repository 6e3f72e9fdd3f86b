// SPDX-License-Identifier: Apache-2.0
#include "format/detect.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace lhcr::format;

TEST_CASE("documents are known by their first bytes") {
  CHECK(detect("") == Format::unknown);
  CHECK(detect("  \n") == Format::unknown);
  CHECK(detect("hello") == Format::unknown);
  CHECK(detect("<Patient/>") == Format::xml);
  CHECK(detect("\xEF\xBB\xBF\n <?xml ?>") == Format::xml);
  CHECK(detect(std::string("\xFF\xFE<\0", 4)) == Format::xml);
  CHECK(detect(std::string("\0<\0?", 4)) == Format::xml);
  CHECK(detect("\xEF\xBB\xBF{}") == Format::json);
  CHECK(detect("[{}]") == Format::json);
  CHECK(detect("// comment\n{}") == Format::json);
}

TEST_CASE("NDJSON is an object that ends on its line and another one on the next") {
  CHECK(detect("{\"a\":1}\n{\"a\":2}\n") == Format::ndjson);
  CHECK(detect("{\"a\":1}\r\n\r\n{\"a\":2}") == Format::ndjson);
  CHECK(detect("{\"a\":\"}\\\"\"}\n{") == Format::ndjson);
  CHECK(detect("{\"a\":1}\n") == Format::json);
  CHECK(detect("{\"a\":1} {\"a\":2}") == Format::json);
  CHECK(detect("{\n\"a\":1}\n{\"a\":2}") == Format::json);
  CHECK(detect("{\"a\":[\n{\"b\":1}\n]}") == Format::json);
  CHECK(detect("{\"a\":1,\n\"b\":2}") == Format::json);
}

TEST_CASE("a first line that is cut short does not hide the records behind it") {
  CHECK(detect("{\"a\":{\"b\":\n1}}") == Format::json);
  CHECK(detect("{\"a\":\"cut\n{\"a\":2}\n") == Format::ndjson);
  CHECK(detect("{\"a\":{\"b\":1}\n{\"a\":2}\n") == Format::ndjson);
}

TEST_CASE("a beginning that settles nothing is not certain") {
  CHECK_FALSE(guess_format("").certain);
  CHECK_FALSE(guess_format("{\"a\":1").certain);
  CHECK_FALSE(guess_format("{\"a\":1}\n").certain);
  CHECK(guess_format("{\"a\":1}\n{").certain);
  CHECK(guess_format("{\n ").certain);
}
