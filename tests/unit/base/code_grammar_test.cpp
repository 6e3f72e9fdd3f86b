// SPDX-License-Identifier: Apache-2.0
#include "base/code_grammar.hpp"

#include <doctest/doctest.h>

using lhcr::is_language_tag;
using lhcr::is_media_type;

TEST_CASE("media types have a type, a slash and a subtype") {
  for (const char* const good :
       {"text/plain", "image/svg+xml", "application/fhir+json", "text/plain; charset=utf-8",
        "text/plain;charset=\"utf-8\"", "chemical/x-pdb", "application/vnd.ms-excel"}) {
    CHECK_MESSAGE(is_media_type(good), good);
  }
  for (const char* const bad : {"", "pdf", "text/", "/plain", "text plain", "text/pl ain", "text/*",
                                "text/plain;", "text/plain; charset", "a/b/c"}) {
    CHECK_MESSAGE(!is_media_type(bad), bad);
  }
}

TEST_CASE("language tags are well-formed by BCP 47") {
  for (const char* const good :
       {"en", "en-GB", "de-CH-1996", "zh-Hant-TW", "zh-cmn-Hans-CN", "es-419", "sl-rozaj-biske",
        "en-a-myext-b-another", "de-DE-u-co-phonebk", "x-whatever", "en-x-us", "i-klingon"}) {
    CHECK_MESSAGE(is_language_tag(good), good);
  }
  for (const char* const bad : {"", "en_GB", "english", "e", "en-", "-en", "en-GB-", "en-G", "en-x",
                                "en-a", "12", "en GB"}) {
    CHECK_MESSAGE(!is_language_tag(bad), bad);
  }
}
