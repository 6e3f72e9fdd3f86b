// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert_view.hpp"

#include <array>
#include <initializer_list>
#include <set>
#include <span>

#include "base/error.hpp"
#include "base/number_in.hpp"
#include "cmd/convert/convert.hpp"
#include "cmd/convert/support.hpp"
#include "cmd/convert/table_manifest.hpp"
#include "cmd/convert/table_set.hpp"
#include "cmd/convert/view_versions.hpp"
#include "cmd/convert/view_worker.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/process.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/version.hpp"
#include "cmd/terminology/terminology.hpp"
#include "definition/version/releases.hpp"
#include "view/vocabulary.hpp"

namespace lhcr::cmd {
namespace {

class TablesConsumer : public Consumer {
 public:
  TablesConsumer(TableSet& tables, const Io& io) : tables_(tables), io_(io) {}
  void begin_input(const Input&) override {}
  void take(const Done& done) override {
    if (!done.messages.empty()) io_.say(done.messages);
    tally_ += done.tally;
    failed_input_ = failed_input_ || done.failed_input;
    for (std::size_t i = 0; i < done.tables.size(); ++i)
      tables_.write(i, done.tables[i], done.rows[i]);
  }
  void end_input() override {}
  void idle() override { tables_.flush(); }
  void finish(bool quiet) {
    if (nothing_read(tally_)) {
      tables_.flush();
      return;
    }
    tables_.finish();
    finished_ = true;
    for (const std::string& note : tables_.warnings()) io_.say("lhcr: warning: " + note + "\n");
    if (quiet) return;
    for (const std::string& note : tables_.notes()) io_.say("lhcr: " + note + "\n");
  }
  /// Whether there are tables.
  [[nodiscard]] bool finished() const noexcept { return finished_; }
  [[nodiscard]] const finding::Tally& tally() const noexcept { return tally_; }
  [[nodiscard]] bool failed_input() const noexcept { return failed_input_; }

 private:
  TableSet& tables_;
  const Io& io_;
  finding::Tally tally_;
  bool failed_input_ = false;
  bool finished_ = false;
};

/// A number of rows, or of megabytes: "100000", "128MB".
view::ParquetLimits row_groups(const std::string& text) {
  view::ParquetLimits limits;
  if (text.empty()) return limits;
  constexpr std::string_view unit = "MB";
  const bool size = text.ends_with(unit);
  const std::string number = text.substr(0, text.size() - (size ? unit.size() : 0));
  std::size_t& target = size ? limits.group_bytes : limits.group_rows;
  constexpr std::size_t most = 1'000'000'000;
  target = number_in<std::size_t>(number).value_or(0);
  if (target == 0 || target > (size ? most >> 20U : most)) {
    throw Error(ErrorKind::usage, "--row-group: '" + text +
                                      "' is neither a number of rows nor of megabytes: 100000, "
                                      "128MB");
  }
  if (size) target <<= 20U;
  return limits;
}

TableFormat table_format(const ConvertOptions& options) {
  TableFormat format;
  format.partition = options.view.partition_by;
  format.hashed = !options.view.manifest.empty();
  if (options.target != Target::parquet && !options.view.row_group.empty()) {
    throw Error(ErrorKind::usage, "--row-group belongs to --to parquet");
  }
  format.limits = row_groups(options.view.row_group);
  if (options.target == Target::parquet) {
    format.kind = TableFormat::Kind::parquet;
    format.open_parquet = find_parquet();
    return format;
  }
  format.kind = options.target == Target::csv ? TableFormat::Kind::csv : TableFormat::Kind::ndjson;
  if (format.kind == TableFormat::Kind::ndjson && options.target != Target::ndjson) {
    throw Error(ErrorKind::usage, "--view makes tables: use it with --to csv, ndjson or parquet");
  }
  const std::string& delimiter = options.view.delimiter;
  if (delimiter != "tab" && (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n")) {
    throw Error(ErrorKind::usage, "--delimiter: '" + delimiter + "' is not one character, or tab");
  }
  format.csv.delimiter = delimiter == "tab" ? '\t' : delimiter.front();
  format.csv.header = options.view.header;
  format.csv.bom = options.view.bom;
  return format;
}

/// The maps that bring records to the version of the views; nullptr when none has to be brought.
std::unique_ptr<Maps> make_maps(const ConvertOptions& options, const std::vector<Input>& inputs,
                                definition::Library& library,
                                const definition::Definitions& version) {
  std::optional<map::Needs> needs = map::Needs{};
  if (options.map.from == MapOptions::From::detected && options.map.maps.empty()) {
    needs = needed_for_views(inputs, library, version, !options.version.fhir.empty());
  }
  if (!needs) return nullptr;
  return std::make_unique<Maps>(library, options.map, std::string(version.fhir_version()), *needs);
}

using Names = std::span<const std::string_view>;

/// `more`: names that are read beside those of the views.
std::unique_ptr<format::NameSet> find_needed(const std::vector<view::View>& views,
                                             definition::Library& library, bool asked,
                                             std::initializer_list<Names> more) {
  const auto names = view::needed_names(views, library.symbols());
  if (!names) return nullptr;
  std::set<Symbol> all(names->begin(), names->end());
  for (const Names& names_of_one : more) {
    for (const std::string_view name : names_of_one) all.insert(library.symbols().intern(name));
  }
  if (!asked) all.merge(names_of_other_versions(views, library, views.front().definitions()));
  auto needed = std::make_unique<format::NameSet>();
  for (const Symbol symbol : all) needed->add(library.symbols().name(symbol), symbol);
  return needed;
}

/// Options that ask for what the run cannot give.
void refuse_what_misses(const ConvertOptions& options) {
  if (!options.view.manifest.empty() && options.output.path.empty()) {
    throw Error(ErrorKind::usage, "--manifest lists files: name them with -o");
  }
  if (options.view.with_source && !options.privacy.policy.empty()) {
    throw Error(ErrorKind::usage,
                "--with-source would write the names of files, which may reveal whose records they "
                "hold; --privacy is meant to hide that");
  }
}

}  // namespace

void declare_view(OptionList& list, ViewOptions& options) {
  list.group("Tables");
  list.opt("--view", options.views, {"NAME", {Completion::words_or_file, "views"}},
           "Write the table of a view: a ViewDefinition file, a folder of them, or a built-in view "
           "or set (lhcr views list); may be repeated");
  list.opt("--delimiter", options.delimiter, {"CHARACTER", Completion::nothing},
           "csv: separate fields by this character, or by tab, instead of a comma");
  list.opt("--no-header", options.header, "csv: leave out the line of column names");
  list.opt(
      "--vocabulary", options.vocabulary, {"DIR", Completion::directory},
      "omop: look up concept ids in the CONCEPT.csv and CONCEPT_RELATIONSHIP.csv of this folder, "
      "as Athena supplies them; by default in the image that 'lhcr terminology add' made of them");
  list.opt("--partition-by", options.partition_by, {"COLUMN", Completion::nothing},
           "Write a folder for each value of this column, NAME/COLUMN=VALUE/, as Hive does; the "
           "column is then in the names of the folders and not in the files; may be repeated, for "
           "nested folders");
  list.opt(
      "--row-group", options.row_group, {"ROWS|SIZE", Completion::nothing},
      "parquet: end a row group after this many rows or megabytes (such as 128MB) instead of 64MB");
  list.opt("--with-source", options.with_source,
           "Add the columns source_file, version_id and last_updated to every table");
  list.opt("--since", options.recency.since, {"INSTANT", Completion::nothing},
           "Take only resources whose meta.lastUpdated is at or after this instant, such as "
           "2024-01-31T00:00:00Z; resources without one are taken too, and counted");
  list.opt("--newest", options.recency.newest,
           "Take only the latest version of each resource in the input, and nothing of a resource "
           "whose latest version is its deletion");
  list.opt("--manifest", options.manifest, {"FILE", Completion::file},
           "List the files that were made in FILE, as JSON: rows, bytes, SHA-256 and columns");
  list.opt("--bom", options.bom, "csv: begin with a byte order mark, which spreadsheets look for");
}

/// The OMOP vocabularies that the user has added; none unless `wanted`.
terminology::Library open_omop(bool wanted) {
  const auto stored = terminology::stored_images(terminology_folder());
  const bool here = wanted && std::any_of(stored.begin(), stored.end(),
                                          [](const auto& image) { return image.name == "omop"; });
  return here ? terminology::Library(terminology_folder(), {"omop"}) : terminology::Library();
}

ExitCode run_views(const ConvertOptions& options, const std::vector<Input>& inputs, const Io& io) {
  if (options.view.views.empty()) {
    throw Error(ErrorKind::usage,
                "--to csv and parquet make the table of a view: add --view NAME "
                "(lhcr views list) or --view FILE");
  }
  const TableFormat format = table_format(options);
  refuse_what_misses(options);
  Timings timings(io, options.verbosity.verbose);
  definition::Library library;
  static_cast<void>(chosen_version(library, options.version.fhir));
  const std::vector<view::View> views =
      compile_views(options.view.views, library, {options.version.fhir, options.view.with_source},
                    [&](const std::string& text) {
                      if (!options.verbosity.quiet) io.say("lhcr: warning: " + text + "\n");
                    });
  const definition::Definitions& version = views.front().definitions();
  const std::vector<view::Source> sources = find_views(options.view.views);
  if (options.version.fhir.empty() && definition::rarity(version.fhir_version()) > 0 &&
      !options.verbosity.quiet) {
    io.say("lhcr: note: the view is for FHIR " + std::string(version.fhir_version()) +
           ": records that fit that version are read as such, even if they also fit another\n");
  }
  const std::unique_ptr<Maps> maps = make_maps(options, inputs, library, version);
  Privacy privacy(library, options.privacy);
  const bool asked = !options.version.fhir.empty();
  Recency recency(options.view.recency, inputs);
  Support support(inputs, library, version, sources, recency);
  // Rules look at more than views do.
  const bool whole = privacy.active() || (maps && maps->source_version() != nullptr);
  const std::unique_ptr<format::NameSet> needed =
      whole ? nullptr : find_needed(views, library, asked, {recency.names(), support.names()});
  const auto vocabulary = options.view.vocabulary.empty()
                              ? nullptr
                              : std::make_unique<view::Vocabulary>(options.view.vocabulary);
  const terminology::Library releases = open_omop(options.view.vocabulary.empty());
  LeftOut left_out(views);
  TableSet tables(format, views, options.output.path);
  const ViewRun shared{options, library, version, views, tables, needed.get(), maps.get(), privacy,
                       vocabulary.get(), releases,
                       use_colour(options.verbosity.colour, io.err_terminal, io), asked,
                       find_carriers(version), left_out, recency,
                       // What is brought from elsewhere has not gone through the rules.
                       privacy.active() ? nullptr : &support};
  TablesConsumer consumer(tables, io);
  Work work(options.jobs, options.verbosity, io);
  work.lines = true;
  timings.phase("start");
  recency.look(library, work);
  process(
      inputs, work, [&] { return make_view_worker(shared); }, consumer);
  consumer.finish(options.verbosity.quiet);
  if (consumer.finished() && !options.view.manifest.empty()) {
    write_manifest({options, version, tables, consumer.tally()});
  }
  if (!options.verbosity.quiet) io.say(left_out.text() + recency.text());
  timings.phase("records");
  timings.finish();
  privacy.finish();
  const ExitCode code = exit_code(consumer.tally(), consumer.failed_input());
  const bool lost = (maps && maps->failed()) || (consumer.finished() && tables.lost() > 0);
  return code == ExitCode::yes && lost ? ExitCode::no : code;
}

void require_view(const ViewOptions& options) {
  const std::array<std::pair<const char*, bool>, 6> given = {{
      {"--partition-by", !options.partition_by.empty()},
      {"--row-group", !options.row_group.empty()},
      {"--with-source", options.with_source},
      {"--since", !options.recency.since.empty()},
      {"--newest", options.recency.newest},
      {"--manifest", !options.manifest.empty()},
  }};
  for (const auto& [name, is_given] : given) {
    if (is_given) {
      throw Error(ErrorKind::usage, std::string(name) + " belongs to tables: add --view NAME");
    }
  }
}

}  // namespace lhcr::cmd
