// SPDX-License-Identifier: Apache-2.0
#include "base/reference_text.hpp"

#include <string>

#include <doctest/doctest.h>

using lhcr::cut_reference;
using lhcr::ReferenceText;

namespace {

std::string shown(std::string_view text) {
  const ReferenceText cut = cut_reference(text);
  return std::string(cut.base) + "|" + std::string(cut.type) + "|" + std::string(cut.id) + "|" +
         std::string(cut.version);
}

}  // namespace

TEST_CASE("references are cut into base, type, id and version") {
  CHECK(shown("Patient/1") == "|Patient|1|");
  CHECK(shown("Patient/1/_history/2") == "|Patient|1|2");
  CHECK(shown("http://a.test/fhir/Patient/1/_history/2#x") == "http://a.test/fhir/|Patient|1|2");
  CHECK(shown("Patient/1#x") == "|Patient|1|");
  CHECK(shown("/1") == "||1|");
}

TEST_CASE("what is no reference to a resource by type and id has no parts") {
  for (const char* text : {"", "#a", "1", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                           "Patient?identifier=http://a.test/x|1"}) {
    CHECK(shown(text) == "|||");
    CHECK(cut_reference(text).type_and_id().empty());
  }
}

TEST_CASE("a base and a type without an id name nothing") {
  for (const char* text : {"http://a.test/fhir/Patient/", "Patient/", "http://a.test/", "/"}) {
    CHECK(cut_reference(text).type_and_id().empty());
    CHECK(cut_reference(text).without_version().empty());
  }
}

TEST_CASE("the text without its version, and without its base") {
  const ReferenceText cut = cut_reference("http://a.test/Patient/1/_history/2");
  CHECK(cut.without_version() == "http://a.test/Patient/1");
  CHECK(cut.type_and_id() == "Patient/1");
}
