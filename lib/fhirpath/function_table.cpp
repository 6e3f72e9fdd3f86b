// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "base/suggest.hpp"
#include "fhirpath/function.hpp"
#include "fhirpath/function_names.hpp"

namespace lhcr::fhirpath {
namespace {

std::vector<const Function*> sorted_table() {
  std::vector<const Function*> all;
  for (const auto family :
       {existence_functions(), filtering_functions(), subsetting_functions(), combining_functions(),
        conversion_functions(), string_functions(), math_functions(), navigation_functions(),
        utility_functions(), boundary_functions(), type_functions(), fhir_functions()}) {
    for (const Function& function : family) {
      all.push_back(&function);
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Function* a, const Function* b) { return a->name < b->name; });
  return all;
}

const std::vector<const Function*>& all_functions() {
  static const std::vector<const Function*> table = sorted_table();
  return table;
}

}  // namespace

std::string_view nearest_function(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Function* row : all_functions()) names.push_back(row->name);
  return closest(name, names);
}

char argument_letter(const Function& function, std::size_t number) noexcept {
  char last = '\0';
  for (const char letter : function.arguments) {
    if (letter == '*') {
      return last;
    }
    if (letter != '?') {
      last = letter;
      if (number-- == 0) {
        return letter;
      }
    }
  }
  return '\0';
}

std::size_t required_arguments(const Function& function) noexcept {
  const std::size_t end = std::min(function.arguments.find('?'), function.arguments.size());
  return function.arguments.ends_with('*') && end == function.arguments.size() ? end - 1 : end;
}

const Function* find_function(std::string_view name) noexcept {
  const std::vector<const Function*>& table = all_functions();
  const auto found = std::lower_bound(
      table.begin(), table.end(), name,
      [](const Function* row, std::string_view wanted) { return row->name < wanted; });
  return found != table.end() && (*found)->name == name ? *found : nullptr;
}

}  // namespace lhcr::fhirpath
