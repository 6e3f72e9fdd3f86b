// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/set_filter.hpp"

#include <algorithm>
#include <array>

#include "base/check_digit.hpp"
#include "base/text.hpp"
#include "terminology/query/ecl_answer.hpp"
#include "terminology/value_test.hpp"

namespace lhcr::terminology {
namespace {

// --- SNOMED CT: a filter is a constraint ---

struct FilterRow {
  std::string_view property, op, constraint;
};
constexpr std::array filter_rows = {
#define LHCR_SET_FILTER(property, op, constraint) FilterRow{property, op, constraint},
#include "terminology/query/set_filters.def"
#undef LHCR_SET_FILTER
};

/// The id of "^999000051000001100" or "73211009 |Diabetes|"; empty when it is none.
std::string_view concept_in(std::string_view value) {
  value.remove_prefix(std::min(value.find_first_not_of(" ^"), value.size()));
  value = value.substr(0, value.find_first_of(" |"));
  return is_digits(value) ? value : std::string_view{};
}

std::optional<std::string> with_value(std::string_view pattern, std::string_view value) {
  const std::string_view id = concept_in(value);
  std::string made;
  for (const char byte : pattern) {
    byte == '$' ? made.append(id) : made.append(1, byte);
  }
  return id.empty() ? std::nullopt : std::optional(made);
}

/// "1, 2": the ids parted by commas, joined by OR.
std::optional<std::string> any_of_ids(std::string_view values) {
  std::string made;
  while (!values.empty()) {
    const std::size_t comma = std::min(values.find(','), values.size());
    const std::string_view id = concept_in(values.substr(0, comma));
    if (id.empty()) {
      return std::nullopt;
    }
    made.append(made.empty() ? "" : " OR ").append(id);
    values.remove_prefix(std::min(comma + 1, values.size()));
  }
  return made.empty() ? std::nullopt : std::optional("(" + made + ")");
}

std::optional<std::string> state_constraint(const SetFilter& filter) {
  const bool yes = filter.value == "true";
  if (filter.op != "=" || (!yes && filter.value != "false")) {
    return std::nullopt;
  }
  if (filter.property == "inactive") {
    return yes ? "* {{ C active = 0 }}" : "*";
  }
  if (filter.property == "sufficientlyDefined") {
    return std::string("* {{ C definitionStatus = ") + (yes ? "defined" : "primitive") + " }}";
  }
  return std::nullopt;
}

/// Any other property is an attribute, named by its concept.
std::optional<std::string> attribute_constraint(const SetFilter& filter) {
  if (!is_digits(filter.property)) {
    return std::nullopt;
  }
  const auto value = filter.op == "=" || filter.op == "in" ? any_of_ids(filter.value)
                     : filter.op == "is-a"                 ? with_value("<< $", filter.value)
                     : filter.op == "descendent-of"        ? with_value("< $", filter.value)
                                                           : std::nullopt;
  return value ? std::optional("* : " + filter.property + " = " + *value) : std::nullopt;
}

std::optional<std::string> constraint_of(const SetFilter& filter) {
  if (filter.op == "=" && (filter.property == "constraint" || filter.property == "expression")) {
    return filter.value;
  }
  const std::string_view property =
      filter.property == "code" ? std::string_view("concept") : std::string_view(filter.property);
  for (const FilterRow& row : filter_rows) {
    if (row.property == property && row.op == filter.op) {
      return with_value(row.constraint, filter.value);
    }
  }
  const auto state = state_constraint(filter);
  return state ? state : attribute_constraint(filter);
}

/// Whether expressions may be in the set, which says nothing of codes.
bool is_about_expressions(const SetFilter& filter) {
  return filter.property == "expressions" && filter.op == "=";
}

ConceptSet all_of(std::size_t size) {
  ConceptSet made;
  made.append({0, static_cast<Ordinal>(size)});
  return made;
}

ConceptSet pass_concepts(const Snomed& snomed, const SetFilter& filter, std::string& problem) {
  const auto constraint = constraint_of(filter);
  if (!constraint) {
    problem = "the filter " + filter.property + " " + filter.op + " " + filter.value +
              " is not evaluated";
    return {};
  }
  EclAnswer answer = evaluate(snomed, *constraint);
  if (!answer.good()) {
    problem =
        "'" + *constraint + "': " + (answer.error.empty() ? answer.not_checked : answer.error);
  }
  return std::move(answer.concepts);
}

// --- lists: a filter asks for a property ---

/// Those below a code by the property `parent`, with it.
std::vector<Ordinal> below(const CodeList& list, std::string_view code) {
  std::vector<Ordinal> made;
  std::vector<bool> seen(list.size());
  const auto take = [&](const ListedCode& one) {
    if (!seen[one.row]) {
      seen[one.row] = true;
      made.push_back(one.row);
    }
  };
  if (const auto top = list.find(code)) {
    take(*top);
  }
  for (const ListedCode& child : list.with("parent", code)) {
    take(child);
  }
  for (std::size_t at = 0; at < made.size(); ++at) {
    for (const ListedCode& child : list.with("parent", list.at(made[at]).code)) {
      take(child);
    }
  }
  return made;
}

std::vector<Ordinal> above(const CodeList& list, std::string_view code) {
  std::vector<Ordinal> made;
  const auto take = [&](std::string_view other) {
    const auto found = list.find(other);
    if (found && std::find(made.begin(), made.end(), found->row) == made.end()) {
      made.push_back(found->row);
    }
  };
  take(code);
  for (std::size_t at = 0; at < made.size(); ++at) {
    for (const CodeProperty& one : list.properties(list.at(made[at]))) {
      if (one.name == "parent") {
        take(one.value);
      }
    }
  }
  return made;
}

std::vector<Ordinal> children(const CodeList& list, std::string_view code) {
  std::vector<Ordinal> made;
  for (const ListedCode& child : list.with("parent", code)) {
    made.push_back(child.row);
  }
  return made;
}

/// nullopt: the operator is not about the hierarchy.
std::optional<ConceptSet> pass_hierarchy(const CodeList& list, const SetFilter& filter) {
  const std::string_view op = filter.op;
  if (op == "is-a" || op == "is-not-a") {
    ConceptSet made = ConceptSet::of(below(list, filter.value));
    return op == "is-a" ? made : all_of(list.size()).without(made);
  }
  if (op == "generalizes") {
    return ConceptSet::of(above(list, filter.value));
  }
  if (op == "child-of") {
    return ConceptSet::of(children(list, filter.value));
  }
  if (op != "descendent-of" && op != "descendent-leaf") {
    return std::nullopt;
  }
  std::vector<Ordinal> made = below(list, filter.value);
  std::erase_if(made, [&](Ordinal row) {
    const std::string_view code = list.at(row).code;
    return code == filter.value || (op == "descendent-leaf" && !children(list, code).empty());
  });
  return ConceptSet::of(std::move(made));
}

bool has_value(const CodeList& list, const ListedCode& code, std::string_view property,
               const ValueTest& test) {
  if (property == "code" || property == "concept") {
    return test(code.code);
  }
  if (property == "display") {
    return test(code.display);
  }
  if (property == "inactive") {
    return test(code.active ? "false" : "true");
  }
  const auto all = list.properties(code);
  return std::any_of(all.begin(), all.end(), [&](const CodeProperty& one) {
    return one.name == property && test(one.value);
  });
}

bool knows(const CodeList& list, std::string_view property) {
  constexpr std::array<std::string_view, 5> always = {"code", "concept", "display", "inactive",
                                                      "parent"};
  return std::find(always.begin(), always.end(), property) != always.end() ||
         list.has_property(property);
}

ConceptSet pass_codes(const CodeList& list, const SetFilter& filter, std::string& problem) {
  if (auto placed = pass_hierarchy(list, filter)) {
    return std::move(*placed);
  }
  const ValueTest test = value_test(filter.op, filter.value);
  if (!test || !knows(list, filter.property)) {
    problem = "the filter " + filter.property + " " + filter.op + " " + filter.value +
              " is not evaluated: " +
              (test ? "the release has no such property" : "the operator is not known");
    return {};
  }
  const bool wanted = !is_contrary(filter.op, filter.value);
  std::vector<Ordinal> passed;
  for (std::uint32_t row = 0; row < list.size(); ++row) {
    if (has_value(list, list.at(row), filter.property, test) == wanted) {
      passed.push_back(row);
    }
  }
  return ConceptSet::of_sorted(passed);
}

}  // namespace

Selection select(const Terminology& release, const std::vector<SetFilter>& filters) {
  const Snomed* snomed = release.snomed();
  Selection made;
  made.chosen = all_of(snomed != nullptr ? snomed->size() : release.list()->size());
  for (const SetFilter& filter : filters) {
    if (!made.problem.empty() || (snomed != nullptr && is_about_expressions(filter))) {
      continue;
    }
    made.chosen = made.chosen.intersected(snomed != nullptr
                                              ? pass_concepts(*snomed, filter, made.problem)
                                              : pass_codes(*release.list(), filter, made.problem));
  }
  return made;
}

Ordinal number_of(const Terminology& release, std::string_view code) {
  if (release.snomed() != nullptr) {
    return release.snomed()->find(code);
  }
  const auto found = release.list()->find(code);
  return found ? found->row : no_concept;
}

std::string code_of(const Terminology& release, Ordinal number) {
  return release.snomed() != nullptr ? std::to_string(release.snomed()->id(number))
                                     : std::string(release.list()->at(number).code);
}

bool is_active(const Terminology& release, Ordinal number) {
  return release.snomed() != nullptr ? release.snomed()->is_active(number)
                                     : release.list()->at(number).active;
}

ConceptSet active_of(const Terminology& release) {
  if (release.snomed() != nullptr) {
    return all_of(release.snomed()->active_count());
  }
  std::vector<Ordinal> rows;
  for (std::uint32_t row = 0; row < release.list()->size(); ++row) {
    if (release.list()->at(row).active) {
      rows.push_back(row);
    }
  }
  return ConceptSet::of_sorted(rows);
}

std::optional<bool> subsumes(const Library& library, std::string_view system,
                             std::string_view above_code, std::string_view below_code) {
  const Terminology* release = library.find(system);
  if (release == nullptr) {
    return std::nullopt;
  }
  const Ordinal upper = number_of(*release, above_code);
  const Ordinal lower = number_of(*release, below_code);
  if (upper == no_concept || lower == no_concept) {
    return std::nullopt;
  }
  if (release->snomed() != nullptr) {
    return release->snomed()->is_below_or_same(lower, upper);
  }
  if (upper == lower) {
    return true;
  }
  if (!release->list()->has_property("parent")) {
    return std::nullopt;
  }
  const auto line = above(*release->list(), below_code);
  return std::find(line.begin(), line.end(), upper) != line.end();
}

}  // namespace lhcr::terminology
