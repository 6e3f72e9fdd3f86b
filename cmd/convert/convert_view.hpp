// SPDX-License-Identifier: Apache-2.0
/// The part of `lhcr convert` that makes tables: views to CSV and NDJSON.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cmd/convert/recency.hpp"
#include "cmd/options.hpp"
#include "definition/definitions.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {

/// The options of tables.
struct ViewOptions {
  std::vector<std::string> views;
  std::string delimiter = ",";
  bool header = true;
  bool bom = false;
  std::string vocabulary;
  std::vector<std::string> partition_by;  ///< columns
  std::string row_group;                  ///< empty: the default
  bool with_source = false;
  RecencyOptions recency;
  std::string manifest;  ///< a file; empty: none
};
void declare_view(OptionList& list, ViewOptions& options);

/// For a run without tables. Throws Error{usage} for an option that only they have.
void require_view(const ViewOptions& options);

/// The views that the words of --view name: files, folders, built-in views and sets of them.
/// Throws Error{usage} for a word that names nothing.
[[nodiscard]] std::vector<view::Source> find_views(const std::vector<std::string>& words);

/// These views, compiled. What is odd about one goes to `note`. Throws Error{usage} when two make a
/// table of one name or mean different FHIR versions, and as find_views() and View do.
[[nodiscard]] std::vector<view::View> compile_views(
    const std::vector<std::string>& words, definition::Library& library,
    const view::ViewSettings& settings, const std::function<void(const std::string&)>& note);

}  // namespace lhcr::cmd
