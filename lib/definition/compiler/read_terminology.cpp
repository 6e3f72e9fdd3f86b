// SPDX-License-Identifier: Apache-2.0
/// CodeSystems and ValueSets.
#include <algorithm>

#include "definition/compiler/read_resource.hpp"
#include "terminology/ecl.hpp"

namespace lhcr::definition::compiler {
namespace {

using json::Value;

/// The codes under which a system files what this compiler understands: FHIR's own, and those whose
/// uri says so.
struct PropertyNames {
  std::vector<std::string> parents{"parent"};
  std::vector<std::string> children{"child"};
  std::vector<std::string> abstract{"notSelectable"};
  std::vector<std::string> inactive{"inactive"};
  std::vector<std::string> status{"status"};
};

PropertyNames property_names(Value resource) {
  PropertyNames names;
  const std::pair<std::string_view, std::vector<std::string>*> known[] = {
      {"http://hl7.org/fhir/concept-properties#parent", &names.parents},
      {"http://hl7.org/fhir/concept-properties#child", &names.children},
      {"http://hl7.org/fhir/concept-properties#notSelectable", &names.abstract},
      {"http://hl7.org/fhir/concept-properties#inactive", &names.inactive},
      {"http://hl7.org/fhir/concept-properties#status", &names.status},
  };
  for (const Value property : json::list(resource, "property")) {
    for (const auto& [uri, list] : known) {
      if (json::text(property, "uri") == uri) {
        list->push_back(json::string(property, "code"));
      }
    }
  }
  return names;
}

/// Codes for Codings, the text as it stands for anything else.
std::string property_value(Value property) {
  Value value;
  std::string_view suffix;
  if (!json::choice(property, "value", suffix, value)) {
    return {};
  }
  return value.is_object() ? json::string(value, "code") : json::scalar(value);
}

std::uint32_t add_concept(Value item, CodeSystemModel& system) {
  const auto number = static_cast<std::uint32_t>(system.concepts.size());
  ConceptModel& added = system.concepts.emplace_back();
  added.code = json::string(item, "code");
  added.display = json::string(item, "display");
  for (const Value designation : json::list(item, "designation")) {
    added.designations.push_back(json::string(designation, "value"));
  }
  for (const Value property : json::list(item, "property")) {
    added.properties.emplace_back(json::string(property, "code"), property_value(property));
  }
  system.index.emplace(added.code, number);
  return number;
}

void add_concepts(Value owner, std::int64_t parent, CodeSystemModel& system) {
  for (const Value item : json::list(owner, "concept")) {
    const std::uint32_t number = add_concept(item, system);
    if (parent >= 0) {
      system.concepts[number].parents.push_back(static_cast<std::uint32_t>(parent));
    }
    add_concepts(item, number, system);
  }
}

void add_parent(CodeSystemModel& system, const std::string& child, const std::string& parent) {
  const auto below = system.index.find(child);
  const auto above = system.index.find(parent);
  if (below == system.index.end() || above == system.index.end()) {
    return;
  }
  auto& parents = system.concepts[below->second].parents;
  if (std::find(parents.begin(), parents.end(), above->second) == parents.end()) {
    parents.push_back(above->second);
  }
}

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void apply_properties(const PropertyNames& names, CodeSystemModel& system) {
  for (ConceptModel& item : system.concepts) {
    for (const auto& [name, value] : item.properties) {
      if (lists(names.parents, name)) {
        add_parent(system, item.code, value);
      } else if (lists(names.children, name)) {
        add_parent(system, value, item.code);
      }
      item.abstract = item.abstract || (value == "true" && lists(names.abstract, name));
      item.inactive = item.inactive || (value == "true" && lists(names.inactive, name)) ||
                      (value == "retired" && lists(names.status, name));
    }
  }
}

/// A constraint of SNOMED CT that only lists concepts means them, whatever else there is.
bool take_listed(const FilterModel& filter, IncludeModel& out) {
  if (filter.property != "constraint" || filter.op != "=") {
    return false;
  }
  const auto constraint = terminology::parse_ecl(filter.value);
  const auto ids = constraint ? terminology::listed_concepts(*constraint) : std::nullopt;
  if (ids) {
    out.codes.assign(ids->begin(), ids->end());
  }
  return ids.has_value();
}

IncludeModel read_include(Value include) {
  IncludeModel out;
  out.system = json::string(include, "system");
  out.value_sets = json::strings(include, "valueSet");
  for (const Value item : json::list(include, "concept")) {
    out.codes.push_back(json::string(item, "code"));
  }
  for (const Value filter : json::list(include, "filter")) {
    out.filters.push_back({json::string(filter, "property"), json::string(filter, "op"),
                           json::string(filter, "value")});
  }
  if (out.filters.size() == 1 && out.codes.empty() && take_listed(out.filters.front(), out)) {
    out.filters.clear();
  }
  out.has_codes = !out.codes.empty();
  return out;
}

void read_compose(Value resource, ValueSetModel& out) {
  Value compose;
  if (!json::member(resource, "compose", compose)) {
    return;
  }
  out.has_compose = true;
  Value inactive;
  out.active_only =
      json::member(compose, "inactive", inactive) && !json::boolean(compose, "inactive");
  for (const Value include : json::list(compose, "include")) {
    out.includes.push_back(read_include(include));
  }
  for (const Value exclude : json::list(compose, "exclude")) {
    out.excludes.push_back(read_include(exclude));
  }
}

void add_contained(Value owner, ValueSetModel& out) {
  for (const Value item : json::list(owner, "contains")) {
    if (!json::text(item, "code").empty() && !json::boolean(item, "abstract")) {
      out.expansion.emplace_back(json::string(item, "system"), json::string(item, "code"));
    }
    add_contained(item, out);
  }
}

// Expansions of code systems that are too large or never end are marked by an extension, a
// parameter or a larger total.
bool expansion_complete(Value expansion, std::size_t size) {
  Value mark;
  if (json::extension(expansion, "valueset-toocostly", mark) ||
      json::extension(expansion, "valueset-unclosed", mark)) {
    return false;
  }
  for (const Value parameter : json::list(expansion, "parameter")) {
    if (json::text(parameter, "name") == "limitedExpansion") {
      return false;
    }
  }
  std::uint64_t total = 0;
  return !json::member(expansion, "total", mark) || mark.get(total) != simdjson::SUCCESS ||
         total <= size;
}

void read_expansion(Value resource, ValueSetModel& out) {
  Value expansion;
  if (!json::member(resource, "expansion", expansion)) {
    return;
  }
  out.has_expansion = true;
  add_contained(expansion, out);
  out.expansion_complete = expansion_complete(expansion, out.expansion.size());
}

}  // namespace

CodeSystemModel read_code_system(Value resource) {
  CodeSystemModel out;
  out.url = json::string(resource, "url");
  out.version = json::string(resource, "version");
  out.name = json::string(resource, "name");
  out.content = json::string(resource, "content");
  out.case_sensitive = json::boolean(resource, "caseSensitive");
  add_concepts(resource, -1, out);
  apply_properties(property_names(resource), out);
  return out;
}

ValueSetModel read_value_set(Value resource) {
  ValueSetModel out;
  out.url = json::string(resource, "url");
  out.version = json::string(resource, "version");
  out.name = json::string(resource, "name");
  read_compose(resource, out);
  read_expansion(resource, out);
  return out;
}

}  // namespace lhcr::definition::compiler
