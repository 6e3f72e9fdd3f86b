// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/filter.hpp"

#include <algorithm>
#include <iterator>

#include "terminology/value_test.hpp"

namespace lhcr::definition::compiler {
namespace {

using Marks = std::vector<bool>;  // per concept

std::vector<std::vector<std::uint32_t>> children_of(const CodeSystemModel& system) {
  std::vector<std::vector<std::uint32_t>> children(system.concepts.size());
  for (std::uint32_t at = 0; at < system.concepts.size(); ++at) {
    for (const std::uint32_t parent : system.concepts[at].parents) {
      children[parent].push_back(at);
    }
  }
  return children;
}

/// Concepts reachable from `start` over `links`, without it.
template <typename Links>
Marks reachable(const CodeSystemModel& system, std::uint32_t start, const Links& links) {
  Marks marks(system.concepts.size(), false);
  std::vector<std::uint32_t> todo{start};
  while (!todo.empty()) {
    const std::uint32_t at = todo.back();
    todo.pop_back();
    for (const std::uint32_t next : links(at)) {
      if (!marks[next]) {
        marks[next] = true;
        todo.push_back(next);
      }
    }
  }
  return marks;
}

Marks below(const CodeSystemModel& system, std::uint32_t start) {
  const auto children = children_of(system);
  return reachable(system, start, [&](std::uint32_t at) { return children[at]; });
}

Marks above(const CodeSystemModel& system, std::uint32_t start) {
  return reachable(system, start, [&](std::uint32_t at) { return system.concepts[at].parents; });
}

/// Operations on the place of a concept in the hierarchy; empty when `op` is none of them.
Marks hierarchy_filter(const CodeSystemModel& system, const FilterModel& filter) {
  const bool negative = filter.op == "is-not-a";
  const bool descendants = filter.op == "is-a" || filter.op == "descendent-of" || negative;
  if (!descendants && filter.op != "generalizes") {
    return {};
  }
  const auto start = system.index.find(filter.value);
  if (start == system.index.end()) {
    return Marks(system.concepts.size(), negative);
  }
  Marks marks = descendants ? below(system, start->second) : above(system, start->second);
  marks[start->second] = filter.op != "descendent-of";
  if (negative) {
    marks.flip();
  }
  return marks;
}

/// How `op` judges one value of a property; empty when it is not known. Nothing fits a malformed
/// expression.
terminology::ValueTest value_test(const FilterModel& filter) {
  terminology::ValueTest test = terminology::value_test(filter.op, filter.value);
  return test || filter.op != "regex" ? test : [](std::string_view) { return false; };
}

/// The values a filter on `property` looks at: the code and the display count as properties.
std::vector<std::string_view> values_of(const CodeSystemModel& system, const ConceptModel& item,
                                        std::string_view property) {
  std::vector<std::string_view> values;
  if (property == "code" || property == "concept") {
    values.emplace_back(item.code);
  } else if (property == "display") {
    values.emplace_back(item.display);
  } else if (property == "parent") {
    for (const std::uint32_t parent : item.parents) {
      values.emplace_back(system.concepts[parent].code);
    }
  }
  for (const auto& [name, value] : item.properties) {
    if (name == property) {
      values.emplace_back(value);
    }
  }
  return values;
}

bool knows(const CodeSystemModel& system, std::string_view property) {
  constexpr std::string_view always[] = {"code", "concept", "display", "parent"};
  return system.properties_known ||
         std::find(std::begin(always), std::end(always), property) != std::end(always);
}

Marks property_filter(const CodeSystemModel& system, const FilterModel& filter) {
  const terminology::ValueTest test = value_test(filter);
  if (!test || !knows(system, filter.property)) {
    return {};
  }
  const bool wanted = !terminology::is_contrary(filter.op, filter.value);
  Marks marks(system.concepts.size(), false);
  for (std::size_t at = 0; at < marks.size(); ++at) {
    const auto values = values_of(system, system.concepts[at], filter.property);
    marks[at] = std::any_of(values.begin(), values.end(), test) == wanted;
  }
  return marks;
}

}  // namespace

Codes filter_codes(const CodeSystemModel& system, const std::vector<FilterModel>& filters,
                   bool active_only, bool& computable) {
  Marks passed(system.concepts.size(), true);
  for (const FilterModel& filter : filters) {
    Marks marks = hierarchy_filter(system, filter);
    if (marks.empty()) {
      marks = property_filter(system, filter);
    }
    computable = computable && marks.size() == passed.size();
    for (std::size_t at = 0; at < marks.size(); ++at) {
      passed[at] = passed[at] && marks[at];
    }
  }
  Codes codes;
  for (std::size_t at = 0; at < passed.size(); ++at) {
    const ConceptModel& item = system.concepts[at];
    if (passed[at] && !item.abstract && !(active_only && item.inactive)) {
      codes.insert(item.code);
    }
  }
  return codes;
}

}  // namespace lhcr::definition::compiler
