// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert_csv.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/platform.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/table_inputs.hpp"
#include "format/csv/csv.hpp"
#include "format/csv/csv_name.hpp"
#include "map/csv/csv.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t shown_faults = 100;
constexpr std::size_t block_bytes = std::size_t{1} << 20U;

/// Takes the resources, one line of JSON each.
class ResourceSink {
 public:
  ResourceSink() = default;
  ResourceSink(const ResourceSink&) = delete;
  ResourceSink& operator=(const ResourceSink&) = delete;
  virtual ~ResourceSink() = default;
  /// `lines` is emptied; all belong to `patient`, which may be empty.
  virtual void take(std::string& lines, std::string_view patient) = 0;
  /// Whether take() wants to know the patient of each resource.
  [[nodiscard]] virtual bool by_patient() const = 0;
};

using Write = std::function<void(std::string_view)>;

class LinesSink : public ResourceSink {
 public:
  explicit LinesSink(Write write) : write_(std::move(write)) {}
  void take(std::string& lines, std::string_view /*patient*/) override {
    write_(lines);
    lines.clear();
  }
  [[nodiscard]] bool by_patient() const override { return false; }

 private:
  Write write_;
};

/// Collects a Bundle for each patient, with what is nobody's own (organisations, people) where it
/// is referred to.
class BundleSink : public ResourceSink {
 public:
  /// `transaction`: each entry asks for its resource to be put.
  explicit BundleSink(bool transaction) : transaction_(transaction) {}

  void take(std::string& lines, std::string_view patient) override {
    lines.pop_back();
    if (patient.empty()) {
      const std::string name = reference_of(lines);
      if (shared_.emplace(name, lines).second) shared_order_.push_back(name);
    } else {
      const auto [found, added] = patients_.try_emplace(std::string(patient));
      if (added) order_.push_back(found->first);
      found->second.append(found->second.empty() ? "" : ",").append(entry(lines));
    }
    lines.clear();
  }
  [[nodiscard]] bool by_patient() const override { return true; }

  /// A Bundle a line.
  [[nodiscard]] std::string bundles() {
    std::string out;
    for (const std::string& patient : order_) {
      std::string& entries = patients_[patient];
      for (const std::string& reference : references(entries)) {
        const auto found = shared_.find(reference);
        if (found == shared_.end()) continue;
        entries.append(",").append(entry(found->second));
        used_.insert(reference);
      }
      out += bundle(entries);
      entries.clear();
    }
    return out + bundle_of_others();
  }

 private:
  [[nodiscard]] std::string bundle(const std::string& entries) const {
    const std::string type = transaction_ ? "transaction" : "collection";
    return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}\n";
  }

  /// What no patient's record refers to.
  [[nodiscard]] std::string bundle_of_others() const {
    std::string entries;
    for (const std::string& name : shared_order_) {
      if (used_.contains(name)) continue;
      entries.append(entries.empty() ? "" : ",").append(entry(shared_.at(name)));
    }
    return entries.empty() ? entries : bundle(entries);
  }

  /// Under a host that is nowhere (RFC 2606), so that "Patient/1" leads to the entry of that type
  /// and id (R4, 3.1.4.1).
  [[nodiscard]] std::string entry(const std::string& resource) const {
    const std::string name = reference_of(resource);
    std::string request;
    if (transaction_) request = R"(,"request":{"method":"PUT","url":")" + name + "\"}";
    return R"({"fullUrl":"https://tables.invalid/)" + name + R"(","resource":)" + resource +
           request + "}";
  }

  /// "Organization/1" of {"resourceType":"Organization","id":"1",...}, as the converter writes it.
  static std::string reference_of(std::string_view line) {
    const auto text_after = [&](std::string_view key) {
      const std::size_t start = line.find(key) + key.size();
      return std::string(line.substr(start, line.find('"', start) - start));
    };
    return text_after("\"resourceType\":\"") + "/" + text_after("\"id\":\"");
  }

  static std::vector<std::string> references(std::string_view entries) {
    constexpr std::string_view key = "\"reference\":\"";
    std::vector<std::string> found;
    for (std::size_t at = entries.find(key); at != std::string_view::npos;
         at = entries.find(key, at + 1)) {
      const std::size_t start = at + key.size();
      found.emplace_back(entries.substr(start, entries.find('"', start) - start));
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  std::unordered_map<std::string, std::string> patients_;
  std::vector<std::string> order_;
  std::unordered_map<std::string, std::string> shared_;
  std::vector<std::string> shared_order_;
  std::set<std::string> used_;
  bool transaction_;
};

class CsvRun {
 public:
  CsvRun(const ConvertOptions& options, const Io& io, ResourceSink& sink)
      : options_(options), io_(io), sink_(sink), maps_(library_, read_overlays(options.map.maps)) {}

  void all(const std::vector<std::string>& files) {
    bool known = false;
    for (const std::string& file : files) known = convert(file) || known;
    if (!known) {
      throw Error(ErrorKind::input, name_of(files.front()) +
                                        ": no map has a block for a file of this name; write one "
                                        "(lhcr map draft FILE.csv) and name it with --map");
    }
    if (failed_ > shown_faults) {
      io_.say("lhcr: " + std::to_string(failed_) + " rows failed in all\n");
    }
  }

  /// What is not carried, a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }
  /// Makes all() look at the cells that are not carried.
  void weigh_unread() noexcept { weighs_ = true; }
  [[nodiscard]] const UnreadColumns& unread() const noexcept { return unread_; }
  /// Rows that failed.
  [[nodiscard]] std::size_t faulty_rows() const noexcept { return failed_; }
  [[nodiscard]] bool failed() const {
    return failed_ > 0 || (skipped_ && !options_.map.fail_on_loss.empty());
  }

 private:
  [[nodiscard]] const std::string& name_of(const std::string& path) const {
    return path == "-" ? options_.map.table : path;
  }

  /// False: there is no block for the file.
  bool convert(const std::string& path) {
    const std::string file = name_of(path);
    const auto blocks = maps_.blocks(format::table_name(file));
    if (blocks.empty()) {
      skipped_ = true;
      notes_.push_back(file + ": no map has a block for it; its rows are not carried");
      if (!options_.verbosity.quiet) io_.say("lhcr: warning: " + notes_.back() + "\n");
      return false;
    }
    const char delimiter = options_.view.delimiter == "," ? '\0' : options_.view.delimiter.front();
    format::CsvReader reader(path, delimiter);
    std::vector<std::string_view> row;
    if (!reader.next(row)) return true;
    const std::vector<std::string> header(row.begin(), row.end());
    std::vector<map::CsvConverter> converters;
    converters.reserve(blocks.size());
    for (const map::CsvBlock* block : blocks) converters.emplace_back(*block, header);
    refuse_double(file, header);
    std::vector<std::string> unread = tell_unread(file, converters);
    std::sort(unread.begin(), unread.end());
    while (reader.next(row)) {
      if (row.size() != header.size()) {
        refuse(file, reader.line(), "",
               "the row has " + std::to_string(row.size()) + " fields, the header " +
                   std::to_string(header.size()));
        continue;
      }
      if (weighs_) weigh(unread, header, row);
      for (map::CsvConverter& converter : converters) each(file, reader, row, converter);
    }
    if (!lines_.empty()) sink_.take(lines_, "");
    return true;
  }

  void each(const std::string& file, const format::CsvReader& reader,
            const std::vector<std::string_view>& row, map::CsvConverter& converter) {
    const bool made = converter.convert(row, lines_, faults_);
    if (made && sink_.by_patient()) sink_.take(lines_, converter.patient());
    if (lines_.size() > block_bytes) sink_.take(lines_, "");
    if (faults_.empty()) return;
    for (const map::CsvFault& fault : faults_) {
      if (failed_ < shown_faults) say(file, reader.line(), fault.column, fault.text);
    }
    ++failed_;
    faults_.clear();
  }

  void refuse(const std::string& file, std::uint64_t line, const std::string& column,
              const std::string& what) {
    if (failed_ < shown_faults) say(file, line, column, what);
    ++failed_;
  }

  void say(const std::string& file, std::uint64_t line, const std::string& column,
           const std::string& what) const {
    io_.say(file + ":" + std::to_string(line) +
            ": error: " + (column.empty() ? "" : "column " + column + ": ") + what + "\n");
  }

  /// A column that no block reads is not carried.
  std::vector<std::string> tell_unread(const std::string& file,
                                       const std::vector<map::CsvConverter>& converters) {
    std::string names;
    std::vector<std::string> found;
    for (const std::string& column : converters.front().unread()) {
      const bool nowhere =
          std::all_of(converters.begin(), converters.end(), [&](const map::CsvConverter& other) {
            return std::find(other.unread().begin(), other.unread().end(), column) !=
                   other.unread().end();
          });
      if (!nowhere) continue;
      names += (names.empty() ? "" : ", ") + column;
      found.push_back(column);
    }
    if (names.empty()) return found;
    skipped_ = true;
    notes_.push_back(file + ": columns not carried: " + names);
    const bool asked = !options_.map.loss.empty();
    if (asked || !options_.verbosity.quiet) {
      io_.say((asked ? "" : "lhcr: warning: ") + notes_.back() + "\n");
    }
    return found;
  }

  /// Of two columns of one name only one could be carried.
  static void refuse_double(const std::string& file, std::vector<std::string> header) {
    std::sort(header.begin(), header.end());
    const auto twice = std::adjacent_find(header.begin(), header.end());
    if (twice == header.end() || twice->empty()) return;
    throw Error(ErrorKind::input,
                file + ":1: there are two columns " + *twice + "; give each its own name");
  }

  void weigh(const std::vector<std::string>& unread, const std::vector<std::string>& header,
             const std::vector<std::string_view>& row) {
    for (std::size_t at = 0; at < header.size(); ++at) {
      const bool counts =
          !row[at].empty() && std::binary_search(unread.begin(), unread.end(), header[at]);
      if (!counts) continue;
      UnreadColumn& column = unread_[header[at]];
      ++column.cells;
      column.hash +=
          std::hash<std::string>{}(std::string(row.front()).append(1, '\n').append(row[at]));
    }
  }

  const ConvertOptions& options_;
  const Io& io_;
  ResourceSink& sink_;
  definition::Library library_;
  map::CsvMaps maps_;
  std::string lines_;
  std::vector<map::CsvFault> faults_;
  std::vector<std::string> notes_;
  UnreadColumns unread_;
  bool weighs_ = false;
  std::size_t failed_ = 0;
  bool skipped_ = false;
};

/// Whether `path` is standard input, or nothing is named, which stands for it.
bool reads_standard_input(const ConvertOptions& options) {
  const std::vector<std::string>& paths = options.input.paths;
  return paths.empty() || std::find(paths.begin(), paths.end(), "-") != paths.end();
}

/// A table on standard input needs a name, which says what map it is for.
ConvertOptions with_table(ConvertOptions options) {
  if (!options.input.files_from.empty()) {
    throw Error(ErrorKind::usage, "--files-from lists records; name tables on the command line");
  }
  std::string& table = options.map.table;
  if (!reads_standard_input(options)) {
    if (!table.empty()) throw Error(ErrorKind::usage, "--table names what standard input holds");
    return options;
  }
  if (table.empty() && !options.map.maps.empty()) {
    definition::Library library;
    table = map::CsvMaps(library, read_overlays(options.map.maps)).only_given_file();
  }
  if (table.empty()) {
    throw Error(ErrorKind::usage,
                "a table on standard input needs a name: --table patients.csv, or name its file");
  }
  if (!format::names_table(table)) table += ".csv";
  if (options.input.paths.empty()) options.input.paths = {"-"};
  return options;
}

}  // namespace

MemoryFile::MemoryFile() : file_(memory_file("lhcr")) {}

void MemoryFile::write(std::string_view bytes) {
  if (!write_all(file_.get(), bytes)) {
    throw Error(ErrorKind::input, "no memory for the records in between");
  }
}

std::string MemoryFile::path() const {
  return path_of(file_);
}

CsvOutcome write_csv(const std::vector<std::string>& paths, const std::vector<std::string>& maps,
                     MemoryFile& to, const Io& io) {
  ConvertOptions options;
  options.map.maps = maps;
  options.verbosity.quiet = true;  // what is not carried is among the notes
  LinesSink sink([&](std::string_view text) { to.write(text); });
  CsvRun run(options, io, sink);
  run.all(expand_tables(paths));
  return {run.faulty_rows(), run.notes()};
}

bool is_csv(const std::string& path) {
  if (!may_hold_tables(path)) return format::names_table(path);
  if (tables_in(path).empty()) return false;
  if (has_records(path)) {
    throw Error(ErrorKind::input,
                path + ": it contains both tables and records; name the files to process");
  }
  return true;
}

bool is_csv(const ConvertOptions& options) {
  if (options.map.from == MapOptions::From::csv) return true;
  return std::any_of(options.input.paths.begin(), options.input.paths.end(),
                     [](const std::string& path) { return is_csv(path); });
}

CsvRecords read_csv(const std::string& path, const std::vector<std::string>& maps, const Io& io) {
  ConvertOptions options;
  options.map.maps = maps;
  options.verbosity.quiet = true;  // what is not carried is among the notes
  CsvRecords made;
  LinesSink sink([&](std::string_view text) { made.lines += text; });
  CsvRun run(options, io, sink);
  run.weigh_unread();
  run.all(expand_tables({path}));
  made.resources = static_cast<std::size_t>(std::count(made.lines.begin(), made.lines.end(), '\n'));
  made.failed = run.faulty_rows();
  made.notes = run.notes();
  made.unread = run.unread();
  return made;
}

ExitCode run_csv(const ConvertOptions& given, const Io& io) {
  const ConvertOptions options = with_table(given);
  const std::vector<std::string> files = expand_tables(options.input.paths);
  const bool rows = options.target == Target::csv || options.target == Target::parquet ||
                    !options.view.views.empty();
  const bool lines = rows || options.target == Target::ndjson;
  if (lines && !rows && options.privacy.policy.empty()) {
    Timings timings(io, options.verbosity.verbose);
    Output output(options.output.path);
    LinesSink sink([&](std::string_view text) { output.write(text); });
    CsvRun run(options, io, sink);
    run.all(files);
    output.finish();
    timings.phase("rows");
    timings.finish();
    return run.failed() ? ExitCode::no : ExitCode::yes;
  }
  MemoryFile file;
  bool failed = false;
  if (lines) {
    LinesSink sink([&](std::string_view text) { file.write(text); });
    CsvRun run(options, io, sink);
    run.all(files);
    failed = run.failed();
  } else {
    BundleSink sink(options.map.bundle == map::BundleType::transaction);
    CsvRun run(options, io, sink);
    run.all(files);
    file.write(sink.bundles());
    failed = run.failed();
  }
  ConvertOptions next = options;
  next.map.from = MapOptions::From::detected;
  next.map.maps.clear();
  const std::string& first = files.front() == "-" ? options.map.table : files.front();
  const std::vector<Input> inputs = {
      {file.path(),
       files.size() > 1 ? "patient" : fs::path(format::table_name(first)).stem().string(),
       (first == options.map.table ? first : options.input.paths.front()) + " (as FHIR)"}};
  const ExitCode code = rows ? run_views(next, inputs, io) : run_records(next, inputs, io);
  return code == ExitCode::yes && failed ? ExitCode::no : code;
}

}  // namespace lhcr::cmd
