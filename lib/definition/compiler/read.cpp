// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/read.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "definition/compiler/package.hpp"
#include "definition/compiler/read_resource.hpp"

namespace lhcr::definition::compiler {
namespace {

using json::Value;

/// Resources of the meta level that the image holds in full; the others count as canonicals only.
class Reader {
 public:
  explicit Reader(Model& model) : model_(model) {}

  void read(const std::string& package) {
    visit_package(package, [&](std::string_view name, std::string_view content) {
      constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
      if (content.starts_with(byte_order_mark)) {
        content.remove_prefix(byte_order_mark.size());
      }
      Value resource;
      const auto error = parser_.parse(content.data(), content.size(), false).get(resource);
      if (error != simdjson::SUCCESS) {
        throw Error(ErrorKind::input,
                    package + ": " + std::string(name) + ": " + simdjson::error_message(error));
      }
      add(resource);
    });
  }

 private:
  void add(Value resource) {
    const std::string_view type = json::text(resource, "resourceType");
    const std::string_view url = json::text(resource, "url");
    if (type.empty() || url.empty()) {
      return;
    }
    if (canonicals_.emplace(url).second) {
      model_.canonicals.push_back({std::string(url), std::string(type)});
    }
    std::string key = std::string(type) + '|' + std::string(url) + '|';
    key += json::text(resource, "version");
    if (!known_.insert(std::move(key)).second) {
      return;
    }
    if (type == "StructureDefinition") {
      model_.structures.push_back(read_structure(resource));
    } else if (type == "CodeSystem") {
      model_.code_systems.push_back(read_code_system(resource));
    } else if (type == "ValueSet") {
      model_.value_sets.push_back(read_value_set(resource));
    }
  }

  Model& model_;
  simdjson::dom::parser parser_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> canonicals_;
};

template <typename Item>
void sort_by_url(std::vector<Item>& items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& left, const Item& right) { return left.url < right.url; });
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

// STU3 leaves ElementDefinition.base out where it says nothing new.
void fill_base_max(std::vector<StructureModel>& structures) {
  std::unordered_map<std::string_view, std::uint32_t> defined;
  for (const StructureModel& structure : structures) {
    for (const ElementModel& element : structure.elements) {
      if (!structure.constraint) {
        defined.emplace(element.path, element.base_max);
      }
    }
  }
  for (StructureModel& structure : structures) {
    for (ElementModel& element : structure.elements) {
      const auto found = defined.find(element.path);
      if (!element.has_base && found != defined.end()) {
        element.base_max = found->second;
      }
    }
  }
}

}  // namespace

Model read_packages(const std::vector<std::string>& paths) {
  Model model;
  Reader reader(model);
  for (const std::string& path : paths) {
    reader.read(path);
  }
  sort_by_url(model.structures);
  sort_by_url(model.code_systems);
  sort_by_url(model.value_sets);
  sort_by_url(model.canonicals);
  model.fhir_version = common_version(model);
  fill_base_max(model.structures);
  return model;
}

}  // namespace lhcr::definition::compiler
