// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/read.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/error.hpp"
#include "definition/compiler/cda_model.hpp"
#include "definition/compiler/package.hpp"
#include "definition/compiler/read_resource.hpp"
#include "definition/compiler/version.hpp"

namespace lhcr::definition::compiler {
namespace {

using json::Value;

template <typename Item>
void sort_by_url(std::vector<Item>& items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& left, const Item& right) { return left.url < right.url; });
}

/// Of one url the newest version first: that is what a canonical without a version means.
void sort_structures(std::vector<StructureModel>& structures) {
  std::stable_sort(structures.begin(), structures.end(),
                   [](const StructureModel& left, const StructureModel& right) {
                     return left.url != right.url
                                ? left.url < right.url
                                : compare_versions(left.version, right.version) > 0;
                   });
}

/// The version that most of the structures name.
std::string common_version(const Model& model) {
  std::map<std::string_view, std::size_t> votes;
  for (const StructureModel& structure : model.structures) {
    votes[structure.fhir_version] += structure.fhir_version.empty() ? 0U : 1U;
  }
  const auto best = std::max_element(
      votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return best == votes.end() ? std::string() : std::string(best->first);
}

/// Largest cardinalities by path, as the types define them.
class DefinedMaxima {
 public:
  DefinedMaxima(const std::vector<StructureModel>& structures, Below& below) : below_(below) {
    for (const StructureModel& structure : structures) {
      if (!structure.constraint) {
        add(structure);
      }
    }
  }

  [[nodiscard]] std::uint32_t find(const std::string& path, std::uint32_t otherwise) {
    const std::string type = path.substr(0, path.find('.'));
    if (below_.image() != nullptr && asked_.insert(type).second) {
      const StructureModel* const structure =
          below_.structure("http://hl7.org/fhir/StructureDefinition/" + type);
      if (structure != nullptr) {
        add(*structure);
      }
    }
    const auto found = maxima_.find(path);
    return found == maxima_.end() ? otherwise : found->second;
  }

 private:
  void add(const StructureModel& structure) {
    for (const ElementModel& element : structure.elements) {
      maxima_.emplace(element.path, element.base_max);
    }
  }

  Below& below_;
  std::unordered_map<std::string, std::uint32_t> maxima_;
  std::set<std::string> asked_;
};

// STU3 leaves ElementDefinition.base out where it says nothing new.
void fill_base_max(std::vector<StructureModel>& structures, Below& below) {
  DefinedMaxima maxima(structures, below);
  for (StructureModel& structure : structures) {
    for (ElementModel& element : structure.elements) {
      if (!element.has_base) {
        element.base_max = maxima.find(element.path, element.base_max);
      }
    }
  }
}

/// What is kept of a CodeSystem beside its codes, as JSON; empty where all is compiled.
std::string code_system_header(Value resource) {
  std::string members;
  for (const char* const name : {"url", "content", "supplements", "property"}) {
    Value value;
    if (json::member(resource, name, value)) {
      members.append(",\"").append(name).append("\":").append(simdjson::minify(value));
    }
  }
  const bool supplement = members.find("\"supplements\":") != std::string::npos;
  const bool codings = members.find("\"Coding\"") != std::string::npos;
  return supplement || codings ? "{\"resourceType\":\"CodeSystem\"" + members + "}" : std::string();
}

}  // namespace

void ModelReader::add(const std::string& where, std::string_view content) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (content.starts_with(byte_order_mark)) {
    content.remove_prefix(byte_order_mark.size());
  }
  Value resource;
  const auto error = parser_.parse(content.data(), content.size(), false).get(resource);
  if (error != simdjson::SUCCESS) {
    throw Error(ErrorKind::input, where + ": " + simdjson::error_message(error));
  }
  add_resource(resource);
  if (keep_ && json::text(resource, "resourceType") == "Bundle") {
    Value entry;
    for (const Value item : json::list(resource, "entry")) {
      if (json::member(item, "resource", entry)) {
        add_resource(entry);
      }
    }
  }
}

void ModelReader::add_resource(Value resource) {
  const std::string_view type = json::text(resource, "resourceType");
  const std::string_view url = json::text(resource, "url");
  if (oids_) {
    add_oids(resource, type, url);
  }
  if (type.empty() || url.empty()) {
    return;
  }
  const bool compiled = type == "StructureDefinition" || type == "CodeSystem" || type == "ValueSet";
  if (canonicals_.emplace(url).second) {
    model_.canonicals.push_back({std::string(url), std::string(type), {}});
    if (keep_ && !compiled) {
      model_.canonicals.back().resource = simdjson::minify(resource);
    } else if (keep_ && type == "CodeSystem") {
      model_.canonicals.back().resource = code_system_header(resource);
    }
  }
  std::string key = std::string(type) + '|' + std::string(url) + '|';
  key += json::text(resource, "version");
  if (!known_.insert(std::move(key)).second) {
    return;
  }
  if (type == "StructureDefinition") {
    if (settled_.contains(url)) {
      return;
    }
    add_contained(resource, url);
    const bool cda = json::text(resource, "type").starts_with(cda_structures);
    StructureModel structure = read_structure(resource, keep_ || cda, url);
    if (cda && !structure.constraint) {
      return;  // the table says it
    }
    if (cda) {
      adapt_cda(structure);
    }
    model_.structures.push_back(std::move(structure));
  } else if (type == "CodeSystem") {
    model_.code_systems.push_back(read_code_system(resource));
  } else if (type == "ValueSet") {
    model_.value_sets.push_back(read_value_set(resource));
  }
}

void ModelReader::end_package() {
  for (const StructureModel& structure : model_.structures) {
    settled_.insert(structure.url);
  }
}

/// The profiles and ValueSets that a definition contains, as "url#id"; its CodeSystems by their own
/// url.
void ModelReader::add_contained(Value owner, std::string_view url) {
  for (const Value item : json::list(owner, "contained")) {
    const std::string_view type = json::text(item, "resourceType");
    const std::string canonical = std::string(url) + '#' + json::string(item, "id");
    if (type == "ValueSet") {
      ValueSetModel& added = model_.value_sets.emplace_back(read_value_set(item));
      added.url = canonical;
    } else if (type == "StructureDefinition") {
      StructureModel& added = model_.structures.emplace_back(read_structure(item, keep_, url));
      added.url = canonical;
    } else if (type == "CodeSystem" && !json::text(item, "url").empty()) {
      add_resource(item);
    }
  }
}

void ModelReader::add_table(const std::string& where, std::string_view text) {
  oids_ = true;
  read_cda_table(where, text, model_);
}

/// CDA names systems by OID.
void ModelReader::add_oids(Value resource, std::string_view type, std::string_view url) {
  const auto add = [&](std::string_view oid, std::string_view system) {
    constexpr std::string_view prefix = "urn:oid:";
    std::string canonical(oid.starts_with(prefix) ? "" : prefix);
    canonical.append(oid);
    if (!system.empty() && canonicals_.insert(canonical).second) {
      model_.canonicals.push_back({std::move(canonical), "CodeSystem", std::string(system)});
    }
  };
  if (type == "CodeSystem") {
    for (const Value item : json::list(resource, "identifier")) {
      const std::string_view value = json::text(item, "value");
      if (value.starts_with("urn:oid:")) {
        add(value, url);
      }
    }
  } else if (type == "NamingSystem" && json::text(resource, "kind") == "codesystem") {
    std::string_view uri;
    for (const Value item : json::list(resource, "uniqueId")) {
      const bool wanted = json::text(item, "type") == "uri" && uri.empty();
      uri = wanted ? json::text(item, "value") : uri;
    }
    for (const Value item : json::list(resource, "uniqueId")) {
      if (json::text(item, "type") == "oid") {
        add(json::text(item, "value"), uri);
      }
    }
  }
}

Model ModelReader::finish(Below& below) {
  sort_structures(model_.structures);
  sort_by_url(model_.code_systems);
  sort_by_url(model_.value_sets);
  sort_by_url(model_.canonicals);
  model_.fhir_version = oids_ ? std::string(cda_version) : common_version(model_);
  if (oids_) {
    prune_cda(model_);
  }
  fill_base_max(model_.structures, below);
  return std::move(model_);
}

Model read_packages(const std::vector<std::string>& paths) {
  ModelReader reader;
  for (const std::string& path : paths) {
    if (path.ends_with(".cda")) {
      visit_text(path, [&](std::string_view text) { reader.add_table(path, text); });
      continue;
    }
    visit_package(path, [&](std::string_view name, std::string_view content) {
      if (name.ends_with(".xml")) {
        throw Error(ErrorKind::input, path + ": " + std::string(name) + ": is not JSON");
      }
      reader.add(path + ": " + std::string(name), content);
    });
    reader.end_package();
  }
  Below nothing(nullptr);
  return reader.finish(nothing);
}

}  // namespace lhcr::definition::compiler
