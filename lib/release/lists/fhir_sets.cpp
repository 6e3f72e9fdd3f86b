// SPDX-License-Identifier: Apache-2.0
/// ValueSets and ConceptMaps of FHIR: how sets are composed, and which codes lead where.
#include <map>

#include "release/lists/fhir_json.hpp"
#include "release/lists/lists.hpp"
#include "terminology/composition.hpp"
#include "terminology/query/concept_maps.hpp"
#include "terminology/query/stored_sets.hpp"

namespace lhcr::release {
namespace {

using terminology::Composition;
using terminology::SetPart;

SetPart read_part(JsonElement include) {
  SetPart part;
  part.system = text_of(include, "system");
  each_item(include, "concept",
            [&](JsonElement one) { part.codes.emplace_back(text_of(one, "code")); });
  each_item(include, "filter", [&](JsonElement one) {
    part.filters.push_back({std::string(text_of(one, "property")), std::string(text_of(one, "op")),
                            std::string(text_of(one, "value"))});
  });
  each_item(include, "valueSet", [&](JsonElement one) {
    std::string_view canonical;
    if (one.get(canonical) == simdjson::SUCCESS) {
      part.sets.emplace_back(canonical);
    }
  });
  return part;
}

Composition read_compose(JsonElement compose) {
  Composition made;
  bool inactive = true;
  made.active_only = compose["inactive"].get(inactive) == simdjson::SUCCESS && !inactive;
  each_item(compose, "include", [&](JsonElement one) { made.includes.push_back(read_part(one)); });
  each_item(compose, "exclude", [&](JsonElement one) { made.excludes.push_back(read_part(one)); });
  return made;
}

void add_contained(JsonElement holder, std::map<std::string, SetPart>& parts, int depth) {
  constexpr int deepest = 100;
  if (depth > deepest) {
    return;
  }
  each_item(holder, "contains", [&](JsonElement one) {
    bool abstract = false;
    const std::string_view code = text_of(one, "code");
    if (!code.empty() && !(one["abstract"].get(abstract) == simdjson::SUCCESS && abstract)) {
      const std::string system(text_of(one, "system"));
      parts[system].system = system;
      parts[system].codes.emplace_back(code);
    }
    add_contained(one, parts, depth + 1);
  });
}

/// A set that is only expanded is composed of the codes that it lists.
Composition composition_of(JsonElement set) {
  JsonElement part;
  if (set["compose"].get(part) == simdjson::SUCCESS) {
    return read_compose(part);
  }
  Composition made;
  if (set["expansion"].get(part) == simdjson::SUCCESS) {
    std::map<std::string, SetPart> parts;
    add_contained(part, parts, 0);
    for (auto& [system, listed] : parts) {
      made.includes.push_back(std::move(listed));
    }
  }
  return made;
}

void add_target(JsonElement target, std::string_view system, std::string_view map,
                std::uint32_t row, ListBuilder& list) {
  const std::string_view r4 = text_of(target, "equivalence");
  list.property(row, terminology::map_target::system, system);
  list.property(row, terminology::map_target::code, text_of(target, "code"));
  list.property(row, terminology::map_target::display, text_of(target, "display"));
  list.property(row, terminology::map_target::relation,
                r4.empty() ? text_of(target, "relationship") : r4);
  list.property(row, terminology::map_target::map, map);
}

void add_group(JsonElement group, std::string_view map, ListBuilder& list) {
  const std::string_view from = text_of(group, "source");
  const std::string_view to = text_of(group, "target");
  each_item(group, "element", [&](JsonElement element) {
    const std::string_view code = text_of(element, "code");
    each_item(element, "target", [&](JsonElement target) {
      if (!code.empty() && !text_of(target, "code").empty()) {
        const std::uint32_t row = list.code(std::string(from) + "\t" + std::string(code),
                                            text_of(element, "display"), true);
        add_target(target, to, map, row, list);
      }
    });
  });
}

}  // namespace

bool read_value_set(JsonElement resource, ListBuilder& list) {
  const std::string_view url = text_of(resource, "url");
  if (text_of(resource, "resourceType") != "ValueSet" || url.empty()) {
    return false;
  }
  const std::uint32_t row = list.code(url, text_of(resource, "name"), true);
  list.property(row, "version", text_of(resource, "version"));
  for (const std::string& text : terminology::composition_texts(composition_of(resource))) {
    list.property(row, terminology::composition_property, text);
  }
  return true;
}

bool read_concept_map(JsonElement resource, ListBuilder& list) {
  if (text_of(resource, "resourceType") != "ConceptMap") {
    return false;
  }
  each_item(resource, "group",
            [&](JsonElement group) { add_group(group, text_of(resource, "url"), list); });
  return true;
}

}  // namespace lhcr::release
