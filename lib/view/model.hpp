// SPDX-License-Identifier: Apache-2.0
/// A ViewDefinition as written, checked for form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "view/view.hpp"

namespace lhcr::view {

struct ColumnModel {
  std::string name;
  std::string path;
  std::string type;
  std::string description;
  std::string place;  ///< "select[0].column[1]"
  std::string sql_type;
  ColumnRole role;
  bool list = false;
};

enum class Iteration { once, each, each_or_null, repeat };

struct SelectModel {
  Iteration iteration = Iteration::once;
  std::vector<std::string> paths;  ///< of the iteration
  std::vector<ColumnModel> columns;
  std::vector<SelectModel> selects;
  std::vector<SelectModel> unions;
  std::string place;
};

struct ConstantModel {
  std::string name;
  std::string type;  ///< "String" of valueString
  std::string value;
};

struct ViewModel {
  std::string file;
  std::string name;
  std::string resource;
  std::vector<std::string> versions;
  std::vector<ConstantModel> constants;
  std::vector<std::string> where;
  std::vector<std::string> reasons;  ///< descriptions of `where`: why records have no rows
  std::vector<SelectModel> selects;
  std::vector<std::string> notes;
};

/// Reads a ViewDefinition. Throws Error{input}.
[[nodiscard]] ViewModel read_view(const std::string& name, const std::string& text);

/// "FILE: PLACE: WHAT" as Error{input}.
[[noreturn]] void view_fault(const std::string& file, const std::string& place,
                             const std::string& what);

}  // namespace lhcr::view
