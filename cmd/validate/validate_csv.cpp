// SPDX-License-Identifier: Apache-2.0
// `lhcr validate` for tables: which files, by which layouts, in which report.
#include <algorithm>
#include <filesystem>
#include <set>

#include "base/check_digit.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "cmd/convert/convert_map.hpp"
#include "cmd/convert/convert_view.hpp"
#include "cmd/run/built_in.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/table_inputs.hpp"
#include "cmd/validate/reports.hpp"
#include "cmd/validate/validate.hpp"
#include "definition/constraint_keys.hpp"
#include "finding/id.hpp"
#include "format/csv/csv_name.hpp"
#include "map/csv/csv.hpp"
#include "table/table.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;
using validate::TableColumn;
using validate::TableLayout;
using validate::TableSet;

/// A folder or an archive stands for the tables in it.
std::vector<std::string> table_paths(const ValidateOptions& options) {
  std::vector<std::string> paths = expand_tables(options.input.paths);
  if (paths.empty()) paths.emplace_back("-");
  return paths;
}

/// Whether a folder has tables and, but for their metadata, no records.
bool is_folder_of_tables(const std::string& path) {
  const auto is_record = [](const fs::directory_entry& entry) {
    const std::string extension = entry.path().extension().string();
    const bool metadata = entry.path().filename().string().ends_with("-metadata.json");
    return !metadata && (extension == ".json" || extension == ".xml" || extension == ".ndjson");
  };
  const fs::directory_iterator all(path);
  return !tables_in(path).empty() && std::none_of(fs::begin(all), fs::end(all), is_record);
}

bool stands_for_tables(const std::string& path) {
  std::error_code none;
  if (fs::is_directory(path, none)) return is_folder_of_tables(path);
  if (!may_hold_tables(path)) return format::names_table(path);
  return !tables_in(path).empty() && !has_records(path);
}

TableSet set_of_views(const std::vector<std::string>& words) {
  definition::Library library;
  TableSet set;
  for (const view::Source& source : find_views(words)) {
    const view::View view(source, library);
    TableLayout layout;
    layout.file = view.name() + ".csv";
    for (const view::Column& column : view.columns()) {
      TableColumn made;
      made.name = column.name;
      if (!column.list) made.type = validate::fhir_table_type(column.type);
      layout.columns.push_back(std::move(made));
    }
    set.tables.push_back(std::move(layout));
  }
  return set;
}

void require_nhs_number(validate::TableType& type) {
  type.expects = "an NHS number: ten digits, the last of which is their check digit (Modulus 11)";
  type.fits = [](std::string_view cell) { return has_modulus11_check_digit(cell); };
}

/// `nhs`: by the data rules of the NHS, too.
TableSet set_of_maps(const std::vector<std::string>& paths, bool nhs) {
  definition::Library library;
  const map::CsvMaps maps(library, read_overlays(paths));
  TableSet set;
  for (const std::string& file : maps.files()) {
    TableLayout layout;
    layout.file = file;
    layout.primary_key = map::csv_key(maps.blocks(file));
    for (map::CsvColumn& column : map::csv_columns(maps.blocks(file))) {
      TableColumn made;
      made.name = column.name;
      made.required = column.key;
      made.optional = !column.key;
      made.type.codes = {column.codes.begin(), column.codes.end()};
      made.type.expects = column.expects();
      if (column.codec != nullptr) {
        made.type.fits = [column](std::string_view cell) { return column.fits(cell); };
      }
      if (nhs && column.nhs_number) require_nhs_number(made.type);
      layout.columns.push_back(std::move(made));
    }
    set.tables.push_back(std::move(layout));
  }
  return set;
}

/// CSVW metadata, but for a name of a built-in layout.
TableSet set_of_layout(const std::string& name) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : validate::built_in_layouts()) {
    names.emplace_back(file.stem());
    if (file.stem() == name) return validate::read_csvw(file.text, name);
  }
  require_file("--layout", name, names);
  return validate::read_csvw(read_file(name), name);
}

/// Finds the layout of each file; keeps what it has read.
class Layouts {
 public:
  explicit Layouts(const ValidateOptions& options) {
    const std::size_t ways = (options.layout.empty() ? 0U : 1U) +
                             (options.views.empty() ? 0U : 1U) + (options.maps.empty() ? 0U : 1U);
    if (ways > 1) {
      throw Error(ErrorKind::usage, "give one of --layout, --view and --map for tables");
    }
    chosen_ = ways == 1;
    if (!options.layout.empty()) {
      add(set_of_layout(options.layout));
    } else if (!options.views.empty()) {
      add(set_of_views(options.views));
    } else if (!options.maps.empty()) {
      add(set_of_maps(options.maps, options.checks.rules == validate::RuleSet::nhs));
    }
  }

  /// nullptr: no layout knows the file. A set with one table is for any file when it was asked for.
  const TableLayout* find(const std::string& given) {
    const std::string path = format::table_name(given);
    if (chosen_) {
      const TableSet& set = *sets_.front();
      const TableLayout* layout = set.find(path);
      return layout == nullptr && set.tables.size() == 1 ? &set.tables.front() : layout;
    }
    if (const TableLayout* layout = beside(path)) return layout;
    for (const EmbeddedFile& file : validate::built_in_layouts()) {
      if (const TableLayout* layout = from(std::string(file.stem())).find(path)) return layout;
    }
    return nullptr;
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> out;
    for (const auto& set : sets_) {
      for (const std::string& note : set->notes) out.push_back(set->name + ": " + note);
    }
    return out;
  }

 private:
  const TableSet& add(TableSet set) {
    sets_.push_back(std::make_unique<TableSet>(std::move(set)));
    return *sets_.back();
  }
  const TableSet& from(const std::string& name) {
    for (const auto& set : sets_) {
      if (set->name == name) return *set;
    }
    return add(set_of_layout(name));
  }
  /// Where CSVW looks for metadata.
  const TableLayout* beside(const std::string& path) {
    const std::string own = path + "-metadata.json";
    const std::string common = (fs::path(path).parent_path() / "csv-metadata.json").string();
    for (const std::string& name : {own, common}) {
      std::error_code none;
      if (path == "-" || !fs::is_regular_file(name, none)) continue;
      const TableSet& set = from(name);
      const TableLayout* layout = set.find(path);
      if (layout == nullptr && name == own && set.tables.size() == 1) return &set.tables.front();
      if (layout != nullptr) return layout;
    }
    return nullptr;
  }

  bool chosen_ = false;
  std::vector<std::unique_ptr<TableSet>> sets_;
};

/// Checks the files one after the other and reports.
class TableRun {
 public:
  TableRun(Reports& reports, const finding::Acceptance& acceptance)
      : reports_(reports),
        findings_(most_findings, reports.least()),
        accepting_(acceptance, findings_) {}

  void file(const std::string& path, const TableLayout* layout,
            const std::function<void(finding::Sink&)>& check) {
    findings_.clear();
    accepting_.begin_record(path, "0");
    try {
      layout == nullptr ? accepting_.add(finding::made(finding::id<"csv-no-layout">))
                        : check(accepting_);
    } catch (const Error& error) {
      const std::string why = error.what();
      accepting_.add(
          finding::made(finding::id<"input-unreadable">,
                        {why.starts_with(path + ": ") ? why.substr(path.size() + 2) : why}));
    }
    report(path);
  }
  [[nodiscard]] const finding::Tally& total() const noexcept { return total_; }

 private:
  void report(const std::string& path) {
    finding::Tally tally;
    tally.files = 1;
    tally.add_record(findings_);
    tally.accepted += accepting_.accepted();
    reports_.begin_input(path);
    Done done;
    if (findings_.dropped() > 0) {
      finding::Finding rest =
          finding::made(finding::id<"findings-not-listed">, {std::to_string(findings_.dropped())});
      findings_.findings().push_back(std::move(rest));
    }
    for (const finding::Finding& found : findings_.findings()) {
      reports_.render(found, {path, 0, {}, 0}, done);
    }
    reports_.render_outcome({worst(tally), 0}, {path, 0, {}, 0}, done);
    reports_.take(done);
    reports_.end_input(tally);
    total_ += tally;
  }
  static finding::Severity worst(const finding::Tally& tally) {
    if (tally.fatals > 0) return finding::Severity::fatal;
    if (tally.errors > 0) return finding::Severity::error;
    return tally.warnings > 0 ? finding::Severity::warning : finding::Severity::information;
  }

  Reports& reports_;
  finding::Collector findings_;
  finding::AcceptingSink accepting_;
  finding::Tally total_;
};

}  // namespace

bool wants_tables(const ValidateOptions& options) {
  if (!options.layout.empty() || !options.views.empty() || !options.maps.empty()) return true;
  const auto tables = static_cast<std::size_t>(
      std::count_if(options.input.paths.begin(), options.input.paths.end(), stands_for_tables));
  if (tables == 0) return false;
  if (tables == options.input.paths.size()) return true;
  throw Error(ErrorKind::usage, "tables and records cannot be checked in one run");
}

void declare_layouts(OptionList& list, ValidateOptions& options) {
  list.opt("--layout", options.layout, {"NAME|FILE", {Completion::words_or_file, "layouts"}},
           "Check tables (CSV) against a layout: synthea, or a file of CSV on the Web metadata");
  list.opt("--view", options.views, {"NAME|FILE", {Completion::words_or_file, "views"}},
           "Check tables against the columns of a view; may be repeated");
  list.opt("--map", options.maps, {"FILE", Completion::file},
           "Check tables against the columns that the CSV blocks of a map read; may be repeated");
}

ExitCode validate_tables(const ValidateOptions& options, const Io& io) {
  const std::vector<std::string> paths = table_paths(options);
  Layouts layouts(options);
  std::vector<validate::TableFile> known;
  std::vector<std::size_t> indexes;
  for (const std::string& path : paths) {
    const TableLayout* const layout = layouts.find(path);
    indexes.push_back(layout != nullptr ? known.size() : paths.size());
    if (layout != nullptr) known.push_back({path, layout});
  }
  const RunAcceptance acceptance(options.acceptance,
                                 [] { return definition::constraint_keys(definition::Library()); });
  Reports reports(options, io, {}, nullptr);
  TableRun run(reports, acceptance.acceptance());
  reports.begin(paths.size());
  validate::TableCheck checks(known);
  for (std::size_t at = 0; at < paths.size(); ++at) {
    const bool has_layout = indexes[at] < paths.size();
    run.file(paths[at], has_layout ? known[indexes[at]].layout : nullptr,
             [&](finding::Sink& sink) { checks.check(indexes[at], sink); });
  }
  reports.end();
  reports.finish();
  const finding::Tally& tally = run.total();
  acceptance.finish();
  if (!options.verbosity.quiet) {
    for (const std::string& note : layouts.notes()) io.say("lhcr: " + note + "\n");
    io.say(summary(reports.is_brief(), tally));
  }
  return verdict(options, tally);
}

}  // namespace lhcr::cmd
