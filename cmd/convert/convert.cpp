// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert.hpp"

#include <filesystem>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "cmd/convert/convert_csv.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/messages.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/process.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/version.hpp"
#include "cmd/watch/watch.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "format/cda/cda.hpp"
#include "record/record_reader.hpp"
#include "record/version.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

class ConvertWorker : public Worker {
 public:
  /// `direct`: where the only document of a run may go part by part, or nullptr.
  ConvertWorker(const definition::Library& library, Maps& maps, Privacy& privacy,
                const Codes& codes, const ConvertOptions& options, bool colour,
                format::Drain* direct)
      : codes_(codes),
        options_(options),
        direct_(direct),
        maps_(maps),
        privacy_(privacy),
        reader_(library, reading(maps)),
        trees_(library.symbols()),
        messages_(colour) {}

  void work(const Input& input, const format::Record& record, Done& done) override {
    trees_.name = input.shown();
    trees_.line = record.line;
    whole_ = record.whole;
    if (reader_.read(record, messages_.sink())) {
      done.version = {reader_.sure_version(), record.index, record.line};
      if (reader_.is_cda()) {
        change(Maps::Content::cda, done);
      } else if (is_resource()) {
        report_unknown();
        change(Maps::Content::fhir, done);
      }
    }
    const bool quiet = options_.verbosity.quiet;
    if (quiet && options_.map.loss.empty()) done.messages.clear();
    messages_.hand_over(input.shown(), record,
                        quiet ? finding::Severity::error : finding::Severity::warning, done);
  }

  void unreadable(const Input&, const std::string& why, Done& done) override {
    Messages::unreadable(why, done);
  }

 private:
  static record::Reading reading(const Maps& maps) {
    record::Reading made = maps.reading();
    made.give_back = true;
    made.weigh_versions = maps.changes_versions();
    return made;
  }

  /// Without a known resource type there is no way to say what the elements are.
  bool is_resource() {
    tree::Tree& tree = reader_.tree();
    const std::string_view type = tree.resource_type(tree::root_node);
    if (!type.empty() && reader_.definitions().type(type) != definition::no_type) return true;
    const std::string_view release = definition::release_of_type(type);
    std::string why = "it has no resourceType";
    if (!type.empty()) why = "'" + std::string(type) + "' is not a resource type";
    if (!release.empty()) {
      why = "'" + std::string(type) + "' is a resource type of FHIR " + std::string(release) +
            ", which is not here";
    }
    messages_.sink().add(
        finding::about(tree, tree::root_node, finding::id<"not-a-resource">, {std::move(why)}));
    return false;
  }

  /// Names and text of unknown elements are carried, their types and order are a guess.
  void report_unknown() {
    tree::Tree& tree = reader_.tree();
    tree::Paths paths(tree);
    for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
      if (!tree[node].is(tree::Flag::unknown)) continue;
      messages_.sink().add(finding::about(paths, node, finding::id<"convert-unknown-element">,
                                          {std::string(tree.name_of(node))}));
    }
  }

  bool refuse(const Maps::Source& source, bool to_cda) {
    std::string wanted = maps_.cannot_make(source, to_cda);
    if (wanted.empty()) return false;
    messages_.sink().add(finding::about(source.tree, tree::root_node,
                                        finding::id<"version-not-mapped">,
                                        {Maps::name_of(source), std::move(wanted)}));
    return true;
  }

  /// Writes the record as what it is to become.
  void change(Maps::Content content, Done& done) {
    const bool to_cda = options_.target == Target::cda;
    const bool is_cda = content == Maps::Content::cda;
    const definition::Definitions& version =
        is_cda ? maps_.result_version() : reader_.definitions();
    if (is_cda && to_cda) privacy_.refuse("a CDA document that stays one");
    if (refuse({reader_.tree(), content, version}, to_cda)) return;
    if (!is_cda) work_on_codes(reader_.tree(), version, done);
    if (!is_cda && to_cda) map::wrap_in_bundle(reader_.tree(), version);
    // Rules know FHIR: they work on what goes into a CDA document, and on what comes out of a map.
    if (to_cda && !privacy_.apply(reader_.tree(), version, messages_.sink())) return;
    const bool converted =
        maps_.convert({reader_.tree(), content, version}, to_cda, trees_, done.messages);
    const record::Use use{converted && !to_cda ? &trees_.result : nullptr,
                          converted && trees_.lost > 0, options_.verbosity.verbose};
    auto unsure = record::unsure_version(reader_.judgement(), reader_.tree(), use);
    if (unsure) messages_.sink().add(std::move(*unsure));
    if (converted) {
      reader_.tree().release_nodes();
      if (is_cda) work_on_codes(trees_.result, version, done);
      write(trees_.result, maps_.result_version(), done.out);
    } else if (!is_cda && !to_cda) {
      write(reader_.tree(), reader_.definitions(), done.out);
    } else {
      messages_.sink().add(finding::about(reader_.tree(), tree::root_node,
                                          finding::id<"not-a-resource">,
                                          {std::string(record::description(reader_.kind()))}));
    }
  }

  void work_on_codes(tree::Tree& tree, const definition::Definitions& version, Done& done) {
    maps_.tell_codes(codes_.apply(tree, version), trees_.name, done.messages);
  }

  void write(tree::Tree& tree, const definition::Definitions& definitions, std::string& out) {
    const bool is_fhir = options_.target != Target::cda;
    if (is_fhir && !privacy_.apply(tree, definitions, messages_.sink())) return;
    format::WriteStyle style;
    style.pretty = !options_.compact && options_.target != Target::ndjson;
    style.drain = whole_ ? direct_ : nullptr;
    if (options_.target == Target::cda) {
      format::write_cda(tree, tree[tree::root_node].child, style, out);
    } else if (options_.target == Target::fhir_xml) {
      definition::sort_children(tree, definitions);
      format::write_xml(tree, tree::root_node, style, out);
    } else {
      format::write_json(tree, tree::root_node, style, out);
    }
    if (out.empty() || out.back() != '\n') out += '\n';
  }

  const Codes& codes_;
  const ConvertOptions& options_;
  format::Drain* direct_;
  bool whole_ = false;
  Maps& maps_;
  Privacy::Worker privacy_;
  record::RecordReader reader_;
  Maps::Trees trees_;
  Messages messages_;
};

/// Counts what went wrong; the sub-classes know where records go.
class ConvertConsumer : public Consumer {
 public:
  explicit ConvertConsumer(const Io& io) : io_(io) {}
  void begin_input(const Input&) override {}
  void take(const Done& done) override {
    if (!done.messages.empty()) io_.say(done.messages);
    tally_ += done.tally;
    failed_input_ = failed_input_ || done.failed_input;
    take_record(done);
  }
  void end_input() override {}
  void idle() override {}
  /// Called at the end of the run.
  virtual void finish() = 0;
  /// Where a worker may write what is the result of the only input, before it is taken; or nullptr.
  virtual format::Drain* direct() { return nullptr; }
  [[nodiscard]] const finding::Tally& tally() const noexcept { return tally_; }
  /// An input could not be read, or read on.
  [[nodiscard]] bool failed_input() const noexcept { return failed_input_; }

 protected:
  virtual void take_record(const Done& done) = 0;

 private:
  const Io& io_;
  finding::Tally tally_;
  bool failed_input_ = false;
};

/// NDJSON: every record of every input, one a line.
class LinesConsumer : public ConvertConsumer {
 public:
  LinesConsumer(const ConvertOptions& options, const Io& io)
      : ConvertConsumer(io), output_(options.output.path) {}
  void finish() override {
    if (nothing_read(tally())) return;
    output_.finish();
  }
  void idle() override { output_.flush(); }

 protected:
  void take_record(const Done& done) override { output_.write(done.out); }

 private:
  Output output_;
};

/// One document. What of it went to direct() is there before the rest is taken.
class DocumentConsumer : public ConvertConsumer, public format::Drain {
 public:
  DocumentConsumer(const ConvertOptions& options, const Io& io)
      : ConvertConsumer(io), output_(options.output.path) {}
  void finish() override {
    if (tally().unreadable > 0) return;
    output_.write(held_);
    output_.finish();
  }
  format::Drain* direct() override { return this; }
  void take(std::string& part) override {
    output_.write(part);
    part.clear();
  }
  using ConvertConsumer::take;

 protected:
  void take_record(const Done& done) override {
    if (tally().records > 1) {
      throw Error(
          ErrorKind::usage,
          "the input has more than one record: use '--to ndjson', or '-o FOLDER/' for a file each");
    }
    held_ += done.out;
  }

 private:
  Output output_;
  std::string held_;  // until it is known that there is no second record
};

/// A file for each record: NAME.json, or NAME-1.json, NAME-2.json, ... of an input with several.
/// NAME is the input's, or, as that may tell whose record it is, the input's number.
class FolderConsumer : public ConvertConsumer {
 public:
  FolderConsumer(const ConvertOptions& options, const Io& io)
      : ConvertConsumer(io),
        folder_(options.output.path),
        numbered_(!options.privacy.policy.empty()),
        suffix_(options.target == Target::fhir_xml || options.target == Target::cda ? ".xml"
                                                                                    : ".json") {}

  void begin_input(const Input& input) override {
    ++inputs_;
    name_ = folder_ / (numbered_ ? fs::path("record-" + std::to_string(inputs_))
                                 : fs::path(input.name).replace_extension());
    records_ = 0;
    held_.clear();
  }
  void end_input() override {
    if (records_ == 1) write(name_.string() + suffix_, held_);
  }
  void finish() override {
    if (!written_.empty()) sync_files(folder_.string());
  }

 protected:
  /// The first record waits until it is known whether it is the only one.
  void take_record(const Done& done) override {
    if (++records_ == 1) {
      held_ = done.out;
      return;
    }
    if (records_ == 2) write(numbered(1), held_);
    write(numbered(records_), done.out);
  }

 private:
  [[nodiscard]] std::string numbered(std::size_t number) const {
    return name_.string() + "-" + std::to_string(number) + suffix_;
  }

  void write(const std::string& path, const std::string& record) {
    if (record.empty()) return;
    if (!written_.insert(path).second) {
      throw Error(
          ErrorKind::usage,
          path + ": two records give a file of this name; convert them into different folders");
    }
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    AtomicFile file(path);
    file.write(record);
    file.put();
  }

  fs::path folder_;
  bool numbered_;
  std::size_t inputs_ = 0;
  std::string suffix_;
  fs::path name_;
  std::size_t records_ = 0;
  std::string held_;
  std::set<std::string> written_;
};

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && (path.back() == '/' || fs::is_directory(path, ignored));
}

/// Before anything is written.
void require_names_that_differ(const std::vector<Input>& inputs) {
  std::set<fs::path> names;
  for (const Input& input : inputs) {
    if (!names.insert(fs::path(input.name).replace_extension()).second) {
      throw Error(ErrorKind::usage, input.path + ": another input gives a file of the same name; " +
                                        "convert them into different folders");
    }
  }
}

std::unique_ptr<ConvertConsumer> make_consumer(const ConvertOptions& options,
                                               const std::vector<Input>& inputs, const Io& io) {
  const bool folder = is_folder(options.output.path);
  if (options.target == Target::ndjson && folder) {
    throw Error(ErrorKind::usage, "--to ndjson writes one file: name it with -o");
  }
  if (options.target == Target::ndjson) return std::make_unique<LinesConsumer>(options, io);
  if (folder) {
    require_names_that_differ(inputs);
    return std::make_unique<FolderConsumer>(options, io);
  }
  if (inputs.size() > 1) {
    throw Error(ErrorKind::usage,
                "several inputs need '-o FOLDER/' (a file each) or '--to ndjson'");
  }
  return std::make_unique<DocumentConsumer>(options, io);
}

/// The format that the ending of an output's name means.
Target target_of_name(const std::string& path) {
  constexpr std::pair<std::string_view, Target> endings[] = {
      {".cda.xml", Target::cda},  {".cda", Target::cda},        {".json", Target::fhir_json},
      {".xml", Target::fhir_xml}, {".ndjson", Target::ndjson},  {".jsonl", Target::ndjson},
      {".csv", Target::csv},      {".parquet", Target::parquet}};
  for (const auto& [ending, target] : endings) {
    if (path.ends_with(ending)) return target;
  }
  return Target::none;
}

ExitCode run_once(const ConvertOptions& given, const Io& io) {
  ConvertOptions options = given;
  options.map.quiet = given.verbosity.quiet;
  if (options.target == Target::none) options.target = target_of_name(options.output.path);
  if (options.target == Target::none) {
    throw Error(ErrorKind::usage,
                "--to is missing: fhir-json, fhir-xml, ndjson, cda, csv or parquet; or name the "
                "output with -o, such as out.json or out.csv");
  }
  if (!options.map.table.empty() && options.map.from != MapOptions::From::csv) {
    throw Error(ErrorKind::usage, "--table belongs to --from csv");
  }
  const bool table = options.target == Target::csv || options.target == Target::parquet;
  if (!table && options.view.views.empty()) require_view(options.view);
  if (is_csv(options)) return run_csv(options, io);
  const std::vector<Input> inputs = expand_inputs(options.input, io, options.verbosity);
  return table || !options.view.views.empty() ? run_views(options, inputs, io)
                                              : run_records(options, inputs, io);
}

}  // namespace

ExitCode run_records(const ConvertOptions& options, const std::vector<Input>& inputs,
                     const Io& io) {
  Timings timings(io, options.verbosity.verbose);
  definition::Library library;
  static_cast<void>(chosen_version(library, options.version.fhir));
  Maps maps(library, options.map, options.version.fhir,
            needed_maps(options.map, inputs, options.target == Target::cda, options.version.fhir));
  Privacy privacy(library, options.privacy);
  const Codes codes(options.codes);
  if (privacy.active() && options.map.keep_unmapped) {
    throw Error(ErrorKind::usage, "--keep-unmapped would carry along what --privacy removes");
  }
  const bool colour = use_colour(options.verbosity.colour, io.err_terminal, io);
  const auto consumer = make_consumer(options, inputs, io);
  timings.phase("start");
  process(
      inputs, Work(options.jobs, options.verbosity, io),
      [&] {
        return std::make_unique<ConvertWorker>(library, maps, privacy, codes, options, colour,
                                               consumer->direct());
      },
      *consumer);
  consumer->finish();
  timings.phase("records");
  timings.finish();
  privacy.finish();
  const ExitCode code = exit_code(consumer->tally(), consumer->failed_input());
  return code == ExitCode::yes && maps.failed() ? ExitCode::no : code;
}

ExitCode run(const ConvertOptions& options, const Io& io) {
  if (!options.watch) return run_once(options, io);
  if (options.output.path.empty()) {
    throw Error(ErrorKind::usage, "--watch needs -o: each run writes the output again");
  }
  return watched(options.input.paths, {options.output.path}, io,
                 [&] { return run_once(options, io); });
}

void declare(OptionList& list, ConvertOptions& options) {
  declare_input(list, options.input);
  list.opt("-t,--to", options.target, "FORMAT",
           {{"fhir-json", Target::fhir_json},
            {"fhir-xml", Target::fhir_xml},
            {"ndjson", Target::ndjson},
            {"cda", Target::cda},
            {"csv", Target::csv},
            {"parquet", Target::parquet}},
           "Write fhir-json, fhir-xml, ndjson (one record per line) or cda; with --view, csv, "
           "ndjson or parquet. By default the extension of --output decides: .json, .xml "
           "(fhir-xml), .cda.xml, .ndjson, .csv, .parquet");
  declare_output(list, options.output,
                 "Write to PATH instead of standard output; a folder (existing, or with a slash at "
                 "its end) gets a file for each record");
  list.opt("--compact", options.compact, "Write no line breaks or indentation");
  declare_version(list, options.version);
  declare_map(list, options.map);
  declare_codes(list, options.codes);
  declare_privacy(list, options.privacy);
  declare_view(list, options.view);
  list.group("Options");
  declare_jobs(list, options.jobs);
  declare_watch(list, options.watch);
  declare_config(list, options.config);
  declare_verbosity(list, options.verbosity);
}

Command convert_command() {
  Command command;
  command.name = "convert";
  command.group = "Records";
  command.summary = "Convert records between CDA, FHIR STU3, FHIR R4, tables and their formats";
  command.description =
      "Converts records. Numbers, dates and ids keep their exact text. A record that cannot be "
      "read is reported and not written, and no partly written file is left behind.";
  command.examples = {
      {"lhcr convert --to fhir-xml patient.json", "JSON to XML"},
      {"lhcr convert --to ndjson patient.json patient.xml", "Several records to one NDJSON file"},
      {"lhcr convert --to fhir-json -o out/ weights.ndjson", "A file for each line"},
  };
  return make_command<ConvertOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
