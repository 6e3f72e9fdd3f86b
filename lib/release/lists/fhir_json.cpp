// SPDX-License-Identifier: Apache-2.0
#include "release/lists/fhir_json.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace lhcr::release {

bool ResourceReader::read(const SourceFile& file, JsonElement& root, Notes& notes) {
  constexpr std::size_t most = std::size_t{512} << 20U;
  std::string text = read_all(file, most);
  text.erase(0, text.starts_with(utf8_bom) ? utf8_bom.size() : 0);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  try {
    if (first != std::string::npos && text[first] == '<') {
      auto json = xml_as_json_(file.shown, text);
      if (!json) {
        return false;
      }
      text = std::move(*json);
    }
  } catch (const Error& error) {
    notes.say(file.shown + " was passed over: " + error.what());
    return false;
  }
  const bool good = parser_.parse(simdjson::padded_string(text)).get(root) == simdjson::SUCCESS;
  if (!good) {
    notes.say(file.shown + " was skipped: it is not valid JSON");
  }
  return good;
}

}  // namespace lhcr::release
