// SPDX-License-Identifier: Apache-2.0
/// A CodeSystem of FHIR in JSON: its concepts, displays and what they are below.
#include <simdjson.h>

#include "base/error.hpp"
#include "release/lists/lists.hpp"

namespace lhcr::release {
namespace {

using simdjson::dom::element;

std::string_view text_of(element object, std::string_view name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? value : std::string_view{};
}

bool is_inactive(element concept_object) {
  simdjson::dom::array properties;
  if (concept_object["property"].get(properties) != simdjson::SUCCESS) {
    return false;
  }
  for (const element property : properties) {
    bool value = false;
    const std::string_view code = text_of(property, "code");
    if (code == "inactive" && property["valueBoolean"].get(value) == simdjson::SUCCESS && value) {
      return true;
    }
    if (code == "status" && (text_of(property, "valueCode") == "retired" ||
                             text_of(property, "valueCode") == "inactive")) {
      return true;
    }
  }
  return false;
}

void add_concepts(element holder, std::string_view parent, ListBuilder& list, int depth) {
  constexpr int deepest = 100;
  simdjson::dom::array concepts;
  if (depth > deepest || holder["concept"].get(concepts) != simdjson::SUCCESS) {
    return;
  }
  for (const element one : concepts) {
    const std::string_view code = text_of(one, "code");
    if (!code.empty()) {
      const std::uint32_t at = list.code(code, text_of(one, "display"), !is_inactive(one));
      list.property(at, "parent", parent);
      list.property(at, "definition", text_of(one, "definition"));
      add_concepts(one, code, list, depth + 1);
    }
  }
}

}  // namespace

ListName read_code_system(const SourceFile& file, ListBuilder& list, Notes& notes) {
  constexpr std::size_t most = std::size_t{512} << 20U;
  simdjson::dom::parser parser;
  const std::string bytes = read_all(file, most);
  element root;
  if (parser.parse(simdjson::padded_string(bytes)).get(root) != simdjson::SUCCESS) {
    notes.say(file.shown + " was passed over: it is no valid JSON");
    return {};
  }
  if (text_of(root, "resourceType") != "CodeSystem") {
    return {};
  }
  const std::string_view url = text_of(root, "url");
  add_concepts(root, {}, list, 0);
  const std::string_view last = url.substr(url.rfind('/') + 1);
  const std::string_view version = text_of(root, "version");
  return {"fhir." + plain_name(last), std::string(version), std::string(text_of(root, "name")),
          std::string(url)};
}

}  // namespace lhcr::release
