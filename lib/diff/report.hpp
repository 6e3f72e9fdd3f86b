// SPDX-License-Identifier: Apache-2.0
/// Differences for people and programs: text, side by side, JSON, HTML, counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/patch.hpp"

namespace lhcr::diff {

/// One change, told.
struct Line {
  What what = What::changed;
  Why why = Why::value;
  Level level = Level::change;
  bool whole = false;     ///< path, before and after are of the value around the change
  bool repeated = false;  ///< for people, the line before says it
  std::string path;       ///< below the resource: "name[0].family"
  std::string full_path;  ///< FHIRPath from the record's root
  std::string pointer;    ///< JSON Pointer from the record's root
  std::string before;     ///< in short
  std::string after;
  std::string before_json;  ///< empty: there is none
  std::string after_json;
};

/// What happened to one resource.
struct Section {
  What what = What::changed;  ///< changed, added, removed
  std::string type;
  std::string label;  ///< "Penicillin"
  std::string id;
  std::string value;    ///< what it says: "84 kg"
  std::string date;     ///< when that was
  std::string who;      ///< whom it is about
  std::string patient;  ///< what its patient is called, with --by-patient
  std::string record;   ///< which record of many, empty for one
  std::vector<Line> lines;
};

/// The whole result of a run.
struct Result {
  std::string left_name;
  std::string right_name;
  std::vector<std::string> notes;  ///< conversions and warnings
  std::vector<Section> sections;
  std::size_t not_compared = 0;  ///< values that a conversion does not carry, of one side
  /// Whether something differs but for another way to write it.
  [[nodiscard]] bool differs() const;
};

/// Adds the changes of a script by resource.
void add_sections(const Script& script, const Rules& rules, std::string_view record,
                  Result& result);
/// Adds a resource that only one side has.
void add_whole(What what, const Record& record, const Rules& rules, std::string_view name,
               Result& result);

struct Look {
  bool colour = false;
  bool paths = false;         ///< FHIRPath of each change
  std::size_t columns = 100;  ///< for side by side
};
void write_text(const Result& result, const Look& look, std::string& out);
void write_side(const Result& result, const Look& look, std::string& out);
void write_stat(const Result& result, std::string& out);
void write_json_list(const Result& result, std::string& out);
void write_html(const Result& result, std::string& out);

/// Words of the enumerations: "changed", "precision", "minor".
[[nodiscard]] std::string_view word(What what);
[[nodiscard]] std::string_view word(Why why);
[[nodiscard]] std::string_view word(Level level);

}  // namespace lhcr::diff
