// SPDX-License-Identifier: Apache-2.0
/// A CodeSystem of FHIR: its concepts, displays and what they are below.
#include "release/lists/fhir_json.hpp"
#include "release/lists/lists.hpp"

namespace lhcr::release {
namespace {

using element = JsonElement;

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

/// The value of a property, of any type, as filters of value sets write it.
std::string value_of(element property) {
  simdjson::dom::object members;
  if (property.get(members) != simdjson::SUCCESS) {
    return {};
  }
  for (const auto& [name, value] : members) {
    std::string_view text;
    if (!name.starts_with("value")) {
      continue;
    }
    if (value.get(text) == simdjson::SUCCESS) {
      return std::string(text);
    }
    return value.is_object() ? std::string(text_of(value, "code")) : simdjson::minify(value);
  }
  return {};
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
      each_item(one, "property", [&](element property) {
        list.property(at, text_of(property, "code"), value_of(property));
      });
      add_concepts(one, code, list, depth + 1);
    }
  }
}

}  // namespace

ListName read_code_system(JsonElement resource, ListBuilder& list) {
  if (text_of(resource, "resourceType") != "CodeSystem") {
    return {};
  }
  const std::string_view url = text_of(resource, "url");
  add_concepts(resource, {}, list, 0);
  // The whole canonical: different systems end in the same word.
  const std::size_t scheme = url.find("://");
  const std::string_view behind = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const bool whole = text_of(resource, "content") == "complete";
  bool exact = true;
  const bool said = resource["caseSensitive"].get(exact) == simdjson::SUCCESS;
  return {(whole ? "fhir." : "fhir-part.") + plain_name(behind),
          std::string(text_of(resource, "version")), std::string(text_of(resource, "name")),
          std::string(url), said && !exact};
}

}  // namespace lhcr::release
