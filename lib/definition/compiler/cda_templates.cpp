// SPDX-License-Identifier: Apache-2.0
/// Templates of CDA: StructureDefinitions in the names of the table, without what says nothing new.
#include <algorithm>
#include <map>
#include <set>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "definition/compiler/cda_model.hpp"

namespace lhcr::definition::compiler {
namespace {

/// What the published model calls a group of elements that may come in any order. Its members stand
/// in its place here.
constexpr std::string_view group_step = ".item";

bool is_primitive_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z';
}

/// ".../IVL-TS" -> "IVL_TS", ".../cs-simple" -> "cs-simple".
std::string type_name(std::string_view url) {
  std::string name(url.substr(url.rfind('/') + 1));
  if (!is_primitive_name(name)) {
    std::replace(name.begin(), name.end(), '-', '_');
  }
  return name;
}

void adapt_types(ElementModel& element) {
  std::vector<TypeRefModel> types;
  for (TypeRefModel& type : element.types) {
    // Attributes have a FHIR type, and the type of CDA as its profile.
    const bool url = type.code.find('/') != std::string::npos;
    if (!url && is_primitive_name(type.code) && !type.profiles.empty()) {
      for (const std::string& profile : type.profiles) {
        types.emplace_back().code = type_name(profile);
      }
    } else {
      type.code = type_name(type.code);
      types.push_back(std::move(type));
    }
  }
  element.types = std::move(types);
}

/// Takes the step of the group out of a path or an id.
bool drop_group(std::string& path) {
  bool dropped = false;
  for (std::size_t at = path.find(group_step); at != std::string::npos;
       at = path.find(group_step, at)) {
    const std::size_t end = at + group_step.size();
    if (end < path.size() && path[end] != '.') {
      at = end;
      continue;
    }
    path.erase(at, group_step.size());
    dropped = true;
  }
  return dropped;
}

void adapt_expression(std::string& expression) {
  const std::string step = std::string(group_step.substr(1)) + '.';
  for (std::size_t at = expression.find(step); at != std::string::npos;
       at = expression.find(step, at)) {
    const bool whole =
        at == 0 || (!is_alphanumeric(expression[at - 1]) && expression[at - 1] != '_');
    at = whole ? at : at + step.size();
    expression.erase(at, whole ? step.size() : 0);
  }
}

bool is_group(const ElementModel& element) {
  return element.path.ends_with(group_step);
}

void adapt_elements(std::vector<ElementModel>& elements) {
  elements.erase(std::remove_if(elements.begin(), elements.end(), is_group), elements.end());
  for (ElementModel& element : elements) {
    adapt_types(element);
    drop_group(element.id);
    if (drop_group(element.path) && element.path.find('.') != std::string::npos) {
      element.max = element.max > 0 ? unbounded : 0;
    }
    for (InvariantModel& rule : element.invariants) {
      adapt_expression(rule.expression);
    }
  }
  link_elements(elements);
}

/// An id and those of everything that it stands in; of slices also what they are slices of.
void keep_with_owners(std::string id, std::set<std::string>& kept) {
  while (kept.insert(id).second) {
    const std::size_t dot = id.rfind('.');
    const std::size_t colon = id.find(':', dot == std::string::npos ? 0 : dot);
    if (colon != std::string::npos) {
      keep_with_owners(id.substr(0, colon), kept);
    }
    if (dot == std::string::npos) {
      return;
    }
    id.resize(dot);
  }
}

class Pruning {
 public:
  explicit Pruning(Model& model) : model_(model) {
    for (StructureModel& structure : model.structures) {
      by_url_.emplace(structure.url, &structure);
    }
  }

  void run() {
    for (StructureModel& structure : model_.structures) {
      if (structure.constraint && structure.cda) {
        const std::set<std::string>& kept = ids(structure);
        auto& elements = structure.elements;
        elements.erase(
            std::remove_if(elements.begin(), elements.end(),
                           [&](const ElementModel& element) { return !kept.contains(element.id); }),
            elements.end());
        link_elements(elements);
      }
    }
    for (StructureModel& structure : model_.structures) {
      structure.differential.clear();
    }
  }

 private:
  /// What a template and those that it refines say something about.
  const std::set<std::string>& ids(const StructureModel& structure) {
    const auto [found, fresh] = kept_.try_emplace(structure.url);
    if (!fresh) {
      return found->second;
    }
    std::set<std::string> kept;
    const auto base = by_url_.find(structure.base);
    if (base != by_url_.end() && base->second->constraint) {
      kept = ids(*base->second);
    }
    for (const ElementModel& change : structure.differential) {
      keep_with_owners(change.id, kept);
    }
    return kept_[structure.url] = std::move(kept);
  }

  Model& model_;
  std::map<std::string_view, StructureModel*> by_url_;
  std::map<std::string, std::set<std::string>> kept_;
};

/// The ValueSets that bindings and expressions name, and what those are made of.
class Terminology {
 public:
  explicit Terminology(Model& model) : model_(model) {
    for (const ValueSetModel& set : model.value_sets) {
      sets_.emplace(set.url, &set);
    }
  }

  void run() {
    for (const StructureModel& structure : model_.structures) {
      for (const ElementModel& element : structure.elements) {
        keep(element.value_set);
        keep(element.max_value_set);
        for (const InvariantModel& rule : element.invariants) {
          keep_named(rule.expression);
        }
      }
    }
    drop(model_.value_sets, kept_sets_);
    drop(model_.code_systems, kept_systems_);
    auto& canonicals = model_.canonicals;
    canonicals.erase(std::remove_if(canonicals.begin(), canonicals.end(),
                                    [](const CanonicalModel& item) {
                                      return !item.url.starts_with("urn:oid:");
                                    }),
                     canonicals.end());
  }

 private:
  void keep(std::string_view canonical) {
    const std::string url(without_version(canonical));
    const auto [first, last] = sets_.equal_range(url);
    if (!kept_sets_.insert(url).second) {
      return;
    }
    for (auto set = first; set != last; ++set) {
      keep_parts(set->second->includes);
      keep_parts(set->second->excludes);
      for (const auto& [system, code] : set->second->expansion) {
        kept_systems_.insert(system);
      }
    }
  }

  void keep_parts(const std::vector<IncludeModel>& parts) {
    for (const IncludeModel& part : parts) {
      kept_systems_.insert(part.system.substr(0, part.system.find('|')));
      for (const std::string& set : part.value_sets) {
        keep(set);
      }
    }
  }

  void keep_named(std::string_view expression) {
    constexpr std::string_view call = "memberOf('";
    for (std::size_t at = expression.find(call); at != std::string_view::npos;
         at = expression.find(call, at)) {
      at += call.size();
      keep(expression.substr(at, expression.find('\'', at) - at));
    }
  }

  template <typename Item>
  static void drop(std::vector<Item>& items, const std::set<std::string>& kept) {
    items.erase(std::remove_if(items.begin(), items.end(),
                               [&](const Item& item) { return !kept.contains(item.url); }),
                items.end());
  }

  Model& model_;
  std::multimap<std::string, const ValueSetModel*, std::less<>> sets_;
  std::set<std::string> kept_sets_;
  std::set<std::string> kept_systems_;
};

}  // namespace

bool is_cda(const StructureModel& structure) {
  return structure.cda || structure.type.starts_with(cda_structures);
}

void adapt_cda(StructureModel& structure) {
  structure.cda = true;
  structure.type = type_name(structure.type);
  structure.kind = TypeKind::complex;
  adapt_elements(structure.elements);
  adapt_elements(structure.differential);
}

void prune_cda(Model& model) {
  // One version of the terminology is here, whichever a binding was written for.
  for (StructureModel& structure : model.structures) {
    for (ElementModel& element : structure.elements) {
      element.value_set.resize(std::min(element.value_set.find('|'), element.value_set.size()));
    }
  }
  Pruning(model).run();
  Terminology(model).run();
}

}  // namespace lhcr::definition::compiler
